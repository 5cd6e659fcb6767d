// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSTestSupport
import CoreMetrics
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import Synchronization
import Testing
import Tracing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ObservabilityTests {
    static let attempts: [ScriptedTransport.Step] = [
        .answer(429, #"{"__type":"ThrottlingException","message":"secret-answer"}"#, ["x-amzn-requestid": "r-1"]),
        .fail(.connectionClosed),
        .answer(200, #"{"text":"secret-answer"}"#, ["x-amzn-requestid": "r-3", "x-amz-id-2": "x-3"]),
    ]

    private static func client(
        _ steps: [ScriptedTransport.Step], logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        interceptors: [any AWSInterceptor] = []
    ) throws -> AWSClient {
        var configuration = AWSConfiguration(
            region: "eu-west-1", credentials: CallTests.credentials, endpoint: try AWSEndpoint(url: "http://127.0.0.1:1"))
        configuration.interceptors = interceptors
        return AWSClient(
            configuration, transport: ScriptedTransport(steps), logger: logger, clock: ClientClock(sleep: { _ in }))
    }

    // MARK: Logging

    @TaskLocal private static var request: String?

    @Test func `each attempt that failed is logged at debug, with keys, the task's metadata and without secrets`() async throws {
        var handler = InMemoryLogHandler()
        handler.metadataProvider = Logger.MetadataProvider { Self.request.map { ["request": "\($0)"] } ?? [:] }
        var logger = Logger(label: "aws", factory: { [handler] _ in handler })
        logger.logLevel = .trace
        let client = try Self.client(Self.attempts, logger: logger)
        _ = try await Self.$request.withValue("7") { try await client.send(Echo(text: "secret-input")) }
        let entries = handler.entries
        #expect(entries.map(\.level) == [.debug, .debug])
        #expect(entries.map { $0.metadata["aws.attempt"] } == ["1", "2"])
        #expect(entries.map { $0.metadata["aws.error"] } == ["ThrottlingException", "connectionClosed"])
        #expect(entries.allSatisfy { $0.metadata["aws.service"] == "Test" && $0.metadata["aws.operation"] == "Echo" })
        #expect(entries.allSatisfy { $0.metadata["request"] == "7" && $0.metadata["aws.retry.after"] != nil })
        #expect(entries[0].metadata["aws.request.id"] == "r-1")
        #expect(entries[0].metadata["http.response.status_code"] == "429")
        #expect(!entries.contains { "\($0)".contains("secret") })
    }

    private struct LoggingInterceptor: AWSInterceptor {
        func didEnd(with result: Result<AWSResponse, AWSError>, of attempt: AWSAttempt) async { Logger.current.debug("intercepted") }
    }

    @Test func `what runs within a call logs with what names the call`() async throws {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "aws", factory: { _ in handler })
        logger.logLevel = .debug
        _ = try await Self.client([.answer(200, "{}")], logger: logger, interceptors: [LoggingInterceptor()]).send(Echo())
        let entry = try #require(handler.entries.first { $0.message == "intercepted" })
        #expect(entry.metadata["aws.service"] == "Test" && entry.metadata["aws.operation"] == "Echo")
        #expect(entry.metadata["aws.invocation.id"] != nil)
    }

    // MARK: Metrics

    @Test func `calls, attempts, throttles, errors by code and durations are counted by service and operation`() async throws {
        let metrics = TestMetrics()
        let client = try withMetricsFactory(metrics) { try Self.client(Self.attempts + [.answer(404, #"{"__type":"Gone"}"#)]) }
        _ = try await client.send(Echo())
        await #expect(throws: AWSError.self) { try await client.send(Echo()) }
        let dimensions = [("service", "Test"), ("operation", "Echo")]
        #expect(try metrics.expectCounter("aws.client.calls", dimensions).totalValue == 2)
        #expect(try metrics.expectCounter("aws.client.attempts", dimensions).totalValue == 4)
        #expect(try metrics.expectCounter("aws.client.throttles", dimensions).totalValue == 1)
        #expect(try metrics.expectCounter("aws.client.errors", dimensions + [("code", "Gone")]).totalValue == 1)
        #expect(try metrics.expectTimer("aws.client.duration", dimensions).values.count == 2)
        #expect(metrics.counters.count == 4)
    }

    @Test func `codes of a peer make a bounded number of counters`() async throws {
        let metrics = TestMetrics()
        let steps = (0..<600).map { ScriptedTransport.Step.answer(400, #"{"__type":"E\#($0)"}"#) }
        let client = try withMetricsFactory(metrics) { try Self.client(steps) }
        for _ in steps { await #expect(throws: AWSError.self) { try await client.send(Echo()) } }
        let errors = metrics.counters.filter { $0.label == "aws.client.errors" }
        #expect(errors.count == 513)
        #expect(errors.reduce(0) { $0 + $1.totalValue } == 600)
    }

    // MARK: Spans

    @Test func `a call is a span by the conventions for AWS SDKs`() async throws {
        let tracer = InMemoryTracer()
        let client = try Self.client(Self.attempts)
        _ = try await withTracer(tracer) { try await client.send(Echo()) }
        let span = try #require(tracer.finishedSpans.first)
        #expect(tracer.finishedSpans.count == 1)
        #expect(span.operationName == "Test.Echo" && span.kind == .client && span.errors.isEmpty)
        #expect(span.attributes.get("rpc.system") == "aws-api")
        #expect(span.attributes.get("rpc.service") == "Test")
        #expect(span.attributes.get("rpc.method") == "Echo")
        #expect(span.attributes.get("cloud.region") == "eu-west-1")
        #expect(span.attributes.get("aws.request_id") == "r-3")
        #expect(span.attributes.get("aws.extended_request_id") == "x-3")
        #expect(span.attributes.get("http.response.status_code") == 200)
        #expect(span.attributes.get("http.request.resend_count") == 2)
    }

    @Test func `the span of a call that failed says so`() async throws {
        let tracer = InMemoryTracer()
        let client = try Self.client([.answer(404, #"{"__type":"Gone"}"#, ["x-amzn-requestid": "r-9"])])
        await #expect(throws: AWSError.self) { try await withTracer(tracer) { try await client.send(Echo()) } }
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.status?.code == .error && span.errors.count == 1)
        #expect(span.attributes.get("error.type") == "Gone")
        #expect(span.attributes.get("aws.request_id") == "r-9")
        #expect(span.attributes.get("http.response.status_code") == 404)
    }
}
