// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Asks a service over a queue and prints its reply; and such a service.

import AMQPClient
import CurlTransport
import Logging

let configuration = try AMQPConfiguration(uri: "amqp://guest:guest@localhost/")
let logger = Logger(label: "example")

func serve(on connection: AMQPConnection) async throws {
    try await connection.withChannel { channel in
        try await channel.declareQueue("prices")
        try await channel.withDeliveries(from: "prices", prefetch: 100) { requests in
            for try await request in requests {
                try await request.reply(Array("42 €".utf8))
                try request.ack()
            }
        }
    }
}

func ask(on connection: AMQPConnection) async throws {
    try await connection.withChannel { channel in
        try await channel.withRequester { requester in
            let price = try await requester.call(Array("sensor".utf8), to: .queue("prices"), timeout: .seconds(2))
            print(String(decoding: price.body, as: UTF8.self))
        }
    }
}

try await AMQPClient.withConnection(to: configuration, over: .curl, logger: logger) { connection in
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serve(on: connection) }
        try await ask(on: connection)
        group.cancelAll()
    }
}
