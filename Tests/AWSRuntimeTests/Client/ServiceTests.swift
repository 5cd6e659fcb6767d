// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import CurlTransport
import Foundation
import Logging
import TestSupport
import Testing
import Transport

/// The client over libcurl, against `Server/service.py`.
@Suite(.timeLimit(.minutes(2))) struct ServiceTests {
    private struct Post: AWSJSONOperation {
        static var service: AWSService { Echo.service }
        static var name: String { "Post" }

        var path: AWSPath

        func encode(into request: inout AWSRequestBuilder) { request.http(.post, self.path) }

        typealias Output = String?

        static func decode(_ json: inout JSONReader) throws(JSONError) -> String? { try Echo.decode(&json) }
    }

    private struct Stream: AWSEventStreamOperation {
        static var service: AWSService { Echo.service }
        static var name: String { "Stream" }

        var path: AWSPath

        func encode(into request: inout AWSRequestBuilder) { request.http(.post, self.path) }

        static func decode(_ response: AWSResponse) {}

        static func decode(_ message: EventStreamMessage) -> String { String(decoding: message.payload, as: UTF8.self) }
    }

    private static func run(
        _ change: @Sendable (inout AWSConfiguration) -> Void = { _ in }, _ body: (AWSClient) async throws -> Void
    ) async throws {
        let script = try #require(Bundle.module.url(forResource: "service", withExtension: "py", subdirectory: "Server"))
        try await TestScript.run(script.path) { values in
            let port = try #require(values["port"])
            var configuration = AWSConfiguration(
                region: "eu-west-1", credentials: CallTests.credentials, endpoint: try AWSEndpoint(url: "http://127.0.0.1:\(port)"))
            change(&configuration)
            let transport = CurlHTTPTransport()
            defer { transport.shutdown() }
            try await body(AWSClient(configuration, transport: transport, logger: Logger(label: "test")))
        }
    }

    @Test func `a call succeeds after a page of HTML and an answer that breaks off`() async throws {
        try await Self.run { client in
            let text = try await client.send(Post(path: "/flaky"))
            #expect(text == "done")
        }
    }

    @Test func `an attempt that is not answered ends in its time`() async throws {
        try await Self.run({
            $0.attemptTimeout = .milliseconds(200)
            $0.retry.maximumAttempts = 1
        }) { client in
            await #expect(throws: AWSError(.transport, code: "timedOut", message: "")) { try await client.send(Post(path: "/never")) }
        }
    }

    @Test func `a call that is not answered ends in its time`() async throws {
        try await Self.run({ $0.callTimeout = .milliseconds(200) }) { client in
            await #expect(throws: AWSError(.timedOut, code: "CallTimedOut", message: "")) { try await client.send(Post(path: "/never")) }
        }
    }

    @Test func `an event comes before the stream goes on`() async throws {
        try await Self.run { client in
            let events = try await client.withEvents(of: Stream(path: "/watch")) { _, events in
                var texts: [String] = []
                for try await text in events {
                    texts.append(text)
                    // The server waits for this call before it goes on.
                    if text == "first" { _ = try await client.send(Post(path: "/go")) }
                }
                return texts
            }
            #expect(events == ["first", "second"])
        }
    }

    @Test func `a closure that leaves a stream that does not end is not held up by it`() async throws {
        try await Self.run { client in
            let first = try await client.withEvents(of: Stream(path: "/watch")) { _, events in
                for try await text in events { return text }
                return ""
            }
            #expect(first == "first")
        }
    }

    @Test func `events that are sent arrive whole and signed`() async throws {
        try await Self.run { client in
            let messages = AsyncStream { continuation in
                for number in 0..<100 { continuation.yield(EventStreamMessage(payload: [UInt8](repeating: 7, count: number * 100))) }
                continuation.finish()
            }
            let answer = try await client.withEvents(of: Stream(path: "/talk"), sending: messages) { _, events in
                var texts: [String] = []
                for try await text in events { texts.append(text) }
                return texts
            }
            #expect(answer == ["101 messages"])
        }
    }
}
