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

    package init(
        deliveryTag: UInt64, redelivered: Bool, exchange: String, routingKey: String, properties: AMQPProperties, body: [UInt8]
    ) {
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }

    init(_ deliver: BasicDeliver, properties: AMQPProperties, body: [UInt8]) {
        self.init(
            deliveryTag: deliver.deliveryTag, redelivered: deliver.redelivered, exchange: deliver.exchange,
            routingKey: deliver.routingKey, properties: properties, body: body)
    }
}
