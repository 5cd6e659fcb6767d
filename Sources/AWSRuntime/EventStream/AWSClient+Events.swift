// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Transport

extension AWSClient {
    /// Calls an operation whose answer is a stream of events.
    ///
    /// A call that fails before its answer begins is attempted again as the retry policy says; once the closure was called it is not. When the
    /// closure returns or throws, the exchange is over. Cancelling the task ends it at once. Between two pieces of the stream may lie at most
    /// ``AWSConfiguration/attemptTimeout``, and all of it may take ``AWSConfiguration/callTimeout``, or 15 minutes where there is none.
    ///
    /// - Parameters:
    ///   - operation: what to call, with its input.
    ///   - body: reads the events; given are the output that comes before them, and the events.
    /// - Returns: what the closure returned.
    /// - Throws: ``AWSError`` with the reason why there is no answer; else what the closure threw.
    public func withEvents<Operation: AWSEventStreamOperation, Value>(
        of operation: Operation, _ body: (Operation.Output, AWSEventStream<Operation>) async throws -> Value
    ) async throws -> Value {
        let call = try Call(operation, of: self)
        return try await self.events(of: call, policy: self.configuration.retry, body) { _ in nil }
    }

    /// Calls an operation whose input and answer are streams of events, which go at the same time.
    ///
    /// As ``withEvents(of:_:)``, but the call is attempted once, since its input cannot be had again.
    ///
    /// - Parameters:
    ///   - operation: what to call, with its input but for the events.
    ///   - messages: the events of the input, each signed when it is sent; asked for the next when the one before has gone out. An error that
    ///     it throws ends the exchange and the call.
    ///   - body: reads the events of the answer.
    /// - Returns: what the closure returned.
    /// - Throws: ``AWSError`` with the reason why there is no answer; else what the sequence or the closure threw.
    public func withEvents<Operation: AWSEventStreamOperation, Messages: AsyncSequence & Sendable, Value>(
        of operation: Operation, sending messages: Messages,
        _ body: (Operation.Output, AWSEventStream<Operation>) async throws -> Value
    ) async throws -> Value where Messages.Element == EventStreamMessage {
        var call = try Call(operation, of: self)
        call.streamsEvents = true
        call.head.headerFields[.contentType] = "application/vnd.amazon.eventstream"
        var policy = self.configuration.retry
        policy.maximumAttempts = 1
        return try await self.events(of: call, policy: policy, body) { signer in
            guard let signer else { return nil }
            return HTTPRequestStream { writer in
                for try await message in messages { try await writer.write(signer.wrap(message)) }
                try await writer.write(signer.wrap(nil))
            }
        }
    }

    private func events<Operation: AWSEventStreamOperation, Value>(
        of call: Call, policy: AWSRetryPolicy, _ body: (Operation.Output, AWSEventStream<Operation>) async throws -> Value,
        sending stream: (EventStreamMessageSigner?) -> HTTPRequestStream?
    ) async throws -> Value {
        try await self.observe(call) { () async throws(AWSError) in
            let result = try await self.attempts(of: call, policy: policy) { signed, record throws(AWSError) in
                var request = signed.request
                request.timeout = self.configuration.callTimeout ?? .seconds(900)
                request.idleTimeout = self.configuration.attemptTimeout
                return try await self.exchange(request, streaming: stream(signed.eventSigner), record, body)
            }
            // An error of the stream makes the call a failed one, in spans and counters too.
            if case .failure(let error as AWSError) = result { throw error }
            return result
        }.get()
    }

    /// Streams once; what is thrown may be attempted again, what is returned as a failure may not.
    private func exchange<Operation: AWSEventStreamOperation, Value>(
        _ request: HTTPTransportRequest, streaming stream: HTTPRequestStream?, _ record: (AWSResponse) -> Void,
        _ body: (Operation.Output, AWSEventStream<Operation>) async throws -> Value
    ) async throws(AWSError) -> Result<Value, any Error> {
        var isAnswered = false
        do {
            let value = try await self.transport.withResponse(to: request, streaming: stream) { streamed in
                var response = AWSResponse(head: streamed.head, body: [])
                record(response)
                guard response.head.status.kind == .successful else {
                    response.body = try await streamed.body.start(upTo: AWSError.maximumBodyBytes)
                    throw AWSError(response: response)
                }
                let output = try Operation.decode(response)
                isAnswered = true
                return try await body(output, AWSEventStream(streamed.body, of: response))
            }
            return .success(value)
        } catch {
            switch error {
            case _ where isAnswered: return .failure(error)
            case let error as AWSError: throw error
            case let error as TransportError: throw AWSError(error)
            default: return .failure(error)
            }
        }
    }
}

extension HTTPResponseStream {
    /// The body as far as it is of interest.
    fileprivate func start(upTo maximum: Int) async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        var pieces = self.makeAsyncIterator()
        while bytes.count < maximum, let piece = try await pieces.next(isolation: #isolation) { bytes += piece }
        return bytes
    }
}
