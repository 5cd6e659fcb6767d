// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

/// What a service and a relay do in a short life, and the ledger of what they were told.
struct Workload {
    /// What the disk does meanwhile.
    struct Plan {
        var fault: cfaultvfs_fault
        var at: UInt64
        var count: UInt64 = 1
        var seed: UInt64
        /// Whether the log is moved into the database, and the file made smaller, as often as can be.
        var isTidy: Bool
    }

    /// What was acknowledged, and what may be there besides.
    struct Ledger {
        /// Events that were stored, and of which nobody has said that the broker has them.
        var stored: Set<String> = []
        /// Events that may be there or not: their call failed, or their confirmation may be undone.
        var uncertain: Set<String> = []
        /// Intents that were written and are neither completed nor abandoned.
        var intents: Set<String> = []
        /// Intents that may be there or not.
        var uncertainIntents: Set<String> = []
        /// Received events that were parked and not removed, with the attempts that were noted.
        var parked: [String: Int] = [:]
        /// Received events that may be parked or not.
        var uncertainParked: Set<String> = []
    }

    private var ledger = Ledger()
    private let outbox: SQLiteOutbox
    private let store: SQLiteParkedStore

    private static func change(_ configuration: inout SQLiteOutbox.Configuration, vfs: String?, isTidy: Bool) {
        configuration.vfs = vfs
        // Soon enough to happen: checkpoints and vacuum, or not at all, so that everything is in the log alone.
        configuration.checkpointPages = isTidy ? 25 : 10_000
        configuration.vacuumPages = isTidy ? 1 : 10_000
        configuration.leaseDuration = .milliseconds(1)
        configuration.maximumIdleSubjects = 2
        configuration.movesDamagedFileAside = false
    }

    /// How many operations the workload has where nothing fails.
    static func operations(isTidy: Bool) async throws -> UInt64 {
        let disk = try FaultDisk()
        let folder = try DatabaseFolder()
        _ = try await Self.run(on: disk, in: folder, isTidy: isTidy)
        return disk.operations
    }

    /// Runs the workload with a fault, cuts the power, and holds what is left against the ledger.
    static func check(_ plan: Plan, _ name: String = "a power cut") async throws {
        let disk = try FaultDisk()
        let (folder, remains) = (try DatabaseFolder(), try DatabaseFolder())
        disk.arm(plan.fault, at: plan.at, count: plan.count)
        let ledger = try await Self.run(on: disk, in: folder, isTidy: plan.isTidy) {
            try disk.writeRemains(to: remains.url, seed: plan.seed)
        }
        try await Self.check(ledger, in: remains, "\(name) at operation \(plan.at), tidy: \(plan.isTidy)")
    }

    private static func run(
        on disk: FaultDisk, in folder: DatabaseFolder, isTidy: Bool, beforeClosing: () throws -> Void = {}
    ) async throws -> Ledger {
        for _ in 1...20 {
            guard let outbox = try? await folder.open({ Self.change(&$0, vfs: disk.name, isTidy: isTidy) }) else { continue }
            var workload = Workload(outbox: outbox)
            try await workload.run()
            try beforeClosing()
            _ = await outbox.close()
            return workload.ledger
        }
        // It could not even be opened: nothing was acknowledged.
        try beforeClosing()
        return Ledger()
    }

    private init(outbox: SQLiteOutbox) {
        self.outbox = outbox
        self.store = outbox.parkedStore(for: Self.subscription)
    }

    private static let subscription = "workload"

    private mutating func run() async throws {
        try await self.store("a1", "a2")
        try await self.operate("b1", isWriteAhead: true, succeeds: true)
        try await self.operate("b2", isWriteAhead: true, succeeds: false)
        await self.prepare("left")
        try await self.park("p1", "p2", "q1")
        await self.attempt("p1")
        try await self.park("p3")
        try await self.store("c1", "c2", "d1", "e1", bytes: 6_000)
        await self.relay(parking: "c1")
        try await self.operate("d2", isWriteAhead: false, succeeds: true)
        await self.finish("p1")
        await self.attempt("p2")
        try await self.store("e2", "a3")
        await self.relay(parking: nil)
        try await self.park("p4")
        await self.finish("q1")
        try await self.store("f1")
    }

