// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import PostgreSQLOutbox
import Testing

/// Level 1: the event is part of the host's own transaction.
@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    private struct ChangedItsMind: Error {}

    @Test func `an event is stored with the update that it tells of, or neither is`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            try await database.connection.run("CREATE TABLE ca (id text PRIMARY KEY)")
            for isCommitted in [false, true] {
                do {
                    try await database.connection.transaction { transaction in
                        try transaction.run("INSERT INTO ca VALUES ($1)", ["one"])
                        try PostgreSQLOutbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one")), in: transaction)
                        if !isCommitted { throw ChangedItsMind() }
                    }
                } catch is ChangedItsMind {}
                #expect(try await database.value("SELECT count(*) FROM ca") == (isCommitted ? "1" : "0"))
                #expect(try await outbox.depth().events == (isCommitted ? 1 : 0))
            }
            // The number that was taken back was not used up.
            #expect(try await outbox.claim(limit: 10, perSubject: 10).map(\.count) == [1])
        }
    }

    @Test func `an event whose transaction is open does not hold up the relay, and comes behind what was committed before`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one", number: 1)))
            let host = PostgreSQLConnection(database.address)
            try await host.run("BEGIN")
            let second = OutboxSubmission(try TestDatabase.event("ca/one", number: 2))
            try await Self.enqueue(second, on: host)

            let first = try await outbox.claim(limit: 10, perSubject: 10)
            #expect(try first.map { try $0.payload } == [1])
            _ = try await outbox.settle(first.map { .confirmed($0.number) })
            #expect(try await outbox.claim(limit: 10, perSubject: 10).isEmpty)

            try await host.run("COMMIT")
            #expect(try await outbox.claim(limit: 10, perSubject: 10).map { try $0.payload } == [2])
        }
    }

    private static func enqueue(_ submission: OutboxSubmission, on host: isolated PostgreSQLConnection) async throws {
        try PostgreSQLOutbox.enqueue(submission, in: host)
    }

    @Test func `events of one subject that many hosts store at the same time are numbered without a gap`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let host = PostgreSQLConnection(database.address)
                    group.addTask {
                        for number in 0..<50 {
                            let event = try TestDatabase.event("ca/\(number % 2)")
                            try await host.transaction { try PostgreSQLOutbox.enqueue(OutboxSubmission(event), in: $0) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let entries = try await outbox.claim(limit: 1_000, perSubject: 1_000)
            for lane in ["ca/0", "ca/1"] {
                #expect(entries.filter { $0.lane == lane }.map(\.count) == Array(1...100))
            }
            #expect(Set(entries.compactMap { $0.event[.sequence]?.text.split(separator: ".").first }).count <= 2)
        }
    }

    @Test func `an event is stored once, by source and id, also when it was sent`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            let event = try TestDatabase.event("ca/one")
            for _ in 0..<2 { _ = try await outbox.enqueue(OutboxSubmission(event)) }
            let entries = try await outbox.claim(limit: 10, perSubject: 10)
            #expect(entries.map(\.event.id) == [event.id])
            _ = try await outbox.settle(entries.map { .confirmed($0.number) })
            for event in [event, try TestDatabase.event("ca/one")] { _ = try await outbox.enqueue(OutboxSubmission(event)) }
            #expect(try await outbox.claim(limit: 10, perSubject: 10).map(\.count) == [2])
        }
    }

    @Test func `a connection that the server closed is made anew, and never in the middle of a transaction`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            let host = PostgreSQLConnection(database.address)
            let process = try #require(try await host.run("SELECT pg_backend_pid()")[0][0])
            let end =
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            try await database.connection.run(end)
            // The statement that finds it out fails; a transaction that begins does not.
            await #expect(throws: PostgreSQLError.self) { try await host.run("SELECT 1") }
            #expect(try await host.run("SELECT pg_backend_pid()")[0][0] != process)
            _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one")))

            await #expect(throws: PostgreSQLError.self) {
                try await host.transaction { transaction in
                    try transaction.run("CREATE TABLE half (id text)")
                    _ = try? transaction.run("SELECT pg_terminate_backend(pg_backend_pid())")
                    try transaction.run("CREATE TABLE other_half (id text)")
                }
            }
            #expect(try await database.value("SELECT count(*) FROM pg_tables WHERE tablename LIKE '%half'") == "0")
        }
    }
}
