// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Sends a message to a queue.
///
/// An attempt without an answer is made again, as the client's retry policy says: a queue that is not FIFO may then hold the message twice.
///
/// API reference: [SendMessage](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
public struct SendMessage: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "SendMessage" }

    /// The queue's URL.
    public var queueURL: String
    /// The body: at least 1 character and at most 1 MiB, attributes included.
    public var messageBody: String
    /// How long the message stays hidden, from 0 to 900 seconds; `nil` is the queue's own setting.
    public var delaySeconds: Int?
    /// Values that go with the message beside its body.
    public var messageAttributes: [String: MessageAttribute]?
    /// Of messages with the same id within five minutes one is taken; for FIFO queues.
    public var messageDeduplicationID: String?
    /// Messages of the same group come in order; for FIFO queues.
    public var messageGroupID: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - messageBody: the body.
    ///   - delaySeconds: how long the message stays hidden, from 0 to 900 seconds; `nil` is the queue's own setting.
    ///   - messageAttributes: values that go with the message beside its body.
    ///   - messageDeduplicationID: of messages with the same id within five minutes one is taken; for FIFO queues.
    ///   - messageGroupID: messages of the same group come in order; for FIFO queues.
    public init(
        queueURL: String, messageBody: String, delaySeconds: Int? = nil, messageAttributes: [String: MessageAttribute]? = nil,
        messageDeduplicationID: String? = nil, messageGroupID: String? = nil
    ) {
        self.queueURL = queueURL
        self.messageBody = messageBody
        self.delaySeconds = delaySeconds
        self.messageAttributes = messageAttributes
        self.messageDeduplicationID = messageDeduplicationID
        self.messageGroupID = messageGroupID
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The message's id.
        public var messageID: String?
        /// The MD5 of the body, in hex.
        public var md5OfMessageBody: String?
        /// Where the message stands in a FIFO queue.
        public var sequenceNumber: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json("MessageBody", self.messageBody)
        request.json("DelaySeconds", self.delaySeconds)
        request.json("MessageAttributes", self.messageAttributes)
        request.json("MessageDeduplicationId", self.messageDeduplicationID)
        request.json("MessageGroupId", self.messageGroupID)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "MessageId": output.messageID = try .init(from: &json)
            case "MD5OfMessageBody": output.md5OfMessageBody = try .init(from: &json)
            case "SequenceNumber": output.sequenceNumber = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
