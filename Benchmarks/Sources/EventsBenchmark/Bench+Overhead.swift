// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import SQLiteOutbox

/// What `publishing` adds to the latency of an operation.
extension Bench {
    /// How many operations run side by side where the disk is part of it.
    private static let writers = 64
    /// How long each of those takes by itself: not all the same, or those that once ended together would do so for ever after, and the time
    /// that is measured would be that of a queue for the processors.
    private static var operation: Duration { .microseconds(Int.random(in: 10_000...30_000)) }

    /// One operation after the other, in memory, while the events go out; the operation itself does nothing.
    func overheadInMemory() async throws -> Figures {
        let events = self.publisher(MemoryOutbox(limits: OutboxLimits(maximumEvents: self.count + 1)))
        let overhead = try await self.relaying(events) {
            var durations: [Duration] = []
            for number in 0..<self.count {
                let start = ContinuousClock.now
                _ = try await events.publishing(.deviceMetadataUpdate, subject: .device("\(number % 1_000)")) { Self.payload }
                durations.append(.now - start)
            }
            return Distribution(durations)
        }
        try await self.deleteQueues()
        return ["p50_us": overhead.median, "p99_us": overhead.quantile(0.99)]
    }

    /// 64 operations side by side, each of 10 to 30 ms, with SQLite, at each level of `publishing`; beside it what they would wait for the
    /// disk alone.
    ///
    /// An event is a commit, and so is an intent. Both are measured with the relay and the broker at work on the same cores, and without.
    func overheadWithSQLite() async throws -> Figures {
        let sync = try DiskSync.measure(in: self.folder, count: 500).median
        let shared = try await self.waitForDisk(isRelaying: false).median
        let busy = try await self.waitForDisk(isRelaying: true).median
        let afterTheFact = try await self.overhead(at: .afterTheFact, isRelaying: true).median
        let writeAhead = try await self.overhead(at: .writeAhead, isRelaying: true).median
        let pausedAfterTheFact = try await self.overhead(at: .afterTheFact, isRelaying: false).median
        let pausedWriteAhead = try await self.overhead(at: .writeAhead, isRelaying: false).median
        try await self.deleteQueues()
        return [
            "sync_p50_us": sync, "shared_sync_p50_us": shared, "busy_shared_sync_p50_us": busy,
            "after_the_fact_p50_us": afterTheFact, "after_the_fact_beyond_us": afterTheFact - shared,
            "write_ahead_p50_us": writeAhead, "write_ahead_beyond_us": writeAhead - 2 * shared,
            "paused_after_the_fact_p50_us": pausedAfterTheFact, "paused_after_the_fact_beyond_us": pausedAfterTheFact - shared,
            "paused_write_ahead_p50_us": pausedWriteAhead, "paused_write_ahead_beyond_us": pausedWriteAhead - 2 * shared,
        ]
    }

    /// What the writers wait for the disk; with `isRelaying` while as many events go out of memory.
    private func waitForDisk(isRelaying: Bool) async throws -> Distribution {
        let disk = try SharedSync(in: self.folder)
        let events = self.publisher(MemoryOutbox(limits: OutboxLimits(maximumEvents: self.count + 1)))
        let measure = {
            try await self.sideBySide(publishing: isRelaying ? events : nil) { _, operation in
                _ = try await operation()
                await disk.append()
            }
        }
        return isRelaying ? try await self.relaying(events, measure) : try await measure()
    }

    private func overhead(at level: DeliveryLevel, isRelaying: Bool) async throws -> Distribution {
        let events = self.publisher(try await self.store("\(level)-\(isRelaying)"), resolver: Resolver())
        let measure = {
            try await self.sideBySide { name, operation in
                _ = try await events.publishing(.deviceMetadataUpdate, subject: .device(name), level: level) { try await operation() }
            }
        }
        return isRelaying ? try await self.relaying(events, measure) : try await measure()
    }

    /// Runs operations in 64 tasks, and measures how much longer each takes with what is around it than by itself.
    ///
    /// - Parameters:
    ///   - events: publishes an event as a part of each operation, whose time does not count.
    ///   - body: the operation, with what is around it.
    private func sideBySide(
        publishing events: LamassuEventPublisher? = nil,
        _ body: @escaping @Sendable (_ name: String, _ operation: () async throws -> String) async throws -> Void
    ) async throws -> Distribution {
        let samples = Samples()
        try await withThrowingTaskGroup { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    for number in 0..<self.count / Self.writers {
                        let name = "\(writer)-\(number % 16)"
                        var own = Duration.zero
                        let start = ContinuousClock.now
                        try await body(name) {
                            let start = ContinuousClock.now
                            try await Task.sleep(for: Self.operation)
                            _ = try await events?.publishing(.deviceMetadataUpdate, subject: .device(name)) { Self.payload }
                            own = .now - start
                            return Self.payload
                        }
                        samples.add(.now - start - own)
                    }
                }
            }
            try await group.waitForAll()
        }
        return samples.distribution
    }

    /// Stands for the host's, which is asked after a crash only.
    private struct Resolver: IntentResolver {
        func resolve(_ intent: OutboxIntent) -> IntentResolution { .didNotHappen }
    }

    static let payload = String(repeating: "x", count: 512)
}
