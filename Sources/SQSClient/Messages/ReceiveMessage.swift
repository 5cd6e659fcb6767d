// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Receives messages of a queue and hides them from others for a while.
///
/// An attempt without an answer may have hidden messages, which come again when their time is over.
///
/// API reference: [ReceiveMessage](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
public struct ReceiveMessage: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "ReceiveMessage" }

    /// The queue's URL.
    public var queueURL: String
    /// How many messages come at most, from 1 to 10; `nil` is 1.
    public var maxNumberOfMessages: Int?
    /// How long the messages stay hidden from others, from 0 to 43200 seconds; `nil` is the queue's own setting.
    public var visibilityTimeout: Int?
    /// How long to wait for a message, from 0 to 20 seconds; `nil` is the queue's own setting.
    public var waitTimeSeconds: Int?
    /// What AWS knows of a message that should come with it, such as `ApproximateReceiveCount`; `All` for everything.
    public var messageSystemAttributeNames: [String]?
    /// The sender's attributes that should come with a message; `All` for every one.
    public var messageAttributeNames: [String]?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - maxNumberOfMessages: how many messages come at most, from 1 to 10; `nil` is 1.
    ///   - visibilityTimeout: how long the messages stay hidden from others, from 0 to 43200 seconds; `nil` is the queue's own setting.
    ///   - waitTimeSeconds: how long to wait for a message, from 0 to 20 seconds; `nil` is the queue's own setting.
    ///   - messageSystemAttributeNames: what AWS knows of a message that should come with it.
    ///   - messageAttributeNames: the sender's attributes that should come with a message.
    public init(
        queueURL: String, maxNumberOfMessages: Int? = nil, visibilityTimeout: Int? = nil, waitTimeSeconds: Int? = nil,
        messageSystemAttributeNames: [String]? = nil, messageAttributeNames: [String]? = nil
    ) {
        self.queueURL = queueURL
        self.maxNumberOfMessages = maxNumberOfMessages
        self.visibilityTimeout = visibilityTimeout
        self.waitTimeSeconds = waitTimeSeconds
        self.messageSystemAttributeNames = messageSystemAttributeNames
        self.messageAttributeNames = messageAttributeNames
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The messages; `nil` or empty when there was none.
        public var messages: [Message]?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json("MaxNumberOfMessages", self.maxNumberOfMessages)
        request.json("VisibilityTimeout", self.visibilityTimeout)
        request.json("WaitTimeSeconds", self.waitTimeSeconds)
        request.json("MessageSystemAttributeNames", self.messageSystemAttributeNames)
        request.json("MessageAttributeNames", self.messageAttributeNames)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "Messages": output.messages = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
