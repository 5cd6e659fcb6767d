// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import LamassuEvents
import Logging
import SQLiteOutbox

/// Where a scenario runs: the broker of the environment, as for every benchmark, and a folder on the disk that is measured.
struct Bench: Sendable {
    let count: Int
    let folder: String
    let broker: AMQPConfiguration
    private let name = "bench-events-\(getpid())"
    let logger = Logger(label: "events-bench", factory: { _ in SwiftLogNoOpLogHandler() })

    init(count: Int, folder: String) {
        self.count = count
        self.folder = folder
        self.broker = AMQPConfiguration(
            host: Self.variable("AMQP_HOST", or: "127.0.0.1"), port: Int(Self.variable("AMQP_PORT", or: "5672")),
            credentials: .plain(
                username: Self.variable("AMQP_USER", or: "guest"), password: Self.variable("AMQP_PASSWORD", or: "guest")))
    }

    private static func variable(_ name: String, or fallback: String) -> String { getenv(name).map { String(cString: $0) } ?? fallback }

    /// Queues of this process alone.
    var topology: EventTopology { EventTopology(exchange: nil, queue: self.name, deadLetterQueue: "\(self.name).dead-letter") }

    func store(_ name: String) async throws -> SQLiteOutbox {
        var configuration = SQLiteOutbox.Configuration(path: "\(self.folder)/\(name).db")
        configuration.limits.maximumEvents = self.count + 1
        return try await SQLiteOutbox.open(configuration, logger: self.logger)
    }

    func publisher(_ store: some OutboxStore, resolver: (any IntentResolver)? = nil) -> LamassuEventPublisher {
        LamassuEventPublisher(
            EventPublisherConfiguration(broker: self.broker, source: .deviceManager, topology: self.topology), transport: .curl,
            store: store, resolver: resolver, logger: self.logger)
    }

    /// Runs while a publisher relays; ends it when the body has ended.
    func relaying<Result: Sendable>(_ events: LamassuEventPublisher, _ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup { group in
            group.addTask { try await events.run() }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    /// Runs on a channel of a connection of its own.
    func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        try await AMQPClient.withConnection(to: self.broker, over: .curl, logger: self.logger) { connection in
            try await connection.withChannel(body)
        }
    }

    /// Empties the queue, and says how many events were in it.
    func purge() async throws -> Int { try await self.withChannel { try await $0.purgeQueue(self.topology.queue) } }

    func deleteQueues() async throws {
        try await self.withChannel { channel in
            for queue in [self.topology.queue, self.topology.deadLetterQueue] { _ = try await channel.deleteQueue(queue) }
        }
    }
}
