// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that the broker delivered to a consumer.
package struct DeliveredMessage: Hashable, Sendable {
    package var deliveryTag: UInt64
    package var redelivered: Bool
    package var exchange: String
    package var routingKey: String
    package var properties: AMQPProperties
    package var body: [UInt8]
    /// Which incarnation of its channel it came on.
    package var epoch: UInt32

    package init(
        deliveryTag: UInt64, redelivered: Bool, exchange: String, routingKey: String, properties: AMQPProperties, body: [UInt8],
        epoch: UInt32 = 0
    ) {
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.epoch = epoch
    }

    init(_ deliver: BasicDeliver, properties: AMQPProperties, body: [UInt8], epoch: UInt32) {
        self.init(
            deliveryTag: deliver.deliveryTag, redelivered: deliver.redelivered, exchange: deliver.exchange,
            routingKey: deliver.routingKey, properties: properties, body: body, epoch: epoch)
    }
}
