// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import LamassuEvents
import Logging
import PostgreSQLOutbox
import Testing

/// The example service, a process that is ended at any step, with a real broker.
@Suite(.timeLimit(.minutes(3))) struct ServiceTests {
    private let exchange = "test-transactional-\(UInt64.random(in: .min ... .max))"

    private var topology: EventTopology {
        EventTopology(exchange: self.exchange, queue: "\(self.exchange).queue", deadLetterQueue: "\(self.exchange).dead-letter")
    }

    /// Runs the service and waits until it has ended; returns whether it was killed.
    private func service(_ command: [String], _ database: TestDatabase) async throws -> Bool {
        let program = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().appending(path: "TransactionalService")
        let process = Process()
        process.executableURL = program
        process.standardError = FileHandle.nullDevice
        process.arguments =
            command + [
                "--database", database.address, "--broker", try TestDatabase.variable("LAMASSU_TEST_AMQP_URL"), "--exchange", self.exchange,
            ]
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if process.terminationReason == .exit { #expect(process.terminationStatus == 0, "\(command)") }
        return process.terminationReason == .uncaughtSignal
    }

    private func withConnection<Result>(_ body: (AMQPConnection) async throws -> Result) async throws -> Result {
        try await AMQPClient.withConnection(
            to: try AMQPConfiguration(uri: TestDatabase.variable("LAMASSU_TEST_AMQP_URL")), over: .curl,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body)
    }

    /// Takes what is in the queue.
    private func events() async throws -> [CloudEvent] {
        try await self.withConnection { connection in
            try await connection.withChannel { channel in
                var events: [CloudEvent] = []
                while let delivery = try await channel.get(from: self.topology.queue, automaticallyAcknowledged: true) {
                    events.append(try CloudEvent(decoding: delivery.body, format: .json))
                }
                return events
            }
        }
    }

    private func status(_ database: TestDatabase) async throws -> String? {
        try await database.value("SELECT status FROM ca WHERE id = 'plant'")
    }

    @Test func `whatever step the service is killed at, there is an event exactly where there is an update`() async throws {
        try await TestDatabase.with { database in
            #expect(try await !self.service(["update", "plant", "ACTIVE"], database))
            #expect(try await self.events().count == 1)

            #expect(try await self.service(["update", "plant", "REVOKED", "--die-at", "before-commit"], database))
            #expect(try await self.status(database) == "ACTIVE")
            #expect(try await !self.service(["relay"], database))
            #expect(try await self.events().isEmpty)

            #expect(try await self.service(["update", "plant", "REVOKED", "--die-at", "after-commit"], database))
            #expect(try await self.status(database) == "REVOKED")
            #expect(try await self.events().isEmpty)
            #expect(try await !self.service(["relay"], database))
            let revoked = try await self.events()
            #expect(revoked.count == 1)

            // The broker has it; the service cannot know, and sends it again with the same id, once the lease of the dead process is over.
            #expect(try await self.service(["update", "plant", "EXPIRED", "--die-at", "after-confirm"], database))
            let expired = try await self.events()
            #expect(expired.count == 1)
            try await database.connection.run("UPDATE lamassu_events.holder SET expires = now()")
            #expect(try await !self.service(["relay"], database))
            #expect(try await self.events().allSatisfy { $0.id == expired[0].id })

            let sequences = try (revoked + expired).map { try #require($0[.sequence]?.text) }
            #expect(sequences.map { $0.split(separator: ".").last } == ["0000000002", "0000000003"])
            try await self.withConnection { connection in
                try await connection.withChannel { channel in
                    try await channel.deleteQueue(self.topology.queue)
                    try await channel.deleteQueue(self.topology.deadLetterQueue)
                    try await channel.deleteExchange(self.exchange)
                }
            }
        }
    }
}
