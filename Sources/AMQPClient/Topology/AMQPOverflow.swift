// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a full queue does with a message too many; a struct, because brokers add some.
public struct AMQPOverflow: RawRepresentable, Hashable, Sendable {
    /// The name on the wire.
    public var rawValue: String

    /// Makes one that a later broker has added.
    ///
    /// - Parameter rawValue: the name on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The oldest message is dropped, or becomes a dead letter.
    public static let dropHead = AMQPOverflow(rawValue: "drop-head")
    /// The new message is refused: its publish fails with ``AMQPError/Code/nacked``.
    public static let rejectPublish = AMQPOverflow(rawValue: "reject-publish")
    /// The same, and the message becomes a dead letter besides; for classic queues alone.
    public static let rejectPublishAndDeadLetter = AMQPOverflow(rawValue: "reject-publish-dlx")
}
