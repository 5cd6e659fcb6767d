// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Declares work that is retried and set aside, and reads why a message was set aside.

import AMQPClient
import CurlTransport
import Logging

let logger = Logger(label: "orders")
let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await connection.withChannel { channel in
        try await channel.declareExchange("dead-letters", type: .fanout, durable: true)
        try await channel.declareQueue(
            "orders", durable: true,
            arguments: .quorum(
                messageTTL: .seconds(86_400), overflow: .rejectPublish,
                deadLettering: AMQPDeadLettering(to: "dead-letters", strategy: .atLeastOnce), deliveryLimit: 5))
        try await channel.declareQueue("orders.dead", durable: true, arguments: .classic(maximumLength: 10_000))
        try await channel.bindQueue("orders.dead", to: "dead-letters")

        try await channel.withDeliveries(from: "orders.dead", prefetch: 10) { deliveries in
            for try await delivery in deliveries {
                if let death = delivery.firstDeath {
                    logger.notice("given up in \(death.queue) after \(death.count) times: \(death.reason.rawValue)")
                }
                try delivery.ack()
            }
        }
    }
}
