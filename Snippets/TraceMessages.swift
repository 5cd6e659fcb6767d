// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Publishes and handles messages within traces; the process has bootstrapped a tracer.

import AMQPClient
import CurlTransport
import Logging
import Tracing

let logger = Logger(label: "orders")
let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await connection.withChannel { channel in
        let publisher = try await channel.publisher()
        try await channel.withDeliveries(from: "orders", prefetch: 10) { deliveries in
            for try await delivery in deliveries {
                try await delivery.withSpan { span in
                    span.attributes["order.bytes"] = delivery.body.count
                    // The invoice is published in the trace of the order.
                    try await publisher.publish(delivery.body, to: .exchange("invoices"))
                    try delivery.ack()
                }
            }
        }
    }
}
