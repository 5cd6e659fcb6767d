// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import Foundation
import SNSClient
import Testing

/// Compares each request with the one that botocore makes of the same input.
@Suite struct RequestTests {
    static let topicARN = "arn:aws:sns:eu-west-1:123456789012:events"
    static let subscriptionARN = topicARN + ":5be8c6b0-0000-0000-0000-000000000000"

    static let operations: [String: any SNSOperation] = [
        "Publish": Publish(topicARN: topicARN, message: "{\"x\": \"ü & \u{2028}+\"}"),
        "Publish with everything": Publish(
            topicARN: topicARN + ".fifo", message: "m",
            messageAttributes: ["type": MessageAttributeValue(string: "ca.create"), "bytes": MessageAttributeValue(binary: [0x00, 0xff])],
            messageDeduplicationID: "d", messageGroupID: "g"),
        "PublishBatch": PublishBatch(
            topicARN: topicARN + ".fifo",
            entries: [
                PublishBatch.Entry(
                    id: "0", message: "m", messageAttributes: ["type": MessageAttributeValue(string: "ca.create")],
                    messageDeduplicationID: "d", messageGroupID: "g"), PublishBatch.Entry(id: "1", message: "n"),
            ]),
        "CreateTopic": CreateTopic(topicName: "events"),
        "CreateTopic with everything": CreateTopic(
            topicName: "events.fifo", attributes: ["FifoTopic": "true", "ContentBasedDeduplication": "true"]),
        "Subscribe": Subscribe(topicARN: topicARN, protocolName: "sqs"),
        "Subscribe with everything": Subscribe(
            topicARN: topicARN, protocolName: "sqs", endpoint: "arn:aws:sqs:eu-west-1:123456789012:audit",
            attributes: ["RawMessageDelivery": "true", "FilterPolicy": #"{"type": ["ca.create"]}"#], returnsSubscriptionARN: true),
        "SetSubscriptionAttributes": SetSubscriptionAttributes(
            subscriptionARN: subscriptionARN, attributeName: "FilterPolicy", attributeValue: "{}"),
        "Unsubscribe": Unsubscribe(subscriptionARN: subscriptionARN),
        "ListSubscriptionsByTopic": ListSubscriptionsByTopic(topicARN: topicARN, nextToken: "n"),
    ]

    static func recorded() throws -> [RecordedRequest] {
        let file = try #require(Bundle.module.url(forResource: "requests", withExtension: "json", subdirectory: "Fixtures"))
        return try RecordedRequest.all(in: Array(Data(contentsOf: file)))
    }

    @Test(arguments: try recorded()) func `a request is the one that botocore makes`(recorded: RecordedRequest) throws {
        let operation = try #require(Self.operations[recorded.name])
        #expect(try RequestShape(of: operation) == recorded.shape())
    }

    @Test func `each input here has a recorded request`() throws {
        #expect(try Set(Self.operations.keys) == Set(Self.recorded().map(\.name)))
    }
}