    /// Stores events at the same time; the first letter is the subject.
    private mutating func store(_ ids: String..., bytes: Int = 10) async throws {
        let submissions = try ids.map { try OutboxSubmission.test($0, of: "ca/\($0.prefix(1))", bytes: bytes) }
        let outbox = self.outbox
        let stored = await withTaskGroup(of: (String, Bool).self) { group in
            for submission in submissions {
                group.addTask { (submission.summary.id, await Self.succeeds { _ = try await outbox.enqueue(submission) }) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (id, isStored) in stored { self.note(id, isStored: isStored) }
    }

    private mutating func note(_ id: String, isStored: Bool) {
        if isStored { self.ledger.stored.insert(id) } else { self.ledger.uncertain.insert(id) }
    }

    private mutating func prepare(_ id: String) async {
        let intent = OutboxIntent.test(id, of: .ca(String(id.prefix(1))))
        let isPrepared = await Self.succeeds { try await self.outbox.prepare(intent, isWriteAhead: true) }
        if isPrepared { self.ledger.intents.insert(id) } else { self.ledger.uncertainIntents.insert(id) }
    }

    private mutating func operate(_ id: String, isWriteAhead: Bool, succeeds: Bool) async throws {
        let intent = OutboxIntent.test(id, of: .ca(String(id.prefix(1))))
        guard await Self.succeeds({ try await self.outbox.prepare(intent, isWriteAhead: isWriteAhead) }) else {
            self.ledger.uncertainIntents.insert(id)
            return
        }
        guard succeeds else {
            _ = await Self.succeeds { try await self.outbox.abandon(intent) }
            // A power cut may bring it back.
            self.ledger.uncertainIntents.insert(id)
            return
        }
        let submission = try OutboxSubmission.test(id, of: "ca/\(id.prefix(1))")
        let isStored = await Self.succeeds { _ = try await self.outbox.complete(intent, with: submission) }
        self.note(id, isStored: isStored)
        guard !isStored else { return }
        // Neither is there alone: whoever asks after the intent stores the event.
        self.ledger.uncertainIntents.insert(id)
    }

    /// Gives two events to the broker, which takes one and not the other; parks a third.
    private mutating func relay(parking parked: String?) async {
        guard let entries = try? await self.outbox.claim(limit: 3, perSubject: 1) else { return }
        for (index, entry) in entries.enumerated() {
            let id = entry.event.id.rawValue
            if id == parked {
                _ = try? await self.outbox.settle([.parked(entry.number, LamassuEventsError(.parked, message: "by the workload"))])
            } else if index == 1 {
                _ = try? await self.outbox.settle([.deferred(entry.number, for: .zero)])
            } else {
                _ = try? await self.outbox.settle([.confirmed(entry.number)])
                self.ledger.stored.remove(id)
                self.ledger.uncertain.insert(id)
            }
        }
    }

    /// Parks received events one after the other; the first letter is the lane.
    private mutating func park(_ ids: String...) async throws {
        for id in ids {
            let delivery = try ParkedDelivery.test(id, of: "\(id.prefix(1))", bytes: 3_000)
            if await Self.succeeds({ try await self.store.park(delivery) }) {
                self.ledger.parked[id] = delivery.attempts
            } else {
                self.ledger.uncertainParked.insert(id)
            }
        }
    }

    /// Notes one more attempt at a parked event.
    private mutating func attempt(_ id: String) async {
        guard let attempts = self.ledger.parked[id], var delivery = try? ParkedDelivery.test(id, of: "\(id.prefix(1))") else { return }
        delivery.attempts = attempts + 1
        if await Self.succeeds({ try await self.store.update(delivery) }) { self.ledger.parked[id] = delivery.attempts }
    }

    /// Removes a parked event.
    private mutating func finish(_ id: String) async {
        let isRemoved = await Self.succeeds { try await self.store.remove(.init(rawValue: id)) }
        if self.ledger.parked.removeValue(forKey: id) == nil, isRemoved {
            self.ledger.uncertainParked.remove(id)
        } else if !isRemoved {
            self.ledger.uncertainParked.insert(id)
        }
    }

    private static func succeeds(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return true
        } catch {
            #expect(error is LamassuEventsError)
            return false
        }
    }

    /// Holds what the power cut has left against the ledger.
    private static func check(_ ledger: Ledger, in remains: DatabaseFolder, _ comment: Comment) async throws {
        let outbox = try await remains.open { Self.change(&$0, vfs: nil, isTidy: true) }
        let findings = try HostConnection(path: remains.path()).run("PRAGMA integrity_check")
        #expect(findings == ["ok"], comment)
        let depth = try await outbox.depth()
        // The lease of the store that is gone lasts a millisecond.
        try await Task.sleep(for: .milliseconds(3))
        let intents = try await outbox.adoptIntents(limit: 100).map(\.id)
        #expect(depth.intents == intents.count, comment)
        #expect(Set(intents).isSuperset(of: ledger.intents), comment)
        #expect(ledger.intents.union(ledger.uncertainIntents).isSuperset(of: intents), comment)

        let parked = try await outbox.parkedEvents(limit: 100).map(\.event.id)
        let events = try await outbox.drain(limit: 3, perSubject: 2)
        #expect(depth.events == events.count && depth.parked == parked.count, comment)
        let ids = events.map(\.id.rawValue) + parked
        #expect(Set(ids).count == ids.count, comment)
        #expect(Set(ids).isSuperset(of: ledger.stored), comment)
        #expect(ledger.stored.union(ledger.uncertain).isSuperset(of: ids), comment)
        for subject in Set(events.map(\.subject)) {
            let places = events.filter { $0.subject == subject }.compactMap { $0[.sequence]?.text }
            #expect(places == places.sorted() && Set(places).count == places.count, comment)
        }
        #expect(try await outbox.depth().events == 0, comment)
        try await Self.checkParked(ledger, in: outbox, comment)
        _ = await outbox.close()
    }

    private static func checkParked(_ ledger: Ledger, in outbox: SQLiteOutbox, _ comment: Comment) async throws {
        let store = outbox.parkedStore(for: Self.subscription)
        let deliveries = try await store.list(lane: nil, limit: 100)
        let ids = deliveries.map(\.id.rawValue)
        #expect(Set(ids).count == ids.count && Set(ids).isSuperset(of: ledger.parked.keys), comment)
        #expect(ledger.uncertainParked.union(ledger.parked.keys).isSuperset(of: ids), comment)
        #expect(try await Set(store.lanes().map(\.name)) == Set(deliveries.map(\.lane)), comment)
        for (_, lane) in Dictionary(grouping: deliveries, by: \.lane) {
            #expect(lane.map(\.id.rawValue) == lane.map(\.id.rawValue).sorted(), comment)
        }
        // An attempt that could not be noted may be.
        for delivery in deliveries {
            guard let attempts = ledger.parked[delivery.id.rawValue] else { continue }
            #expect((attempts...attempts + 1).contains(delivery.attempts), comment)
        }
        // What is counted is what is there.
        for delivery in deliveries { #expect(try await store.remove(delivery.id), comment) }
        #expect(try await store.lanes().isEmpty, comment)
        let small = outbox.parkedStore(for: Self.subscription, maximumEvents: 1)
        await store.release()
        try await small.park(.test("last"))
        await #expect(throws: LamassuEventsError(.parkedStoreFull, message: ""), comment) { try await small.park(.test("too many")) }
    }
}
