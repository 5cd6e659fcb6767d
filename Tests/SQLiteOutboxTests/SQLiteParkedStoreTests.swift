// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

/// What a store of parked events does because it is a file that others use too.
struct SQLiteParkedStoreTests {
    private static let inUse = LamassuEventsError(.parkedStoreInUse, message: "")

    @Test func `what was parked is there when the file is opened again`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        let store = outbox.parkedStore(for: "audit")
        #expect(store.isDurable)
        let delivery = try ParkedDelivery.test("a")
        try await store.park(delivery)
        _ = await outbox.close()
        #expect(try await folder.open().parkedStore(for: "audit").list(lane: nil, limit: 10) == [delivery])
        // And the one that was closed opens again for who needs it.
        #expect(try await store.list(lane: nil, limit: 10) == [delivery])
    }

    @Test func `subscriptions share a file and see nothing of each other`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        let names = ["audit", "cloud sync/ü", ""]
        for (index, name) in names.enumerated() {
            let store = outbox.parkedStore(for: name, maximumEvents: 1)
            try await store.park(.test("same", of: "ca/\(index)"))
            await #expect(throws: LamassuEventsError(.parkedStoreFull, message: "")) { try await store.park(.test("other")) }
        }
        for (index, name) in names.enumerated() {
            #expect(try await outbox.parkedStore(for: name).list(lane: nil, limit: 10).map(\.lane) == ["ca/\(index)"])
        }
        try await outbox.parkedStore(for: "audit").remove(.init(rawValue: "same"))
        #expect(try await outbox.parkedStore(for: "cloud sync/ü").lanes().count == 1)
        // They are not events of the outbox.
        #expect(try await outbox.depth() == OutboxDepth())
    }

    @Test func `a second subscriber is refused until the first has ended`() async throws {
        let folder = try DatabaseFolder()
        let outboxes = (try await folder.open(), try await folder.open())
        let first = outboxes.0.parkedStore(for: "audit")
        #expect(try await first.lanes().isEmpty)
        let delivery = try ParkedDelivery.test("a")
        try await first.park(delivery)
        for outbox in [outboxes.0, outboxes.1] {
            let second = outbox.parkedStore(for: "audit")
            await #expect(throws: Self.inUse) { try await second.lanes() }
            await #expect(throws: Self.inUse) { try await second.park(.test("b")) }
            await #expect(throws: Self.inUse) { try await second.update(delivery) }
            #expect(try await second.list(lane: nil, limit: 10) == [delivery])
            // Another subscription is another matter.
            #expect(try await outbox.parkedStore(for: "audits").lanes().isEmpty)
        }
        // An operator may remove while somebody uses it.
        #expect(try await outboxes.1.parkedStore(for: "audit").remove(delivery.id))
        #expect(try await first.lanes().isEmpty)

        await first.release()
        let second = outboxes.1.parkedStore(for: "audit")
        #expect(try await second.lanes().isEmpty)
        await #expect(throws: Self.inUse) { try await first.lanes() }
    }

    @Test func `a store that nobody has any more holds nothing`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for _ in 1...3 { _ = try await outbox.parkedStore(for: "audit").lanes() }
    }

    @Test func `events that are parked while the disk is busy share a sync`() async throws {
        let folder = try DatabaseFolder()
        let disk = try FaultDisk()
        let outbox = try await folder.open { $0.vfs = disk.name }
        let store = outbox.parkedStore(for: "audit")
        _ = try await store.lanes()
        let deliveries = try (1...200).map { try ParkedDelivery.test("\($0)", of: "ca/\($0)") }
        let host = try HostConnection(path: folder.path())
        let before = disk.syncs
        try host.run("BEGIN IMMEDIATE")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for delivery in deliveries { group.addTask { try await store.park(delivery) } }
            // Tasks that have not got that far by now are a batch of their own.
            try await Task.sleep(for: .milliseconds(100))
            try host.run("COMMIT")
            try await group.waitForAll()
        }
        #expect(disk.syncs - before < 50)
        #expect(try await store.lanes().count == 200)
        _ = await outbox.close()
    }

    @Test func `a full disk parks nothing, and parks again when there is room`() async throws {
        let disk = try FaultDisk()
        let folder = try DatabaseFolder()
        let outbox = try await folder.open { $0.vfs = disk.name }
        let store = outbox.parkedStore(for: "audit")
        var delivery = try ParkedDelivery.test("before")
        try await store.park(delivery)
        delivery.attempts = 9
        disk.arm(CFAULTVFS_DISK_FULL, count: .max)
        let full = LamassuEventsError(.storeFull, message: "")
        await #expect(throws: full) { try await store.park(.test("refused")) }
        await #expect(throws: full) { try await store.update(delivery) }
        await #expect(throws: full) { try await store.remove(delivery.id) }
        disk.arm(CFAULTVFS_NONE)
        try await store.park(.test("after"))
        let deliveries = try await store.list(lane: nil, limit: 10)
        #expect(deliveries.map(\.id.rawValue) == ["before", "after"] && deliveries.map(\.attempts) == [1, 1])
        _ = await outbox.close()
    }

    @Test func `a lock that is held for too long is an error, and the next call finds it gone`() async throws {
        let folder = try DatabaseFolder()
        let store = try await folder.open { $0.busyTimeout = .milliseconds(20) }.parkedStore(for: "audit")
        let host = try HostConnection(path: folder.path())
        try host.run("BEGIN IMMEDIATE")
        await #expect(throws: LamassuEventsError(.storeBusy, message: "")) { try await store.park(.test("a")) }
        // Reading waits for nobody.
        #expect(try await store.lanes().isEmpty)
        try host.run("COMMIT")
        try await store.park(.test("a"))
        #expect(try await store.lanes().count == 1)
    }

    @Test func `damage that shows in use ends neither the subscriber nor its right to the store`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        let store = outbox.parkedStore(for: "audit")
        try await store.park(.test("old"))
        try HostConnection(path: folder.path()).run("DELETE FROM lamassu_outbox_totals")
        try await store.park(.test("new"))
        #expect(outbox.damagedFiles.count == 1)
        #expect(try await store.list(lane: nil, limit: 10).map(\.id.rawValue) == ["new"])
        let second = try await folder.open().parkedStore(for: "audit")
        await #expect(throws: Self.inUse) { try await second.lanes() }
    }

    @Test(arguments: ["event = x'7b'", "next_attempt = 'soon'", "parked_at = ''", "first_attempt_at = 'then'"])
    func `an event that cannot be read any more names itself, and can be removed`(_ damage: String) async throws {
        let folder = try DatabaseFolder()
        let store = try await folder.open().parkedStore(for: "audit")
        for id in ["bad", "good"] { try await store.park(.test(id)) }
        try HostConnection(path: folder.path()).run("UPDATE lamassu_outbox_deliveries SET \(damage) WHERE id = 'bad'")
        #expect(try await store.lanes().map(\.name) == ["ca/1"])
        let error = await #expect(throws: LamassuEventsError.self) { try await store.list(lane: "ca/1", limit: 1) }
        #expect(error?.code == .undecodable && error?.message.contains("'ca/1'") == true && error?.message.contains("event bad ") == true)
        #expect(try await store.remove(.init(rawValue: "bad")))
        #expect(try await store.list(lane: "ca/1", limit: 1).map(\.id.rawValue) == ["good"])
    }

    @Test func `a name that no file can have is an error that says so`() async throws {
        let folder = try DatabaseFolder()
        let store = try await folder.open().parkedStore(for: String(repeating: "x", count: 300))
        let error = await #expect(throws: LamassuEventsError.self) { try await store.lanes() }
        #expect(error?.code == .storeInaccessible && error?.message.contains("lock of the subscriber") == true)
    }

    @Test func `no statement of a subscriber looks through what others have parked`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        let host = try HostConnection(path: folder.path())
        let statements = [
            "SELECT lane, next_attempt, min(number) FROM lamassu_outbox_deliveries WHERE subscription = 1 GROUP BY lane",
            "SELECT id FROM lamassu_outbox_deliveries WHERE subscription = 1 AND lane = 'a' ORDER BY number LIMIT 1",
            "DELETE FROM lamassu_outbox_deliveries WHERE subscription = 1 AND id = 'a'",
        ]
        for statement in statements {
            let plan = try host.run("EXPLAIN QUERY PLAN \(statement)", column: 3)
            #expect(plan.count == 1 && plan[0].contains("INDEX"), "\(plan)")
        }
        _ = await outbox.close()
    }
}
