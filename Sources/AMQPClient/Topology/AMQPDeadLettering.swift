// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where a queue's dead letters go: messages that expired, were rejected, were too many, or were delivered too often.
///
/// What brought a message there is in ``AMQPDelivery/deaths``.
public struct AMQPDeadLettering: Hashable, Sendable {
    /// How safe the way of a dead letter is; a struct, because brokers add some.
    public struct Strategy: RawRepresentable, Hashable, Sendable {
        /// The name on the wire.
        public var rawValue: String

        /// Makes one that a later broker has added.
        ///
        /// - Parameter rawValue: the name on the wire.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A dead letter may be lost on its way, when a node stops or a target queue cannot be reached.
        public static let atMostOnce = Strategy(rawValue: "at-most-once")
        /// A dead letter stays in its queue until the target queues have confirmed it; for quorum queues, from RabbitMQ 3.10 on.
        public static let atLeastOnce = Strategy(rawValue: "at-least-once")
    }

    /// The exchange that dead letters are published to, which need not exist yet; empty for the default exchange.
    public var exchange: String
    /// The routing key that they get; `nil` for the one that they had.
    public var routingKey: String?
    /// How safe their way is; `nil`, the default, leaves it to the broker, which means at most once.
    public var strategy: Strategy?

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - exchange: the exchange that dead letters are published to; empty for the default exchange.
    ///   - routingKey: the routing key that they get; `nil` for the one that they had.
    ///   - strategy: how safe their way is.
    public init(to exchange: String, routingKey: String? = nil, strategy: Strategy? = nil) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.strategy = strategy
    }
}
