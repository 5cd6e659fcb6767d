// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Sets how a lost connection is made anew, tells how the connection stands, and publishes from the thread that carries it.

import AMQPClient
import CurlTransport
import Logging

actor Health {
    private(set) var isReady = false

    func update(isReady: Bool) { self.isReady = isReady }
}

func follow(_ connection: AMQPConnection, telling health: Health) async {
    for await state in connection.states {
        await health.update(isReady: state.phase == .connected)
    }
}

func publish(_ readings: [[UInt8]], telling health: Health) async throws {
    var configuration = try AMQPConfiguration(uri: "amqps://user:secret@one.example,two.example/orders")
    configuration.recovery?.maximumDelay = .seconds(10)
    configuration.recovery?.unconfirmedPublishes = .fail

    try await AMQPClient.withConnection(to: configuration, over: .curl, logger: Logger(label: "readings")) { connection in
        async let _: Void = follow(connection, telling: health)
        try await connection.withChannel { channel in
            let publisher = try await channel.publisher()
            try await withTaskExecutorPreference(connection.executor) {
                for reading in readings { try await publisher.publish(reading, to: .queue("readings")) }
            }
        }
    }
}

try await publish([Array("21.5".utf8)], telling: Health())
