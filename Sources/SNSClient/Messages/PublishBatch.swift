// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Publishes up to ten messages to a topic, each of which succeeds or fails by itself.
///
/// API reference: [PublishBatch](https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html).
public struct PublishBatch: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "PublishBatch" }

    /// One message of a batch.
    public struct Entry: Hashable, Sendable {
        /// Names the message within the batch, in letters, digits, `-` and `_`.
        public var id: String
        /// The text; all of a batch have at most 256 KiB together, attributes included.
        public var message: String
        /// Values that go with the message beside its text.
        public var messageAttributes: [String: MessageAttributeValue]?
        /// Of messages with the same id within five minutes one is taken; for FIFO topics.
        public var messageDeduplicationID: String?
        /// Messages of the same group come in order; for FIFO topics.
        public var messageGroupID: String?

        /// Makes a message.
        ///
        /// - Parameters:
        ///   - id: names the message within the batch.
        ///   - message: the text.
        ///   - messageAttributes: values that go with the message beside its text.
        ///   - messageDeduplicationID: of messages with the same id within five minutes one is taken; for FIFO topics.
        ///   - messageGroupID: messages of the same group come in order; for FIFO topics.
        public init(
            id: String, message: String, messageAttributes: [String: MessageAttributeValue]? = nil,
            messageDeduplicationID: String? = nil, messageGroupID: String? = nil
        ) {
            self.id = id
            self.message = message
            self.messageAttributes = messageAttributes
            self.messageDeduplicationID = messageDeduplicationID
            self.messageGroupID = messageGroupID
        }
    }

    /// The topic's ARN.
    public var topicARN: String
    /// The messages, ten at most.
    public var entries: [Entry]

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - topicARN: the topic's ARN.
    ///   - entries: the messages, ten at most.
    public init(topicARN: String, entries: [Entry]) {
        self.topicARN = topicARN
        self.entries = entries
    }

    /// What AWS answers: every message is in one of the lists.
    public struct Output: Hashable, Sendable {
        /// The messages that were published.
        public var successful: [PublishedMessage] = []
        /// The messages that were not.
        public var failed: [PublishFailure] = []
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("TopicArn", self.topicARN)
        for (index, entry) in self.entries.enumerated() {
            let prefix = "PublishBatchRequestEntries.member.\(index + 1)."
            request.form("\(prefix)Id", entry.id)
            request.form("\(prefix)Message", entry.message)
            request.form(prefix, attributes: entry.messageAttributes)
            request.form("\(prefix)MessageDeduplicationId", entry.messageDeduplicationID)
            request.form("\(prefix)MessageGroupId", entry.messageGroupID)
        }
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "Successful": output.successful = try result.readMembers { xml throws(XMLError) in try PublishedMessage(from: &xml) }
            case "Failed": output.failed = try result.readMembers { xml throws(XMLError) in try PublishFailure(from: &xml) }
            default: try result.skip()
            }
        }
        return output
    }
}
