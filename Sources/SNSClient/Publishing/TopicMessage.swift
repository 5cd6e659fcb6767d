// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message to publish with a ``TopicPublisher``.
public struct TopicMessage: Sendable, Hashable {
    /// The message.
    public var text: String
    /// The subject of e-mails that subscribers get.
    public var subject: String?
    /// `json` where the text is an object with a message for each protocol, else `nil`.
    public var structure: String?
    /// Its attributes, by which subscriptions filter; they count as bytes of the message.
    public var attributes: [String: MessageAttributeValue]
    /// Under which SNS knows the message for five minutes, so that a FIFO topic does not deliver it twice.
    public var deduplicationID: String?
    /// The message's group, whose messages keep their order in a FIFO topic.
    public var groupID: String?

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - text: the message.
    ///   - subject: the subject of e-mails.
    ///   - structure: `json` where the text has a message for each protocol.
    ///   - attributes: its attributes.
    ///   - deduplicationID: under which SNS knows the message for five minutes.
    ///   - groupID: the message's group.
    public init(
        _ text: String, subject: String? = nil, structure: String? = nil, attributes: [String: MessageAttributeValue] = [:],
        deduplicationID: String? = nil, groupID: String? = nil
    ) {
        self.text = text
        self.subject = subject
        self.structure = structure
        self.attributes = attributes
        self.deduplicationID = deduplicationID
        self.groupID = groupID
    }

    /// What counts against the limit of a message and of a batch: text, subject and attributes (SNS API reference, Publish, "Message").
    package var bytes: Int {
        self.attributes.reduce(self.text.utf8.count + (self.subject?.utf8.count ?? 0)) { sum, attribute in
            let value = attribute.value
            return sum + attribute.key.utf8.count + value.dataType.utf8.count + (value.stringValue?.utf8.count ?? 0)
                + (value.binaryValue?.count ?? 0)
        }
    }

    func entry(id: Int) -> PublishBatchRequestEntry {
        PublishBatchRequestEntry(
            id: String(id), message: self.text, subject: self.subject, messageStructure: self.structure,
            messageAttributes: self.attributes.isEmpty ? nil : self.attributes, messageDeduplicationID: self.deduplicationID,
            messageGroupID: self.groupID)
    }
}
