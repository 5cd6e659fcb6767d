// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that the broker delivered to a consumer, or gave to one who asked for it.
package struct DeliveredMessage: Hashable, Sendable {
    package var deliveryTag: UInt64
    package var redelivered: Bool
    package var exchange: String
    package var routingKey: String
    /// How many messages were left in the queue; `nil` for a message that was not asked for.
    package var remainingCount: UInt32?
    package var properties: AMQPProperties
    package var body: [UInt8]
    /// Which incarnation of its channel it came on.
    package var epoch: UInt32

    package init(
        deliveryTag: UInt64, redelivered: Bool, exchange: String, routingKey: String, remainingCount: UInt32? = nil,
        properties: AMQPProperties, body: [UInt8], epoch: UInt32 = 0
    ) {
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.remainingCount = remainingCount
        self.properties = properties
        self.body = body
        self.epoch = epoch
    }

    init(_ deliver: BasicDeliver, properties: AMQPProperties, body: [UInt8], epoch: UInt32) {
        self.init(
            deliveryTag: deliver.deliveryTag, redelivered: deliver.redelivered, exchange: deliver.exchange,
            routingKey: deliver.routingKey, properties: properties, body: body, epoch: epoch)
    }

    init(_ got: BasicGetOk, properties: AMQPProperties, body: [UInt8], epoch: UInt32) {
        self.init(
            deliveryTag: got.deliveryTag, redelivered: got.redelivered, exchange: got.exchange, routingKey: got.routingKey,
            remainingCount: got.messageCount, properties: properties, body: body, epoch: epoch)
    }
}
