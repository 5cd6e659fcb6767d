// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct HostTransactionTests {
    /// A host's database with a table of its own, and the outbox in it.
    private struct Host {
        let folder: DatabaseFolder
        let connection: HostConnection
        let outbox: SQLiteOutbox

        init(limits: OutboxLimits = OutboxLimits(), journalMode: String = "WAL") async throws {
            self.folder = try DatabaseFolder()
            self.connection = try HostConnection(path: self.folder.path())
            try self.connection.run("PRAGMA journal_mode = \(journalMode)")
            try self.connection.run("CREATE TABLE authorities (id TEXT)")
            self.outbox = try await self.folder.open {
                $0.isHostDatabase = true
                $0.limits = limits
            }
        }

        /// Creates an authority and stores its event, in one transaction.
        func create(_ id: String, ending: String) throws {
            try self.connection.run("BEGIN IMMEDIATE")
            try self.connection.run("INSERT INTO authorities VALUES ('\(id)')")
            #expect(try unsafe self.outbox.enqueue(.test(id, of: "ca/\(id)"), in: self.connection.handle).isEmpty)
            try self.connection.run(ending)
        }

        var authorities: [String] { get throws { try self.connection.run("SELECT id FROM authorities") } }
    }

    @Test(arguments: ["WAL", "DELETE"])
    func `an event is there exactly if the host's transaction is committed`(_ journalMode: String) async throws {
        let host = try await Host(journalMode: journalMode)
        try host.create("a", ending: "COMMIT")
        try host.create("b", ending: "ROLLBACK")
        try host.create("c", ending: "COMMIT")
        #expect(try host.authorities == ["a", "c"])
        #expect(try await host.outbox.depth().events == 2)
        #expect(try await host.outbox.drainIDs() == ["a", "c"])
        #expect(try host.connection.run("PRAGMA journal_mode") == [journalMode.lowercased()])
    }

    @Test func `events of the host and of other calls share the count of their subject`() async throws {
        let host = try await Host()
        _ = try await host.outbox.enqueue(.test("a"))
        try host.connection.run("BEGIN")
        _ = try unsafe host.outbox.enqueue(.test("b"), in: host.connection.handle)
        // Known already: not stored again.
        _ = try unsafe host.outbox.enqueue(.test("a"), in: host.connection.handle)
        try host.connection.run("COMMIT")
        _ = try await host.outbox.enqueue(.test("c"))
        let events = try await host.outbox.drain()
        #expect(events.map(\.id.rawValue) == ["a", "b", "c"])
        #expect(events.compactMap { $0[.sequence]?.text.suffix(3) } == ["001", "002", "003"])
    }

    @Test func `a refused event leaves the host's transaction as it was`() async throws {
        let host = try await Host(limits: OutboxLimits(maximumEvents: 1))
        try host.connection.run("BEGIN")
        try host.connection.run("INSERT INTO authorities VALUES ('x')")
        _ = try unsafe host.outbox.enqueue(.test("a"), in: host.connection.handle)
        #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
            try unsafe host.outbox.enqueue(.test("b"), in: host.connection.handle)
        }
        try host.connection.run("COMMIT")
        #expect(try host.authorities == ["x"])
        #expect(try await host.outbox.drainIDs() == ["a"])
    }

    @Test func `a connection without a transaction, or to another file, is refused`() async throws {
        let host = try await Host()
        #expect(throws: LamassuEventsError(.storeInaccessible, message: "")) {
            try unsafe host.outbox.enqueue(.test("a"), in: host.connection.handle)
        }
        let other = try HostConnection(path: host.folder.path("other.db"))
        try other.run("BEGIN IMMEDIATE")
        #expect(throws: LamassuEventsError(.storeInaccessible, message: "")) {
            try unsafe host.outbox.enqueue(.test("a"), in: other.handle)
        }
        #expect(try await host.outbox.depth().events == 0)
    }

    @Test func `a host's database that is not there or damaged is left alone`() async throws {
        let folder = try DatabaseFolder()
        await #expect(throws: LamassuEventsError(.storeInaccessible, message: "")) { try await folder.open { $0.isHostDatabase = true } }
        try folder.write(Array("This is no database, whatever its name may say. ".utf8) + [UInt8](repeating: 7, count: 4_096))
        await #expect(throws: LamassuEventsError(.storeCorrupt, message: "")) { try await folder.open { $0.isHostDatabase = true } }
        #expect(try folder.names == ["outbox.db"])
    }
}
