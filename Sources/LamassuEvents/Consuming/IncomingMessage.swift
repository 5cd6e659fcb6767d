// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

/// A message as it came from the queue, with the way to acknowledge it.
package struct IncomingMessage: Sendable {
    package var body: [UInt8]
    package var properties: AMQPProperties
    package var exchange: String
    package var routingKey: String
    package var isRedelivered: Bool
    package var acknowledge: @Sendable () -> Void

    package init(
        body: [UInt8], properties: AMQPProperties = AMQPProperties(), exchange: String = "", routingKey: String = "",
        isRedelivered: Bool = false, acknowledge: @escaping @Sendable () -> Void
    ) {
        self.body = body
        self.properties = properties
        self.exchange = exchange
        self.routingKey = routingKey
        self.isRedelivered = isRedelivered
        self.acknowledge = acknowledge
    }

    init(_ delivery: AMQPDelivery) {
        self.init(
            body: delivery.body, properties: delivery.properties, exchange: delivery.exchange, routingKey: delivery.routingKey,
            isRedelivered: delivery.redelivered
        ) {
            // Where the channel has gone the broker delivers the message again, and the consumer knows it by its id.
            try? delivery.ack()
        }
    }
}
