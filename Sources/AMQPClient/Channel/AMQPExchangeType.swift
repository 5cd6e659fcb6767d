// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How an exchange routes (AMQP 0-9-1, section 3.1.3).
///
/// A struct, because plugins add types: ``init(rawValue:)`` takes any.
public struct AMQPExchangeType: RawRepresentable, Hashable, Sendable {
    /// The type's name on the wire.
    public var rawValue: String

    /// Makes a type of a plugin, such as `x-consistent-hash`.
    ///
    /// - Parameter rawValue: the type's name on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// To the queues bound with exactly the routing key.
    public static let direct = AMQPExchangeType(rawValue: "direct")
    /// To every bound queue.
    public static let fanout = AMQPExchangeType(rawValue: "fanout")
    /// To the queues whose binding's pattern matches the routing key: `*` stands for one word, `#` for any number.
    public static let topic = AMQPExchangeType(rawValue: "topic")
    /// To the queues whose binding's arguments match the message's headers.
    public static let headers = AMQPExchangeType(rawValue: "headers")
}
