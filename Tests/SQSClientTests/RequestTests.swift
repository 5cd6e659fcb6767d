// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import Foundation
import SQSClient
import Testing

/// Compares each request with the one that botocore makes of the same input.
@Suite struct RequestTests {
    static let queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"

    static let operations: [String: any SQSOperation] = [
        "SendMessage": SendMessage(queueURL: queueURL, messageBody: "{\"x\": \"\u{2028}\"}\n"),
        "SendMessage with everything": SendMessage(
            queueURL: queueURL + ".fifo", messageBody: "b", delaySeconds: 0,
            messageAttributes: ["text": MessageAttribute(string: "v"), "bytes": MessageAttribute(binary: [0x00, 0xff])],
            messageDeduplicationID: "d", messageGroupID: "g"),
        "ReceiveMessage": ReceiveMessage(queueURL: queueURL),
        "ReceiveMessage with everything": ReceiveMessage(
            queueURL: queueURL, maxNumberOfMessages: 10, visibilityTimeout: 30, waitTimeSeconds: 20, messageSystemAttributeNames: ["All"],
            messageAttributeNames: ["a", "b"]),
        "DeleteMessage": DeleteMessage(queueURL: queueURL, receiptHandle: "r/=="),
        "DeleteMessageBatch": DeleteMessageBatch(queueURL: queueURL, receiptHandles: ["r/==", "s"]),
        "ChangeMessageVisibilityBatch": ChangeMessageVisibilityBatch(
            queueURL: queueURL, receiptHandles: ["r/==", "s"], visibilityTimeout: 60),
        "CreateQueue": CreateQueue(queueName: "responses"),
        "CreateQueue with everything": CreateQueue(
            queueName: "responses.fifo", attributes: ["FifoQueue": "true", "VisibilityTimeout": "60"]),
        "DeleteQueue": DeleteQueue(queueURL: queueURL),
        "GetQueueUrl": GetQueueURL(queueName: "responses", queueOwnerAWSAccountID: "123456789012"),
        "GetQueueAttributes": GetQueueAttributes(
            queueURL: queueURL, attributeNames: ["QueueArn", "ApproximateNumberOfMessages"]),
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
