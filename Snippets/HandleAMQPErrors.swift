// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Publishes messages until the broker has confirmed all of them, on as many connections as that takes.

import AMQPClient
import CurlTransport
import Logging

let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")
let logger = Logger(label: "example")
var unconfirmed = ["order-16": Array("2 sensors".utf8), "order-17": Array("1 gateway".utf8)]

while !unconfirmed.isEmpty {
    do {
        try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
            try await connection.withChannel { channel in
                let publisher = try await channel.publisher()
                for (id, order) in unconfirmed {
                    let properties = AMQPProperties(deliveryMode: .persistent, messageID: id)
                    try await publisher.publish(order, properties: properties, to: .queue("orders"), mandatory: true)
                    unconfirmed[id] = nil
                }
            }
        }
    } catch let error as AMQPError where error.isRetryable {
        logger.warning("connecting again in 5 seconds: \(error)")
        try await Task.sleep(for: .seconds(5))
    }
}
