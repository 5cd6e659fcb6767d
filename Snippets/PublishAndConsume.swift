// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Publishes a message to RabbitMQ and waits for the confirm; then consumes it.

import AMQPClient
import CurlTransport
import Logging

let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")
let logger = Logger(label: "example")

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await connection.withChannel { channel in
        try await channel.declareQueue("greetings", durable: true)
        let publisher = try await channel.publisher()
        try await publisher.publish(Array("hello".utf8), to: .queue("greetings"), mandatory: true)

        try await channel.withDeliveries(from: "greetings", prefetch: 100) { deliveries in
            for try await delivery in deliveries {
                print(String(decoding: delivery.body, as: UTF8.self))
                try delivery.ack()
                break
            }
        }
    }
}
