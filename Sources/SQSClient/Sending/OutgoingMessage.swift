// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message to send with a ``MessageSender``.
public struct OutgoingMessage: Sendable, Hashable {
    /// The message; XML, JSON or plain text of the characters that SQS allows.
    public var body: String
    /// Its attributes, ten at most; their names, types and values count as bytes of the message.
    public var attributes: [String: MessageAttribute]
    /// How long the message is hidden at first, in whole seconds up to 900; by default as the queue says.
    ///
    /// Not for FIFO queues.
    public var delay: Duration?
    /// Under which SQS knows the message for five minutes, so that it is not put into a FIFO queue twice.
    public var deduplicationID: String?
    /// The message's group: the messages of one group of a FIFO queue keep their order, those of a standard queue are treated fairly.
    public var groupID: String?

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - body: the message.
    ///   - attributes: its attributes.
    ///   - delay: how long the message is hidden at first.
    ///   - deduplicationID: under which SQS knows the message for five minutes.
    ///   - groupID: the message's group.
    public init(
        _ body: String, attributes: [String: MessageAttribute] = [:], delay: Duration? = nil, deduplicationID: String? = nil,
        groupID: String? = nil
    ) {
        self.body = body
        self.attributes = attributes
        self.delay = delay
        self.deduplicationID = deduplicationID
        self.groupID = groupID
    }

    /// What counts against the limit of a message and of a batch: body and attributes (SQS developer guide, "Amazon SQS message quotas").
    package var bytes: Int {
        self.attributes.reduce(self.body.utf8.count) { sum, attribute in
            let value = attribute.value
            return sum + attribute.key.utf8.count + value.dataType.utf8.count + (value.stringValue?.utf8.count ?? 0)
                + (value.binaryValue?.count ?? 0)
        }
    }

    func entry(id: Int) -> SendMessageBatchRequestEntry {
        SendMessageBatchRequestEntry(
            id: String(id), messageBody: self.body, delaySeconds: self.delay.map { Int($0.components.seconds) },
            messageAttributes: self.attributes.isEmpty ? nil : self.attributes, messageDeduplicationID: self.deduplicationID,
            messageGroupID: self.groupID)
    }
}
