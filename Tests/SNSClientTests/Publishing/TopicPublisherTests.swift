// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import SNSClient
import Testing
import Transport

/// What a publisher makes of SNS's answers, one call at a time.
@Suite struct TopicPublisherTests {
    static let topic = "arn:aws:sns:eu-west-1:123456789012:events"

    /// Publishes one call at a time, each when it has so many bytes.
    static func publish(
        _ texts: [String], bytes: Int, over transport: ScriptedTransport
    ) async throws -> [Result<PublishedMessage, AWSError>] {
        var configuration = TopicPublisherConfiguration()
        configuration.maximumCalls = 1
        configuration.maximumBytes = bytes
        configuration.linger = .seconds(3_600)
        return try await SNSClient(.scripted(transport)).withPublisher(to: Self.topic, configuration: configuration) { publisher in
            await publisher.publish(contentsOf: texts.map { TopicMessage($0) })
        }
    }

    static func answer(_ members: String) -> ScriptedTransport.Step {
        .answer(
            200,
            """
            <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>\(members)</PublishBatchResult>\
            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>
            """)
    }

    static func success(_ id: Int) -> String { "<member><Id>\(id)</Id><MessageId>m\(id)</MessageId></member>" }

    @Test func `a message that failed where others did not is sent again alone`() async throws {
        let failure = "<member><Id>1</Id><Code>InternalError</Code><Message>m</Message><SenderFault>false</SenderFault></member>"
        let transport = ScriptedTransport([
            Self.answer("<Successful>\(Self.success(0))\(Self.success(2))</Successful><Failed>\(failure)</Failed>"),
            Self.answer("<Successful>\(Self.success(0))</Successful><Failed/>"),
        ])
        let results = try await Self.publish(["a", "b", "c"], bytes: 3, over: transport)
        #expect(try results.map { try $0.get().messageID } == ["m0", "m0", "m2"])
        let bodies = transport.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.map { $0.contains("member.3.Message=c") } == [true, false])
        #expect(bodies[1].contains("member.1.Message=b"))
    }

    @Test func `a message that is too long is refused before it is sent`() async throws {
        let transport = ScriptedTransport([])
        let results = try await Self.publish([String(repeating: "a", count: 262_145)], bytes: 262_144, over: transport)
        #expect(throws: AWSError(.invalidRequest, code: .messageTooLong, message: "")) { try results[0].get() }
        #expect(transport.requests.isEmpty)
    }

    @Test func `an entry that the answer does not name has failed`() async throws {
        let transport = ScriptedTransport([Self.answer("<Successful/>")])
        let results = try await Self.publish(["a"], bytes: 1, over: transport)
        #expect(throws: AWSError(.malformedResponse, code: "UnansweredEntry", message: "")) { try results[0].get() }
    }

    /// The messages of each call when these are published, with answers for up to four calls.
    static func calls(
        publishing texts: [String], to topic: String, _ change: (inout TopicPublisherConfiguration) -> Void = { _ in }
    ) async throws -> [[String]] {
        let answer = Self.answer("<Successful>\((0..<10).map { Self.success($0) }.joined())</Successful><Failed/>")
        let transport = ScriptedTransport(Array(repeating: answer, count: 4))
        var configuration = TopicPublisherConfiguration()
        change(&configuration)
        let results = try await SNSClient(.scripted(transport)).withPublisher(to: topic, configuration: configuration) { publisher in
            await publisher.publish(contentsOf: texts.map { TopicMessage($0, deduplicationID: $0, groupID: String($0.prefix(1))) })
        }
        for result in results { _ = try result.get() }
        return transport.requests.map { request in
            String(decoding: request.body, as: UTF8.self).split(separator: "&").filter { $0.contains(".Message=") }
                .map { String($0.split(separator: "=")[1]) }
        }
    }

    @Test func `of a group of a FIFO topic one message is under way at a time, in order`() async throws {
        let calls = try await Self.calls(publishing: ["a1", "a2", "b1", "a3"], to: Self.topic + ".fifo")
        #expect(calls.map { $0.filter { $0.hasPrefix("a") } }.filter { !$0.isEmpty } == [["a1"], ["a2"], ["a3"]])
        #expect(calls.flatMap { $0 }.sorted() == ["a1", "a2", "a3", "b1"])
    }

    @Test func `the messages of a group share a call where the topic keeps no order`() async throws {
        let calls = try await Self.calls(publishing: ["a1", "a2", "b1", "a3"], to: Self.topic) { configuration in
            configuration.maximumBytes = 8
            configuration.linger = .seconds(3_600)
        }
        #expect(calls == [["a1", "a2", "b1", "a3"]])
    }
}
