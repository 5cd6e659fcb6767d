// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Publishes a message to a topic.
///
/// An attempt without an answer is made again, as the client's retry policy says: a topic that is not FIFO may then deliver the message twice.
///
/// API reference: [Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
public struct Publish: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "Publish" }

    /// The topic's ARN.
    public var topicARN: String
    /// The text: at least 1 character and at most 256 KiB, attributes included.
    public var message: String
    /// Values that go with the message beside its text.
    public var messageAttributes: [String: MessageAttributeValue]?
    /// Of messages with the same id within five minutes one is taken; for FIFO topics.
    public var messageDeduplicationID: String?
    /// Messages of the same group come in order; for FIFO topics.
    public var messageGroupID: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - topicARN: the topic's ARN.
    ///   - message: the text.
    ///   - messageAttributes: values that go with the message beside its text.
    ///   - messageDeduplicationID: of messages with the same id within five minutes one is taken; for FIFO topics.
    ///   - messageGroupID: messages of the same group come in order; for FIFO topics.
    public init(
        topicARN: String, message: String, messageAttributes: [String: MessageAttributeValue]? = nil,
        messageDeduplicationID: String? = nil, messageGroupID: String? = nil
    ) {
        self.topicARN = topicARN
        self.message = message
        self.messageAttributes = messageAttributes
        self.messageDeduplicationID = messageDeduplicationID
        self.messageGroupID = messageGroupID
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The message's id.
        public var messageID: String?
        /// Where the message stands in a FIFO topic.
        public var sequenceNumber: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("TopicArn", self.topicARN)
        request.form("Message", self.message)
        request.form(attributes: self.messageAttributes)
        request.form("MessageDeduplicationId", self.messageDeduplicationID)
        request.form("MessageGroupId", self.messageGroupID)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "MessageId": output.messageID = try result.readText()
            case "SequenceNumber": output.sequenceNumber = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
