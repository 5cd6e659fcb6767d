// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Whether a message survives a restart of the server.
public struct AMQPDeliveryMode: RawRepresentable, Hashable, Sendable {
    /// The number as it stands on the wire.
    public var rawValue: UInt8

    /// Makes a mode of any number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// 1: the message may be lost when the server restarts.
    public static let transient = AMQPDeliveryMode(rawValue: 1)
    /// 2: the message is kept on disk, in a durable queue.
    public static let persistent = AMQPDeliveryMode(rawValue: 2)
}
