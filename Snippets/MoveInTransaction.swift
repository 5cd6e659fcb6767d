// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Moves messages from one queue to another, each in a transaction.

import AMQPClient
import CurlTransport
import Logging

let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")
let logger = Logger(label: "example")

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await connection.withChannel { channel in
        try await channel.withDeliveries(from: "incoming", prefetch: 10) { deliveries in
            for try await delivery in deliveries {
                try await channel.withTransaction { transaction in
                    try await transaction.publish(delivery.body, properties: delivery.properties, to: .queue("orders"))
                    try delivery.ack()
                }
            }
        }
    }
}
