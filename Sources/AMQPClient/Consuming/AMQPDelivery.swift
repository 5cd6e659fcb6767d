// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// A message that the broker delivered, to be settled once: by ``ack(multiple:)``, ``nack(requeue:)`` or ``reject(requeue:)``.
///
/// A settlement is written to the connection and not answered by the broker: should the connection break on the way, the message
/// is delivered again. What is not settled when its channel closes goes back to the queue.
public struct AMQPDelivery: Sendable {
    /// The content; may be empty.
    public let body: [UInt8]
    /// What describes the content.
    public let properties: AMQPProperties
    /// The exchange that the message was published to; empty for the default exchange.
    public let exchange: String
    /// The routing key that it was published with.
    public let routingKey: String
    /// Whether it was delivered before, here or elsewhere, without being settled.
    public let redelivered: Bool
    /// How many messages the queue had left, for a message that was asked for; `nil` for one of a consumer.
    public let messageCount: Int?
    /// The number of the delivery on its channel.
    public let deliveryTag: UInt64

    let driver: ConnectionDriver
    let channel: ChannelReference
    /// Which incarnation of the channel it came on.
    let epoch: UInt32

    init(_ message: DeliveredMessage, driver: ConnectionDriver, channel: ChannelReference) {
        self.body = message.body
        self.properties = message.properties
        self.exchange = message.exchange
        self.routingKey = message.routingKey
        self.redelivered = message.redelivered
        self.messageCount = message.remainingCount.map { Int($0) }
        self.deliveryTag = message.deliveryTag
        self.driver = driver
        self.channel = channel
        self.epoch = message.epoch
    }

    /// Tells the broker that the message is dealt with, and may be forgotten (`basic.ack`).
    ///
    /// - Parameter multiple: whether all deliveries of the same consumer that came before, and are not settled, are settled with it;
    ///   those of other consumers are not, although the protocol's own flag would.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func ack(multiple: Bool = false) throws(AMQPError) {
        try self.driver.settle(self.deliveryTag, epoch: self.epoch, .acknowledge(multiple: multiple), on: self.channel)
    }

    /// Tells the broker that the message is not dealt with (`basic.nack`, an addition of RabbitMQ).
    ///
    /// - Parameter requeue: whether the message goes back to its queue; if not, to the queue's dead-letter exchange, or away.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func nack(requeue: Bool) throws(AMQPError) {
        try self.driver.settle(self.deliveryTag, epoch: self.epoch, .negativelyAcknowledge(requeue: requeue), on: self.channel)
    }

    /// Tells the broker that the message is not dealt with (`basic.reject`, the standard's own form of ``nack(requeue:)``).
    ///
    /// - Parameter requeue: whether the message goes back to its queue; if not, to the queue's dead-letter exchange, or away.
    /// - Throws: ``AMQPError/Code/deliverySettled`` the second time; else why the channel is gone: then the message is delivered again.
    public func reject(requeue: Bool) throws(AMQPError) {
        try self.driver.settle(self.deliveryTag, epoch: self.epoch, .reject(requeue: requeue), on: self.channel)
    }
}
