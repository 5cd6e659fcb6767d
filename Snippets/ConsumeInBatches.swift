// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Consumes a queue with acknowledgements in batches, takes single messages, and has everything delivered again.

import AMQPClient
import CurlTransport
import Logging

let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")
let logger = Logger(label: "example")

func handle(_ body: [UInt8]) throws { print(String(decoding: body, as: UTF8.self)) }

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await connection.withChannel { channel in
        try await channel.withDeliveries(from: "orders", prefetch: 500, acknowledgement: .batched(every: 100)) { deliveries in
            for try await delivery in deliveries {
                do {
                    try handle(delivery.body)
                    try delivery.ack()
                } catch is DecodingError {
                    try delivery.reject(requeue: false)
                }
            }
        }

        if let delivery = try await channel.get(from: "orders") {
            print("\(delivery.messageCount ?? 0) more")
            try delivery.ack()
        }
    }
}
