// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// A message that the broker delivered, to be settled once: by ``ack(multiple:)``, ``nack(requeue:)`` or ``reject(requeue:)``.
///
/// A settlement is written to the connection and not answered by the broker: should the connection break on the way, the message
/// is delivered again. What is not settled when its channel closes goes back to the queue.
public struct AMQPDelivery: Sendable {
    private let message: DeliveredMessage
    let driver: ConnectionDriver
    let channel: ChannelReference

    init(_ message: DeliveredMessage, driver: ConnectionDriver, channel: ChannelReference) {
        self.message = message
        self.driver = driver
        self.channel = channel
    }

    /// The content; may be empty.
    public var body: [UInt8] { self.message.body }
    /// What describes the content.
    public var properties: AMQPProperties { self.message.properties }
    /// The exchange that the message was published to; empty for the default exchange.
    public var exchange: String { self.message.exchange }
    /// The routing key that it was published with.
    public var routingKey: String { self.message.routingKey }
    /// Whether it was delivered before, here or elsewhere, without being settled.
    public var redelivered: Bool { self.message.redelivered }
    /// How many messages the queue had left, for a message that was asked for; `nil` for one of a consumer.
    public var messageCount: Int? { self.message.remainingCount.map { Int($0) } }
    /// The number of the delivery on its channel.
    public var deliveryTag: UInt64 { self.message.deliveryTag }

    /// Tells the broker that the message is dealt with, and may be forgotten (`basic.ack`).
    ///
    /// - Parameter multiple: whether all deliveries of the same consumer that came before, and are not settled, are settled with it;
    ///   those of other consumers are not, although the protocol's own flag would.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func ack(multiple: Bool = false) throws(AMQPError) {
        try self.driver.settle(self.message, .acknowledge(multiple: multiple), on: self.channel)
    }

    /// Tells the broker that the message is not dealt with (`basic.nack`, an addition of RabbitMQ).
    ///
    /// - Parameter requeue: whether the message goes back to its queue; if not, to the queue's dead-letter exchange, or away.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func nack(requeue: Bool) throws(AMQPError) {
        try self.driver.settle(self.message, .negativelyAcknowledge(requeue: requeue), on: self.channel)
    }

    /// Tells the broker that the message is not dealt with (`basic.reject`, the standard's own form of ``nack(requeue:)``).
    ///
    /// - Parameter requeue: whether the message goes back to its queue; if not, to the queue's dead-letter exchange, or away.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func reject(requeue: Bool) throws(AMQPError) {
        try self.driver.settle(self.message, .reject(requeue: requeue), on: self.channel)
    }
}
