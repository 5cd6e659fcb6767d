// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct SchemaTests {
    /// A later form of the tables, as a later release could bring it.
    private static func later(_ statement: String = "ALTER TABLE lamassu_outbox_events ADD COLUMN priority INTEGER DEFAULT 0")
        -> OutboxSchema
    {
        var schema = OutboxSchema.current
        schema.steps.append(["CREATE TABLE lamassu_outbox_later (id INTEGER)", statement])
        return schema
    }

    /// The form of the tables of an earlier release.
    private static func version(_ version: Int) -> OutboxSchema {
        var schema = OutboxSchema.current
        schema.steps.removeSubrange(version...)
        return schema
    }

    @Test func `a file of version 1 keeps its events and intents, and takes parked events`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open { $0.schema = Self.version(1) }
        for id in ["a", "b"] { _ = try await outbox.enqueue(.test(id)) }
        _ = try await outbox.enqueue(.parked("c"))
        _ = await outbox.close()
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["1"])
        // As that release wrote an intent.
        try host.run(
            """
            INSERT INTO lamassu_outbox_intents (id, source, number, owner, type, subject, time, previous)
            VALUES ('left', '\(EventSource.ca)', 9, 77, 'ca.update', 'ca/1', '2026-01-02T03:04:05Z', x'7b7d')
            """)
        try host.run("UPDATE lamassu_outbox_totals SET intents = 1")

        outbox = try await folder.open()
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["\(OutboxSchema.current.steps.count)"])
        let depth = try await outbox.depth()
        #expect(depth.events == 2 && depth.parked == 1 && depth.intents == 1)
        let intent = try #require(try await outbox.adoptIntents(limit: 10).first)
        #expect(intent.id == "left" && intent.subject == .ca("1") && intent.previous == Array("{}".utf8))
        #expect(intent.context == EventContext())
        #expect(try await outbox.drainIDs() == ["a", "b"])
        #expect(try await outbox.parkedEvents(limit: 10).map(\.event.id) == ["c"])
        let store = outbox.parkedStore(for: "audit")
        try await store.park(.test("d"))
        #expect(try await store.lanes().count == 1)
    }

    @Test func `a file of an earlier version is brought up, and keeps what it holds`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open()
        for id in ["a", "b"] { _ = try await outbox.enqueue(.test(id)) }
        _ = await outbox.close()

        outbox = try await folder.open { $0.schema = Self.later() }
        _ = try await outbox.enqueue(.test("c"))
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["\(Self.later().steps.count)"])
        #expect(try host.run("SELECT priority FROM lamassu_outbox_events") == ["0", "0", "0"])
        let events = try await outbox.drain()
        #expect(events.map(\.id.rawValue) == ["a", "b", "c"])
        #expect(events.compactMap { $0[.sequence]?.text.suffix(3) } == ["001", "002", "003"])
    }

    @Test func `a step that fails leaves the earlier version whole`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open()
        _ = try await outbox.enqueue(.test("a"))
        _ = await outbox.close()
        await #expect(throws: LamassuEventsError(.storeFailed, message: "")) {
            try await folder.open { $0.schema = Self.later("ALTER TABLE lamassu_outbox_nothing ADD COLUMN priority INTEGER") }
        }
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["\(OutboxSchema.current.steps.count)"])
        #expect(try host.run("SELECT name FROM sqlite_master WHERE name = 'lamassu_outbox_later'").isEmpty)
        outbox = try await folder.open()
        #expect(try await outbox.drainIDs() == ["a"])
    }

    @Test func `a file of a later version is left alone, and the error names both`() async throws {
        let folder = try DatabaseFolder()
        _ = await (try await folder.open { $0.schema = Self.later() }).close()
        let error = await #expect(throws: LamassuEventsError.self) { try await folder.open() }
        #expect(error?.code == .storeTooNew)
        let known = OutboxSchema.current.steps.count
        #expect(error?.message.contains("version \(known + 1)") == true && error?.message.contains("knows \(known)") == true)
        #expect(try folder.names.allSatisfy { !$0.contains("corrupt") })
    }

    @Test func `everything in a database is named after the outbox`() async throws {
        let folder = try DatabaseFolder()
        let host = try HostConnection(path: folder.path())
        try host.run("CREATE TABLE theirs (id INTEGER)")
        let outbox = try await folder.open { $0.isHostDatabase = true }
        _ = try await outbox.enqueue(.test("a"))
        let names = try host.run("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'theirs'")
        #expect(!names.isEmpty && names.allSatisfy { $0.hasPrefix("lamassu_outbox_") })
        #expect(try host.run("PRAGMA application_id") == ["0"])
    }
}
