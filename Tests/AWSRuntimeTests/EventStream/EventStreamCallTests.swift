// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import HTTPTypes
import Logging
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct EventStreamCallTests {
    /// An operation whose answer is a stream of texts.
    struct Watch: AWSEventStreamOperation {
        static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .restJSON) }
        static var name: String { "Watch" }

        func encode(into request: inout AWSRequestBuilder) { request.http(.post, "/watch") }

        static func decode(_ response: AWSResponse) -> String? { response.header("x-version") }

        static func decode(_ message: EventStreamMessage) throws(AWSError) -> String {
            guard message.eventType == "text" else { return "unknown \(message.eventType ?? "")" }
            return String(decoding: message.payload, as: UTF8.self)
        }
    }

    static func event(_ text: String, type: String = "text") throws -> [UInt8] {
        try EventStreamMessage(
            headers: [.init(name: ":message-type", value: .string("event")), .init(name: ":event-type", value: .string(type))],
            payload: Array(text.utf8)
        ).encoded()
    }

    static func ending(_ headers: [String: String], _ payload: String = "") throws -> [UInt8] {
        try EventStreamMessage(headers: headers.map { .init(name: $0.key, value: .string($0.value)) }, payload: Array(payload.utf8))
            .encoded()
    }

    /// The events of a stream, and the error that ended it.
    private static func read(_ steps: [ScriptedTransport.Step]) async throws -> (version: String?, events: [String], error: AWSError?) {
        let client = try CallTests.client(ScriptedTransport(steps))
        return try await client.withEvents(of: Watch()) { version, events in
            var texts: [String] = []
            do throws(AWSError) {
                for try await text in events { texts.append(text) }
                return (version, texts, nil)
            } catch {
                return (version, texts, error)
            }
        }
    }

    @Test func `events come as they arrive, however the stream is cut, and end with it`() async throws {
        let stream = try Self.event("one") + Self.event("") + Self.event("new", type: "other") + Self.event("two")
        for size in [1, 5, 50, stream.count] {
            let pieces = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
            let read = try await Self.read([.stream(200, pieces, ["x-version": "3"])])
            #expect(read.version == "3" && read.events == ["one", "", "unknown other", "two"] && read.error == nil)
        }
    }

    @Test func `an exception in the stream is a typed error with its payload, after the events before it`() async throws {
        let exception = try Self.ending(
            [":message-type": "exception", ":exception-type": "ThrottlingException"], #"{"message":"too fast","limit":5}"#)
        let read = try await Self.read([.stream(200, [try Self.event("one"), exception], ["x-amzn-requestid": "r-1"])])
        #expect(read.events == ["one"])
        let error = try #require(read.error)
        #expect(error.kind == .service && error.code == "ThrottlingException" && error.message == "too fast")
        #expect(error.isThrottling && error.isRetryable && error.requestID == "r-1")
        #expect(error.body == Array(#"{"message":"too fast","limit":5}"#.utf8))
    }

    @Test func `an error in the stream is one by its code`() async throws {
        let ending = try Self.ending([":message-type": "error", ":error-code": "InternalFailure", ":error-message": "broken"])
        let error = try #require(try await Self.read([.stream(200, [ending])]).error)
        #expect(error.kind == .service && error.code == "InternalFailure" && error.message == "broken" && error.isRetryable)
    }

    @Test func `a stream that is none, or ends early, is a typed error`() async throws {
        let malformed = AWSError(.malformedResponse, code: .malformedEventStream, message: "")
        let cut = Array(try Self.event("one").dropLast())
        for pieces in [
            [cut], [Array("<html>an answer of a proxy</html>".utf8)], [try Self.ending([:])], [try Self.ending([":message-type": "x"])],
        ] {
            #expect(try await Self.read([.stream(200, pieces)]).error == malformed)
        }
    }

    @Test func `a call that fails before its events is attempted again`() async throws {
        let read = try await Self.read([.answer(503, "busy"), .fail(.connectionClosed), .stream(200, [try Self.event("one")])])
        #expect(read.events == ["one"])
    }

    @Test func `a refusal is an error with the body's code`() async throws {
        await #expect(throws: AWSError(.service, code: "ResourceNotFoundException", message: "")) {
            try await Self.read([.answer(404, #"{"__type":"ResourceNotFoundException"}"#)])
        }
    }

    @Test func `what the closure throws is thrown, and not attempted again`() async throws {
        struct Enough: Error {}
        let transport = ScriptedTransport([.stream(200, [try Self.event("one")]), .stream(200, [])])
        let client = try CallTests.client(transport)
        await #expect(throws: Enough.self) {
            try await client.withEvents(of: Watch()) { _, events in
                for try await _ in events { throw Enough() }
            }
        }
        #expect(transport.requests.count == 1)
    }

    // MARK: Sending

    private struct Texts: AsyncSequence, Sendable {
        var texts: [String]
        var failure: AWSError?

        struct AsyncIterator: AsyncIteratorProtocol {
            var texts: [String]
            let failure: AWSError?

            mutating func next() async throws -> EventStreamMessage? {
                guard !self.texts.isEmpty else {
                    if let failure { throw failure }
                    return nil
                }
                return EventStreamMessage(
                    headers: [.init(name: ":event-type", value: .string("text"))], payload: Array(self.texts.removeFirst().utf8))
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(texts: self.texts, failure: self.failure) }
    }

    /// The messages of a body.
    private static func messages(_ body: [UInt8]) throws -> [EventStreamMessage] {
        var decoder = EventStreamDecoder()
        decoder.bytesReceived(body)
        var messages: [EventStreamMessage] = []
        while let message = try decoder.next() { messages.append(message) }
        try decoder.streamEnded()
        return messages
    }

    @Test func `events that are sent are each signed behind the one before, and an empty message ends them`() async throws {
        let transport = ScriptedTransport([.stream(200, [try Self.event("one")])])
        let texts = ["a", "b", ""]
        let answer = try await CallTests.client(transport).withEvents(of: Watch(), sending: Texts(texts: texts)) { _, events in
            var answer: [String] = []
            for try await text in events { answer.append(text) }
            return answer
        }
        #expect(answer == ["one"])

        let request = try #require(transport.requests.first)
        #expect(request.head.headerFields[.contentType] == "application/vnd.amazon.eventstream")
        // The same request, signed again, starts the same chain of signatures, which the vectors of the signer are about.
        var head = request.head
        for name in ["authorization", "x-amz-date", "x-amz-content-sha256"] {
            head.headerFields[try #require(HTTPField.Name(name))] = nil
        }
        let now = AWSTimestamp(secondsSinceEpoch: 1_440_938_160)
        let context = SigningContext(
            credentials: try await CallTests.credentials.credentials(), region: "eu-west-1", service: "test", timestamp: now)
        var signer = try AWSSigner().sign(&head, eventStreamIn: context)
        #expect(head == request.head)

        let outer = try Self.messages(request.body)
        #expect(outer.count == texts.count + 1)
        for message in outer {
            #expect(message[":date"] == .timestamp(millisecondsSinceEpoch: 1_440_938_160_000))
            let headers = try signer.headers(for: message.payload.span, at: now)
            guard case .bytes(let signature) = message[":chunk-signature"] else {
                Issue.record("no signature")
                continue
            }
            #expect(Array(headers.suffix(32)) == signature)
        }
        #expect(outer.last?.payload.isEmpty == true)
        let inner = try outer.dropLast().flatMap { try Self.messages($0.payload) }
        #expect(inner.map(\.payload) == texts.map { Array($0.utf8) })
    }

    @Test func `an error of the events that are sent ends the call, which is not attempted again`() async throws {
        let failure = AWSError(.invalidRequest, code: "Broken", message: "as the test says")
        let transport = ScriptedTransport([.stream(200, [try Self.event("one")])])
        let client = try CallTests.client(transport)
        await #expect(throws: failure) {
            try await client.withEvents(of: Watch(), sending: Texts(texts: ["a"], failure: failure)) { _, events in
                for try await _ in events {}
            }
        }
        #expect(transport.requests.count == 1)
    }
}
