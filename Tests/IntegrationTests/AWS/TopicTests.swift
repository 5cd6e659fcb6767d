// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import SNSClient
import SQSClient
import Testing

/// Publishes over the emulator to a queue that is subscribed.
@Suite struct TopicTests {
    @Test func `what is published in batches, some of it a second time, reaches the subscribed queue`() async throws {
        let aws = try AWSEmulator.client()
        let (sns, sqs) = (SNSClient(aws), SQSClient(aws))
        let (name, queue) = try await QueueTests.queue(sqs)
        let topic = try #require(try await sns.send(CreateTopic(name: name)).topicARN)
        let names: [QueueAttributeName] = [.queueARN]
        let arn = try #require(try await sqs.send(GetQueueAttributes(queueURL: queue, attributeNames: names)).attributes?["QueueArn"])
        let policy = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, \
            "Action": "sqs:SendMessage", "Resource": "\(arn)", "Condition": {"ArnEquals": {"aws:SourceArn": "\(topic)"}}}]}
            """
        try await sqs.send(SetQueueAttributes(queueURL: queue, attributes: ["Policy": policy]))
        _ = try await sns.send(
            Subscribe(topicARN: topic, protocol: "sqs", endpoint: arn, attributes: ["RawMessageDelivery": "true"]))
        try await AWSEmulator.fail("PublishBatch", of: "sns", with: "partial", naming: "\(name)-3")

        let texts = (0..<12).map { "\(name)-\($0)." }
        let results = try await sns.withPublisher(to: topic) { await $0.publish(contentsOf: texts.map { TopicMessage($0) }) }
        #expect(Set(try results.map { try $0.get().messageID }).count == 12)
        var received: Set<String> = []
        try await sqs.withMessages(from: queue, configuration: QueueTests.configuration) { messages in
            for try await message in messages {
                received.insert(message.body)
                message.delete()
                if received.count == 12 { break }
            }
        }
        #expect(received == Set(texts))
    }
}
