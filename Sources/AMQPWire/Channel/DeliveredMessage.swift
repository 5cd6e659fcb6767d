// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that the broker delivered to a consumer, or gave to one who asked for it.
///
/// A class because it is handed on several times on its way to the user, and never changed.
package final class DeliveredMessage: Sendable {
    package let deliveryTag: UInt64
    package let redelivered: Bool
    /// Which incarnation of its channel it came on.
    package let epoch: UInt32
    /// How many messages were left in the queue; `nil` for a message that was not asked for.
    package let remainingCount: UInt32?
    package let exchange: String
    package let routingKey: String
    package let properties: AMQPProperties
    package let body: [UInt8]

    package init(
        deliveryTag: UInt64, redelivered: Bool, exchange: String, routingKey: String, remainingCount: UInt32? = nil,
        properties: AMQPProperties, body: [UInt8], epoch: UInt32 = 0
    ) {
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.epoch = epoch
        self.remainingCount = remainingCount
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }

    convenience init(_ deliver: BasicDeliver, properties: AMQPProperties, body: [UInt8], epoch: UInt32) {
        self.init(
            deliveryTag: deliver.deliveryTag, redelivered: deliver.redelivered, exchange: deliver.exchange,
            routingKey: deliver.routingKey, properties: properties, body: body, epoch: epoch)
    }

    convenience init(_ got: BasicGetOk, properties: AMQPProperties, body: [UInt8], epoch: UInt32) {
        self.init(
            deliveryTag: got.deliveryTag, redelivered: got.redelivered, exchange: got.exchange, routingKey: got.routingKey,
            remainingCount: got.messageCount, properties: properties, body: body, epoch: epoch)
    }
}

extension DeliveredMessage: Equatable {
    package static func == (left: DeliveredMessage, right: DeliveredMessage) -> Bool {
        left.deliveryTag == right.deliveryTag && left.redelivered == right.redelivered && left.epoch == right.epoch
            && left.remainingCount == right.remainingCount && left.exchange == right.exchange && left.routingKey == right.routingKey
            && left.properties == right.properties && left.body == right.body
    }
}
