// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import SQSClient
import Testing
import Transport

@Suite struct AnswerTests {
    static let queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"

    /// Sends an operation to an AWS that gives `answer`.
    static func send<Operation: SQSOperation>(_ operation: Operation, answer: String) async throws -> Operation.Output {
        try await SQSClient(.scripted(ScriptedTransport([.answer(200, answer)]))).send(operation)
    }

    @Test func `messages are received with their attributes`() async throws {
        let answer = """
            {"Messages": [{"MessageId": "m-1", "ReceiptHandle": "r", "MD5OfBody": "5d", "Body": "{\\"a\\":1}",
            "Attributes": {"ApproximateReceiveCount": "2"}, "MessageAttributes": {
            "text": {"DataType": "String", "StringValue": "v"}, "bytes": {"DataType": "Binary", "BinaryValue": "AP8="}}}, {}]}
            """
        let output = try await Self.send(ReceiveMessage(queueURL: Self.queueURL), answer: answer)
        let message = try #require(output.messages?.first)
        #expect(output.messages?.count == 2)
        #expect(message.messageID == "m-1")
        #expect(message.receiptHandle == "r")
        #expect(message.body == #"{"a":1}"#)
        #expect(message.attributes == ["ApproximateReceiveCount": "2"])
        #expect(message.messageAttributes == ["text": MessageAttribute(string: "v"), "bytes": MessageAttribute(binary: [0x00, 0xff])])
    }

    @Test(arguments: ["", "{}", #"{"Messages": null}"#, #"{"Messages": []}"#])
    func `an empty queue gives no messages`(answer: String) async throws {
        #expect(try await Self.send(ReceiveMessage(queueURL: Self.queueURL), answer: answer).messages ?? [] == [])
    }

    @Test func `bytes that are no base64 are a malformed response`() async throws {
        let answer = #"{"Messages": [{"MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": "A"}}}]}"#
        await #expect(throws: AWSError(.malformedResponse, code: "MalformedResponse", message: "")) {
            try await Self.send(ReceiveMessage(queueURL: Self.queueURL), answer: answer)
        }
    }

    @Test func `sending, finding and describing give what SQS says`() async throws {
        let sent = try await Self.send(
            SendMessage(queueURL: Self.queueURL, messageBody: "b"), answer: #"{"MessageId": "m", "MD5OfMessageBody": "92"}"#)
        #expect(sent.messageID == "m")
        #expect(sent.md5OfMessageBody == "92")
        let found = try await Self.send(GetQueueURL(queueName: "responses"), answer: #"{"QueueUrl": "\#(Self.queueURL)"}"#)
        #expect(found.queueURL == Self.queueURL)
        let described = try await Self.send(
            GetQueueAttributes(queueURL: Self.queueURL), answer: #"{"Attributes": {"ApproximateNumberOfMessages": "3"}}"#)
        #expect(described.attributes == ["ApproximateNumberOfMessages": "3"])
        try await Self.send(DeleteMessage(queueURL: Self.queueURL, receiptHandle: "r"), answer: "")
    }

    @Test func `a batch tells which of its entries failed`() async throws {
        let answer = """
            {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "ReceiptHandleIsInvalid", "Message": "m", "SenderFault": true}]}
            """
        let deleted = try await Self.send(DeleteMessageBatch(queueURL: Self.queueURL, receiptHandles: ["r", "s"]), answer: answer)
        #expect(deleted.failed?.map(\.id) == ["1"])
        #expect(deleted.failed?.first?.code == AWSErrorCode.receiptHandleIsInvalid.rawValue)
        #expect(deleted.failed?.first?.senderFault == true)
        let changed = try await Self.send(
            ChangeMessageVisibilityBatch(queueURL: Self.queueURL, receiptHandles: ["r"], visibilityTimeout: 1), answer: "{}")
        #expect(changed.failed == nil)
        let created = try await Self.send(CreateQueue(queueName: "q"), answer: #"{"QueueUrl": "\#(Self.queueURL)"}"#)
        #expect(created.queueURL == Self.queueURL)
        try await Self.send(DeleteQueue(queueURL: Self.queueURL), answer: "")
    }

    @Test func `a request goes to the endpoint, not to the host of the queue's URL`() async throws {
        let transport = ScriptedTransport([.answer(200, "{}")])
        let url = "https://elsewhere.example/1/responses"
        _ = try await SQSClient(.scripted(transport)).send(DeleteMessage(queueURL: url, receiptHandle: "r"))
        let request = try #require(transport.requests.first)
        #expect(request.head.authority == "sqs.eu-west-1.amazonaws.com")
        #expect(request.head.path == "/")
    }

    @Test func `a queue that does not exist is an error with SQS's code`() async throws {
        let transport = ScriptedTransport([
            .answer(
                400, #"{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "gone"}"#,
                ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"])
        ])
        await #expect(throws: AWSError(.service, code: .queueDoesNotExist, message: "")) {
            try await SQSClient(.scripted(transport)).send(GetQueueURL(queueName: "nobody"))
        }
    }

    static let answers = [
        SampleAnswer(SendMessage.self, #"{"MessageId": "m", "MD5OfMessageBody": "92", "SequenceNumber": "1", "new": 1}"#),
        SampleAnswer(
            ReceiveMessage.self,
            #"{"Messages": [{"Body": "b", "new": 1, "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": "AP8=", "new": 1}}}], "new": 1}"#
        ),
        SampleAnswer(DeleteMessage.self, #"{"new": 1}"#),
        SampleAnswer(DeleteMessageBatch.self, #"{"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "c", "SenderFault": true}]}"#),
        SampleAnswer(ChangeMessageVisibilityBatch.self, #"{"Successful": [{"Id": "0"}], "Failed": [], "new": 1}"#),
        SampleAnswer(CreateQueue.self, #"{"QueueUrl": "u", "new": 1}"#),
        SampleAnswer(DeleteQueue.self, #"{"new": 1}"#),
        SampleAnswer(GetQueueURL.self, #"{"QueueUrl": "u", "new": 1}"#),
        SampleAnswer(GetQueueAttributes.self, #"{"Attributes": {"k": "v"}, "new": 1}"#),
    ]

    @Test(arguments: answers) func `a good answer is read, unknown members and all`(answer: SampleAnswer) {
        #expect(answer.failure == nil)
    }

    @Test(arguments: answers) func `what is cut, and what is no answer of AWS, is a malformed response`(answer: SampleAnswer) {
        let expected = AWSError(.malformedResponse, code: "MalformedResponse", message: "")
        #expect(answer.truncationErrors.allSatisfy { $0 == expected })
        #expect(answer.pageErrors.allSatisfy { $0 == expected })
    }

    @Test(arguments: answers) func `changed bytes give an answer or a malformed response`(answer: SampleAnswer) {
        #expect(answer.mutationErrors.allSatisfy { $0.kind == .malformedResponse })
    }
}
