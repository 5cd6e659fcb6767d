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

    @Test func `a file of an earlier version is brought up, and keeps what it holds`() async throws {
        let folder = try DatabaseFolder()
        var outbox = try await folder.open()
        for id in ["a", "b"] { _ = try await outbox.enqueue(.test(id)) }
        _ = await outbox.close()

        outbox = try await folder.open { $0.schema = Self.later() }
        _ = try await outbox.enqueue(.test("c"))
        let host = try HostConnection(path: folder.path())
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["2"])
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
        #expect(try host.run("SELECT version FROM lamassu_outbox_schema") == ["1"])
        #expect(try host.run("SELECT name FROM sqlite_master WHERE name = 'lamassu_outbox_later'").isEmpty)
        outbox = try await folder.open()
        #expect(try await outbox.drainIDs() == ["a"])
    }

    @Test func `a file of a later version is left alone, and the error names both`() async throws {
        let folder = try DatabaseFolder()
        _ = await (try await folder.open { $0.schema = Self.later() }).close()
        let error = await #expect(throws: LamassuEventsError.self) { try await folder.open() }
        #expect(error?.code == .storeTooNew)
        #expect(error?.message.contains("version 2") == true && error?.message.contains("knows 1") == true)
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
