// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import SQSClient
import Testing
import Transport

/// What a sender makes of SQS's answers, one call at a time.
@Suite struct MessageSenderTests {
    static let queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"

    /// Sends one call at a time, each when it has so many bytes.
    static func send(
        _ bodies: [String], bytes: Int, over transport: ScriptedTransport
    ) async throws -> [Result<SentMessage, AWSError>] {
        var configuration = MessageSenderConfiguration()
        configuration.maximumCalls = 1
        configuration.maximumBytes = bytes
        configuration.linger = .seconds(3_600)
        return try await SQSClient(.scripted(transport)).withSender(to: Self.queueURL, configuration: configuration) { sender in
            await sender.send(contentsOf: bodies.map { OutgoingMessage($0) })
        }
    }

    static func answer(_ successful: [Int], failed: [(id: Int, isSenderFault: Bool)] = []) -> ScriptedTransport.Step {
        let successes = successful.map { #"{"Id": "\#($0)", "MessageId": "m\#($0)"}"# }.joined(separator: ", ")
        let failures = failed.map { #"{"Id": "\#($0.id)", "Code": "InternalError", "SenderFault": \#($0.isSenderFault)}"# }
            .joined(separator: ", ")
        return .answer(200, #"{"Successful": [\#(successes)], "Failed": [\#(failures)]}"#)
    }

    /// The bodies of the messages of a request.
    static func bodies(of request: HTTPTransportRequest) throws -> [String] {
        try JSONValue(parsing: request.body)["Entries"]?.arrayValue?.compactMap { $0["MessageBody"]?.stringValue } ?? []
    }

    @Test func `messages share calls of ten, and each has what SQS calls it`() async throws {
        let transport = ScriptedTransport([Self.answer(Array(0..<10)), Self.answer(Array(0..<10))])
        let results = try await Self.send((0..<20).map { "\($0)" }, bytes: 1_000, over: transport)
        #expect(try results.map { try $0.get().messageID } == (0..<20).map { "m\($0 % 10)" })
        #expect(try transport.requests.flatMap { try Self.bodies(of: $0) } == (0..<20).map { "\($0)" })
    }

    @Test func `a message that failed where others did not is sent again alone`() async throws {
        let transport = ScriptedTransport([Self.answer([0, 2], failed: [(1, false)]), Self.answer([0])])
        let results = try await Self.send(["a", "b", "c"], bytes: 3, over: transport)
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(try transport.requests.map { try Self.bodies(of: $0) } == [["a", "b", "c"], ["b"]])
    }

    @Test func `a message that is at fault is not sent again, and the others have their results`() async throws {
        let transport = ScriptedTransport([Self.answer([0, 2], failed: [(1, true)])])
        let results = try await Self.send(["a", "b", "c"], bytes: 3, over: transport)
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
        #expect(throws: AWSError(.service, code: "InternalError", message: "")) { try results[1].get() }
    }

    @Test func `a batch that is refused whole goes one by one, so that one message does not fail the others`() async throws {
        let refusal = ScriptedTransport.Step.answer(400, #"{"__type": "com.amazonaws.sqs#BatchRequestTooLong", "message": "m"}"#)
        let transport = ScriptedTransport([refusal, Self.answer([0]), Self.answer([0]), refusal])
        let results = try await Self.send(["a", "b", "c"], bytes: 3, over: transport)
        #expect(results.map { (try? $0.get()) != nil } == [true, true, false])
        #expect(try transport.requests.map { try Self.bodies(of: $0) } == [["a", "b", "c"], ["a"], ["b"], ["c"]])
    }

    @Test(arguments: ["RequestThrottled", "KmsThrottled", "QueueDoesNotExist", "KmsDisabled", "AccessDeniedException"])
    func `a batch that is refused as each of its messages would be does not go one by one`(code: String) async throws {
        let transport = ScriptedTransport([.answer(400, #"{"__type": "com.amazonaws.sqs#\#(code)", "message": "m"}"#)])
        let results = try await Self.send(["a", "b", "c"], bytes: 3, over: transport)
        for result in results {
            #expect(throws: AWSError(.service, code: AWSErrorCode(rawValue: code), message: "")) { try result.get() }
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `a message that is too long, its attributes included, is refused before it is sent`() async throws {
        let transport = ScriptedTransport([])
        let long = OutgoingMessage(String(repeating: "é", count: 524_288), attributes: ["a": MessageAttribute(string: "b")])
        await #expect(throws: AWSError(.invalidRequest, code: .messageTooLong, message: "")) {
            try await SQSClient(.scripted(transport)).withSender(to: Self.queueURL) { try await $0.send(long) }
        }
        #expect(long.bytes == 1_048_576 + 1 + "String".utf8.count + 1)
        #expect(transport.requests.isEmpty)
    }

    @Test func `of a group of a FIFO queue one message is under way at a time, in order`() async throws {
        let transport = ScriptedTransport(Array(repeating: Self.answer(Array(0..<10)), count: 4))
        let messages = ["a1", "a2", "b1", "a3"].map { OutgoingMessage($0, deduplicationID: $0, groupID: String($0.prefix(1))) }
        let results = try await SQSClient(.scripted(transport)).withSender(to: Self.queueURL + ".fifo") { sender in
            await sender.send(contentsOf: messages)
        }
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        let calls = try transport.requests.map { try Self.bodies(of: $0).filter { $0.hasPrefix("a") } }
        #expect(calls.filter { !$0.isEmpty } == [["a1"], ["a2"], ["a3"]])
    }

    @Test func `a sender is of no use after its closure`() async throws {
        let transport = ScriptedTransport([])
        let sender = try await SQSClient(.scripted(transport)).withSender(to: Self.queueURL) { $0 }
        await #expect(throws: AWSError(.invalidRequest, code: "SenderClosed", message: "")) { try await sender.send(OutgoingMessage("a")) }
    }

    @Test func `who is cancelled waits no more, and the message that was not under way is not sent`() async throws {
        let transport = ScriptedTransport([])
        var configuration = MessageSenderConfiguration()
        configuration.linger = .seconds(3_600)
        let sqs = SQSClient(.scripted(transport))
        await #expect(throws: AWSError(.cancelled, code: "Cancelled", message: "")) {
            try await sqs.withSender(to: Self.queueURL, configuration: configuration) { sender in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await sender.send(OutgoingMessage("a")) }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }
        #expect(transport.requests.isEmpty)
    }
}
