// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import JSONCoding
import LamassuEvents
import Logging
import PostgreSQLOutbox

/// The CAs of a service, in a table beside that of their events.
struct CADatabase: Sendable {
    private let database: PostgreSQLConnection
    private let outbox: PostgreSQLOutbox
    private let events: LamassuEventPublisher
    private let deathPoint: DeathPoint?

    init(_ options: ServiceOptions, dieAt deathPoint: DeathPoint?) async throws {
        self.deathPoint = deathPoint
        self.database = PostgreSQLConnection(options.database)
        self.outbox = try await PostgreSQLOutbox.open(PostgreSQLOutbox.Configuration(address: options.database))
        let configuration = EventPublisherConfiguration(
            broker: try AMQPConfiguration(uri: options.broker), source: .ca, topology: options.topology)
        self.events = LamassuEventPublisher(
            configuration, transport: .curl, store: self.outbox, observer: Undertaker(deathPoint: deathPoint),
            logger: Logger(label: "transactional-service"))
        try await self.database.run("CREATE TABLE IF NOT EXISTS ca (id text PRIMARY KEY, status text NOT NULL)")
    }

    /// Runs the publisher while a closure runs, and until everything that is stored has been published.
    func publishing(_ body: (LamassuEventPublisher) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.events.run() }
            try await body(self.events)
            while try await self.outbox.depth().events > 0 { try await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Sets the status of a CA, with the event in the same transaction: there are both, or neither.
    func setStatus(of id: String, to status: String, _ events: LamassuEventPublisher) async throws {
        let deathPoint = self.deathPoint
        try await self.database.transaction { transaction in
            let previous = try transaction.run("SELECT status FROM ca WHERE id = $1 FOR UPDATE", [id]).first?.first ?? nil
            try transaction.run(
                "INSERT INTO ca (id, status) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status", [id, status])
            let change = UpdateModel(previous: Self.payload(id, previous), updated: Self.payload(id, status))
            let event = try events.event(.caStatusUpdate, subject: .ca(id), payload: change)
            try PostgreSQLOutbox.enqueue(OutboxSubmission(event), in: transaction)
            DeathPoint.beforeCommit.reached(deathPoint)
        }
        DeathPoint.afterCommit.reached(deathPoint)
        events.publishStored()
    }

    /// What the service knows of a CA.
    private static func payload(_ id: String, _ status: String?) -> JSONValue {
        ["id": .string(id), "status": status.map { .string($0) } ?? .null]
    }

    /// Ends the process when the broker has an event and the database does not know it yet.
    private struct Undertaker: EventPublisherObserver {
        let deathPoint: DeathPoint?
        func eventConfirmed(_ event: EventSummary) { DeathPoint.afterConfirm.reached(self.deathPoint) }
    }
}
