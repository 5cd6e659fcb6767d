// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where a message is published to.
public struct AMQPDestination: Hashable, Sendable {
    /// The exchange's name; empty for the default exchange.
    public var exchange: String
    /// The routing key; the queue's name for the default exchange.
    public var routingKey: String

    /// An exchange, which routes the message by its key or its headers.
    ///
    /// - Parameters:
    ///   - name: the exchange's name.
    ///   - routingKey: the routing key.
    /// - Returns: the destination.
    public static func exchange(_ name: String, routingKey: String = "") -> AMQPDestination {
        AMQPDestination(exchange: name, routingKey: routingKey)
    }

    /// One queue, by way of the default exchange.
    ///
    /// - Parameter name: the queue's name.
    /// - Returns: the destination.
    public static func queue(_ name: String) -> AMQPDestination {
        AMQPDestination(exchange: "", routingKey: name)
    }
}
