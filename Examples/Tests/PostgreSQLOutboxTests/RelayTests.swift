// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import PostgreSQLOutbox
import Synchronization
import Testing

/// What a relay asks of a store, with several processes on the same tables.
@Suite(.timeLimit(.minutes(3))) struct RelayTests {
    /// What several relays have sent, and what they hold.
    private final class Ledger: Sendable {
        private let sent = Mutex<[String: [Int]]>([:])
        private let held = Mutex<Set<String>>([])

        /// The counts of each lane, in the order in which they were sent.
        var counts: [String: [Int]] { self.sent.withLock { $0 } }
        var count: Int { self.counts.values.map(\.count).reduce(0, +) }

        func send(_ counts: [Int], of lane: String) { self.sent.withLock { $0[lane, default: []] += counts } }

        /// Notes who has which lanes; returns whether nobody had them.
        func take(_ lanes: Set<String>) -> Bool {
            self.held.withLock { held in
                defer { held.formUnion(lanes) }
                return held.isDisjoint(with: lanes)
            }
        }

        func giveBack(_ lanes: Set<String>) { self.held.withLock { $0.subtract(lanes) } }
    }

    private let error = LamassuEventsError(.unroutable, message: "no queue")

    @Test func `a lane is with one process at a time, oldest events first`() async throws {
        try await TestDatabase.with { database in
            let (mine, other) = (try await database.outbox(), try await database.outbox())
            for number in 0..<6 { _ = try await mine.enqueue(OutboxSubmission(TestDatabase.event("ca/\(number % 2)", number: number))) }
            let first = try await mine.claim(limit: 1, perSubject: 5)
            #expect(try first.map { try $0.payload } == [0])
            let rest = try await other.claim(limit: 10, perSubject: 2)
            #expect(try rest.map { try $0.payload } == [1, 3])
            #expect(try await mine.claim(limit: 10, perSubject: 10).isEmpty)
            #expect(try await other.claim(limit: 10, perSubject: 10).isEmpty)

            // One of two is settled: the lane stays where it is. Who does not hold an event settles nothing.
            _ = try await other.settle([.confirmed(rest[0].number), .confirmed(first[0].number)])
            #expect(try await mine.claim(limit: 10, perSubject: 10).isEmpty)
            _ = try await other.settle([.confirmed(rest[1].number)])
            #expect(try await mine.claim(limit: 10, perSubject: 10).map { try $0.payload } == [5])
            _ = try await mine.settle([.confirmed(first[0].number)])
            #expect(try await other.claim(limit: 10, perSubject: 10).map { try $0.payload } == [2, 4])
            #expect(try await mine.depth().events == 3)
            try await other.release()
            #expect(try await mine.claim(limit: 10, perSubject: 10).map { try $0.payload } == [2, 4])
        }
    }

    @Test func `every subject comes to its turn, though new events keep coming for those before it`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            for name in ["a", "b", "c", "d", "e"] { _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/\(name)"))) }
            var lanes: [String] = []
            for _ in 0..<4 {
                let entries = try await outbox.claim(limit: 2, perSubject: 1)
                lanes += entries.map(\.lane)
                _ = try await outbox.settle(entries.map { .confirmed($0.number) })
                for entry in entries { _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event(entry.lane))) }
            }
            #expect(lanes.prefix(6).sorted() == ["ca/a", "ca/a", "ca/b", "ca/c", "ca/d", "ca/e"])
            #expect(lanes.count == 8)
        }
    }

    @Test func `what a process held that is gone goes to another when its lease has run out`() async throws {
        try await TestDatabase.with { database in
            let gone = try await database.outbox { $0.leaseDuration = .milliseconds(200) }
            let heir = try await database.outbox()
            _ = try await gone.enqueue(OutboxSubmission(TestDatabase.event("ca/one")))
            let held = try await gone.claim(limit: 10, perSubject: 10)
            #expect(held.count == 1)
            var inherited = try await heir.claim(limit: 10, perSubject: 10)
            while inherited.isEmpty {
                let due = try #require(try await heir.nextDue())
                try await Task.sleep(until: due)
                inherited = try await heir.claim(limit: 10, perSubject: 10)
            }
            #expect(inherited.map(\.number) == held.map(\.number))
            // The other one comes back, too late.
            _ = try await gone.settle([.parked(held[0].number, self.error)])
            #expect(try await heir.depth().parked == 0)
            _ = try await heir.settle([.confirmed(held[0].number)])
            #expect(try await heir.depth().events == 0)
        }
    }

    @Test func `a lane whose event was deferred rests, and holds up no other`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            for number in 0..<3 { _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/\(number / 2)", number: number))) }
            #expect(try await outbox.nextDue() == nil)
            let entries = try await outbox.claim(limit: 10, perSubject: 10)
            #expect(try entries.map { try $0.payload } == [0, 1, 2])
            _ = try await outbox.settle([.deferred(entries[0].number, for: .milliseconds(300)), .confirmed(entries[2].number)])
            #expect(try await outbox.claim(limit: 10, perSubject: 10).isEmpty)
            let due = try #require(try await outbox.nextDue())
            #expect(due > .now && due < .now + .milliseconds(400))
            _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/1", number: 3)))
            #expect(try await outbox.claim(limit: 10, perSubject: 10).map { try $0.payload } == [3])
            try await Task.sleep(until: due)
            var again: [OutboxEntry] = []
            while again.isEmpty { again = try await outbox.claim(limit: 10, perSubject: 10) }
            #expect(try again.map { try $0.payload } == [0, 1])
            #expect(again.map(\.attempts) == [1, 0])
        }
    }

    @Test func `parked events are listed, put back behind the others, and dropped`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            for number in 0..<2 { _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one", number: number))) }
            let never = EventSummary(id: "never", source: .ca, type: .caCreate, subject: "ca/one")
            _ = try await outbox.enqueue(OutboxSubmission(never, error: self.error))
            let rejected = try TestDatabase.event("ca/one", number: 2)
            _ = try await outbox.enqueue(OutboxSubmission(EventSummary(rejected), event: rejected, error: self.error))
            let first = try await outbox.claim(limit: 1, perSubject: 1)
            _ = try await outbox.settle([.parked(first[0].number, self.error)])

            let parked = try await outbox.parkedEvents(limit: 10)
            #expect(parked.map(\.event.id) == [first[0].event.id.rawValue, "never", rejected.id.rawValue])
            #expect(parked.allSatisfy { $0.error == self.error && $0.error.message == self.error.message })
            #expect(try await outbox.parkedEvents(limit: 1).count == 1)
            #expect(try await outbox.depth().parked == 3)

            #expect(try await outbox.retryParked(parked[0].id))
            #expect(try await !outbox.retryParked(parked[0].id))
            #expect(try await !outbox.retryParked(parked[1].id))
            #expect(try await outbox.retryParked(parked[2].id))
            #expect(try await outbox.discardParked(parked[1].id) == never)
            #expect(try await outbox.discardParked(parked[1].id) == nil)
            let entries = try await outbox.claim(limit: 10, perSubject: 10)
            #expect(try entries.map { try $0.payload } == [1, 0, 2])
            #expect(entries.map(\.count) == [2, 1, 3])
        }
    }

    @Test func `an intent outlives its process, goes to one other, and becomes an event or nothing`() async throws {
        try await TestDatabase.with { database in
            let gone = try await database.outbox { $0.leaseDuration = .milliseconds(100) }
            let heirs = [try await database.outbox(), try await database.outbox()]
            let intents = ["a", "b"].map { id in
                OutboxIntent(
                    id: id, source: .ca, type: .caCreate, subject: .ca(id), previous: Array(#"{"id":1}"#.utf8),
                    context: EventContext(principal: .jwt(subject: "s", claims: ["sub": "s"])))
            }
            for intent in intents { try await gone.prepare(intent, isWriteAhead: true) }
            try await gone.prepare(OutboxIntent(id: "c", source: .ca, type: .caCreate), isWriteAhead: false)
            #expect(try await gone.depth().intents == 2)
            var adopted: [OutboxIntent] = []
            while adopted.count < 2 { for heir in heirs { adopted += try await heir.adoptIntents(limit: 1) } }
            #expect(adopted == intents)
            for heir in heirs { #expect(try await heir.adoptIntents(limit: 10).isEmpty) }
            _ = try await heirs[0].complete(adopted[0], with: OutboxSubmission(TestDatabase.event("ca/a", id: "a")))
            try await heirs[0].abandon(adopted[1])
            #expect(try await heirs[0].depth().intents == 0)
            #expect(try await heirs[1].claim(limit: 10, perSubject: 10).map(\.event.id) == ["a"])
            // The process was not gone after all, and stores the same event again.
            _ = try await gone.complete(adopted[0], with: OutboxSubmission(TestDatabase.event("ca/a", id: "a")))
            #expect(try await gone.depth().events == 1)
        }
    }

    @Test func `tables of version 1 are brought up, and what they hold is kept`() async throws {
        try await TestDatabase.with { database in
            // As a release left them that knew version 1.
            _ = try await database.outbox()
            try await database.connection.run("ALTER TABLE lamassu_events.intent DROP COLUMN context")
            try await database.connection.run("UPDATE lamassu_events.version SET version = 1")
            try await database.connection.run(
                """
                INSERT INTO lamassu_events.intent (source, id, type, prepared, holder)
                VALUES ('s', 'left', 'ca.create', '2026-01-02T03:04:05Z', '00000000-0000-4000-8000-000000000000')
                """)
            for _ in 1...2 {
                let outbox = try await database.outbox()
                #expect(try await outbox.depth().intents == 1)
            }
            let intent = try #require(try await database.outbox().adoptIntents(limit: 1).first)
            #expect(intent.id == "left" && intent.context == EventContext())
            #expect(try await database.value("SELECT version FROM lamassu_events.version") == "2")
        }
    }

    @Test func `a full outbox refuses operations and stores what has happened`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox { $0.maximumEvents = 2 }
            let intent = OutboxIntent(id: "a", source: .ca, type: .caCreate)
            try await outbox.prepare(intent, isWriteAhead: true)
            _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one")))
            for isWriteAhead in [true, false] {
                await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
                    try await outbox.prepare(OutboxIntent(id: "b", source: .ca, type: .caCreate), isWriteAhead: isWriteAhead)
                }
            }
            await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
                _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one")))
            }
            _ = try await outbox.complete(intent, with: OutboxSubmission(TestDatabase.event("ca/one", id: "a")))
            let event = try TestDatabase.event("ca/two")
            try await database.connection.transaction { try PostgreSQLOutbox.enqueue(OutboxSubmission(event), in: $0) }
            let depth = try await outbox.depth()
            #expect(depth.events == 3)
            #expect(depth.bytes > 300)
            #expect(depth.oldest != nil)
        }
    }

    @Test func `what was sent is forgotten after the retention, and tables of a later version are left alone`() async throws {
        try await TestDatabase.with { database in
            let outbox = try await database.outbox()
            _ = try await outbox.enqueue(OutboxSubmission(TestDatabase.event("ca/one")))
            _ = try await outbox.settle(outbox.claim(limit: 1, perSubject: 1).map { .confirmed($0.number) })
            for (seconds, count) in [("3600", "1"), ("0", "0")] {
                try await database.connection.run(OutboxStatement.retention.sql, [seconds])
                #expect(try await database.value("SELECT count(*) FROM lamassu_events.event") == count)
                #expect(try await database.value("SELECT count(*) FROM lamassu_events.sequence") == count)
            }
            try await database.connection.run("UPDATE lamassu_events.version SET version = version + 1")
            await #expect(throws: LamassuEventsError(.storeTooNew, message: "")) { _ = try await database.outbox() }
        }
    }

    @Test func `four processes relay what four others store: each event once, in order, never in two places`() async throws {
        try await TestDatabase.with { database in
            let lanes = 12
            let perHost = 60
            let ledger = Ledger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for host in 0..<4 {
                    let connection = PostgreSQLConnection(database.address)
                    _ = try await database.outbox()
                    group.addTask {
                        for number in 0..<perHost {
                            let event = try TestDatabase.event("ca/\((number * 5 + host) % lanes)")
                            try await connection.transaction { try PostgreSQLOutbox.enqueue(OutboxSubmission(event), in: $0) }
                        }
                    }
                }
                for relay in 0..<4 {
                    let outbox = try await database.outbox()
                    group.addTask {
                        var generator = SystemRandomNumberGenerator()
                        while ledger.count < 4 * perHost {
                            let entries = try await outbox.claim(limit: 7, perSubject: relay + 1)
                            let own = Set(entries.map(\.lane))
                            #expect(ledger.take(own))
                            var settlements: [OutboxSettlement] = []
                            for lane in own {
                                let line = entries.filter { $0.lane == lane }
                                // Now and then the broker does not take one, and what is behind it is not sent either.
                                let taken = UInt8.random(in: 0..<8, using: &generator) == 0 ? line.dropLast() : line[...]
                                settlements += taken.map { .confirmed($0.number) }
                                if let refused = line.dropFirst(taken.count).first {
                                    settlements.append(.deferred(refused.number, for: .milliseconds(5)))
                                }
                                ledger.send(taken.compactMap(\.count), of: lane)
                            }
                            ledger.giveBack(own)
                            _ = try await outbox.settle(settlements)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for counts in ledger.counts.values { #expect(counts == Array(1...counts.count)) }
            #expect(try await database.value("SELECT count(*) FROM lamassu_events.event WHERE state <> 'sent'") == "0")
        }
    }
}
