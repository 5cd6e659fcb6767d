// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Logging
import TransportTesting

let logger = Logger(label: "test")
let broker = InMemoryBroker()
let configuration = AMQPConfiguration(host: "in-memory", credentials: .plain(username: "guest", password: "guest"))
try await AMQPClient.withConnection(to: configuration, over: broker.transport, logger: logger) { connection in
    try await connection.withChannel { channel in
        try await channel.declareQueue("orders", durable: true)
        try await channel.publisher().publish(Array("order 1".utf8), to: .queue("orders"), mandatory: true)
    }
}
assert(broker.messages(in: "orders")?.map(\.body) == [Array("order 1".utf8)])
