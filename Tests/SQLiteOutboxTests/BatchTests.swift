// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct BatchTests {
    /// Stores events in tasks of their own, which all wait for the lock of another connection before any is stored.
    private func store(_ ids: [String], in outbox: SQLiteOutbox, of folder: DatabaseFolder) async throws -> [String: LamassuEventsError?] {
        let submissions = try ids.map { try OutboxSubmission.test($0, of: "ca/\($0)") }
        let host = try HostConnection(path: folder.path())
        try host.run("BEGIN IMMEDIATE")
        return try await withThrowingTaskGroup(of: (String, LamassuEventsError?).self) { group in
            for submission in submissions {
                group.addTask {
                    do throws(LamassuEventsError) {
                        _ = try await outbox.enqueue(submission)
                        return (submission.summary.id, nil)
                    } catch {
                        return (submission.summary.id, error)
                    }
                }
            }
            // Tasks that have not got that far by now are a batch of their own.
            try await Task.sleep(for: .milliseconds(100))
            try host.run("COMMIT")
            return try await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
        }
    }

    @Test func `calls that wait for the disk share a sync`() async throws {
        let folder = try DatabaseFolder()
        let disk = try FaultDisk()
        let outbox = try await folder.open { $0.vfs = disk.name }
        let before = disk.syncs
        let ids = (1...200).map { "event-\($0)" }
        let errors = try await self.store(ids, in: outbox, of: folder)
        #expect(errors.values.allSatisfy { $0 == nil })
        #expect(disk.syncs - before < 50)
        #expect(try await Set(outbox.drainIDs()) == Set(ids))
        _ = await outbox.close()
    }

    @Test func `a call that fails takes none of its batch with it`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        try HostConnection(path: folder.path()).run(
            """
            CREATE TRIGGER fail BEFORE INSERT ON lamassu_outbox_events WHEN NEW.id = 'bad'
            BEGIN SELECT RAISE(ABORT, 'as the test wants it'); END
            """)
        let good = (1...20).map { "event-\($0)" }
        let errors = try await self.store(good + ["bad"], in: outbox, of: folder)
        #expect(errors["bad"] == .some(LamassuEventsError(.storeFailed, message: "")))
        #expect(good.allSatisfy { errors[$0] == .some(nil) })
        #expect(try await Set(outbox.drainIDs()) == Set(good))
        #expect(try await outbox.depth().events == 0)
    }

    @Test func `a lock that is held for too long is an error, and the next call finds it gone`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open { $0.busyTimeout = .milliseconds(20) }
        let host = try HostConnection(path: folder.path())
        try host.run("BEGIN IMMEDIATE")
        await #expect(throws: LamassuEventsError(.storeBusy, message: "")) { try await outbox.enqueue(.test("a")) }
        try host.run("COMMIT")
        _ = try await outbox.enqueue(.test("a"))
        #expect(try await outbox.drainIDs() == ["a"])
    }

    @Test func `no statement of the relay looks through all that waits`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        let host = try HostConnection(path: folder.path())
        let statements = [
            "SELECT id FROM lamassu_outbox_subjects WHERE waiting > 0 AND owner IS NULL AND ready_at <= 1 ORDER BY ready_at LIMIT 5",
            "SELECT number FROM lamassu_outbox_events WHERE subject = 1 ORDER BY number LIMIT 5",
            "SELECT id FROM lamassu_outbox_subjects WHERE waiting = 0 ORDER BY last_number LIMIT 5",
            "SELECT number FROM lamassu_outbox_events ORDER BY number LIMIT 1",
        ]
        for statement in statements {
            // The column `detail` is the fourth; a plan that sorts has a step more.
            let plan = try host.run("EXPLAIN QUERY PLAN \(statement)", column: 3)
            #expect(plan.count == 1 && (plan[0].contains("INDEX") || plan == ["SCAN lamassu_outbox_events"]), "\(plan)")
        }
        _ = await outbox.close()
    }
}
