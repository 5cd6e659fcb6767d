// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the broker said of a queue when it was declared.
public struct AMQPQueueStatus: Hashable, Sendable {
    /// The queue's name: the one asked for, or the one that the broker made up.
    public var name: String
    /// How many messages were ready for delivery.
    public var messageCount: Int
    /// How many consumers the queue had.
    public var consumerCount: Int

    /// Makes a status.
    ///
    /// - Parameters:
    ///   - name: the queue's name.
    ///   - messageCount: how many messages were ready for delivery.
    ///   - consumerCount: how many consumers the queue had.
    public init(name: String, messageCount: Int, consumerCount: Int) {
        self.name = name
        self.messageCount = messageCount
        self.consumerCount = consumerCount
    }
}
