// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that SNS has taken, and delivers to the subscribers of its topic.
public struct PublishedMessage: Sendable, Hashable {
    /// The id that SNS gave to the message.
    public var messageID: String
    /// The message's place in its group, of a FIFO topic: a number of 20 digits that only grows.
    public var sequenceNumber: String?

    /// Makes one.
    ///
    /// - Parameters:
    ///   - messageID: the id that SNS gave to the message.
    ///   - sequenceNumber: the message's place in its group.
    public init(messageID: String, sequenceNumber: String? = nil) {
        self.messageID = messageID
        self.sequenceNumber = sequenceNumber
    }
}
