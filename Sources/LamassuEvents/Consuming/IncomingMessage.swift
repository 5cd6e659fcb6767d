// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

/// A message as it came from a queue of an AMQP broker.
package struct IncomingMessage: Sendable {
    package var body: [UInt8]
    package var properties: AMQPProperties
    package var exchange: String
    package var routingKey: String
    package var isRedelivered: Bool

    package init(
        body: [UInt8], properties: AMQPProperties = AMQPProperties(), exchange: String = "", routingKey: String = "",
        isRedelivered: Bool = false
    ) {
        self.body = body
        self.properties = properties
        self.exchange = exchange
        self.routingKey = routingKey
        self.isRedelivered = isRedelivered
    }

    init(_ delivery: AMQPDelivery) {
        self.init(
            body: delivery.body, properties: delivery.properties, exchange: delivery.exchange, routingKey: delivery.routingKey,
            isRedelivered: delivery.redelivered)
    }

    /// How often it came back, which quorum queues write into the header `x-delivery-count`; `nil` where there is none.
    package var deliveryCount: Int? {
        self.properties.headers?["x-delivery-count"]?.integerValue.flatMap { Int(exactly: $0) }
    }
}
