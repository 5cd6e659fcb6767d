// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Logging
internal import Tracing

extension AWSClient {
    /// Runs a call within a span, counts it, and lets what runs within it log with what names the call.
    func observe<Value>(_ call: Call, _ body: () async throws(AWSError) -> Value) async throws(AWSError) -> Value {
        do {
            let value = try await self.trace(call) { () async throws(AWSError) in try await self.logging(call, body) }
            self.metrics.callEnded(call, after: ContinuousClock.now - call.start, nil)
            return value
        } catch {
            self.metrics.callEnded(call, after: ContinuousClock.now - call.start, error)
            throw error
        }
    }

    /// Binds the client's logger as the one of the task, with service, operation and the id of the call.
    ///
    /// Credentials providers, interceptors and the transport log with it by `Logger.current`. A client that does not log at `debug` spares
    /// the calls that.
    private func logging<Value>(_ call: Call, _ body: () async throws(AWSError) -> Value) async throws(AWSError) -> Value {
        guard self.logger.logLevel <= .debug else { return try await body() }
        var logger = self.logger
        logger[metadataKey: AWSLogKeys.service] = "\(call.service.name)"
        logger[metadataKey: AWSLogKeys.operation] = "\(call.operation)"
        logger[metadataKey: AWSLogKeys.invocation] = "\(call.invocationID)"
        return try await withLogger(logger) { _ async throws(AWSError) in try await body() }
    }

    /// Runs a call within a span by OpenTelemetry's "Semantic conventions for AWS SDK", where a tracer is in effect.
    private func trace<Value>(_ call: Call, _ body: () async throws(AWSError) -> Value) async throws(AWSError) -> Value {
        guard !(InstrumentationSystem.instrument is NoOpInstrument) else { return try await body() }
        let span = InstrumentationSystem.tracer.startSpan(
            "\(call.service.name).\(call.operation)", context: .current ?? .topLevel, ofKind: .client)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["rpc.system"] = "aws-api"
            attributes["rpc.service"] = call.service.name
            attributes["rpc.method"] = call.operation
            attributes["cloud.region"] = call.region
            attributes["server.address"] = call.host
        }
        let result = await ServiceContext.$current.withValue(span.context) {
            do throws(AWSError) { return Result<Value, AWSError>.success(try await body()) } catch { return .failure(error) }
        }
        if let facts = call.answer.facts { span.set(facts) }
        if case .failure(let error) = result {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
            span.updateAttributes { $0["error.type"] = error.code.rawValue }
        }
        return try result.get()
    }
}

extension Span {
    fileprivate func set(_ answer: LastAnswer.Facts) {
        self.updateAttributes { attributes in
            attributes["http.response.status_code"] = answer.status
            if let id = answer.requestID { attributes["aws.request_id"] = id }
            if let id = answer.extendedRequestID { attributes["aws.extended_request_id"] = id }
            if answer.attempt > 1 { attributes["http.request.resend_count"] = answer.attempt - 1 }
        }
    }
}
