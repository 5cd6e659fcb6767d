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
}
