// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import SQLiteOutbox
import Synchronization

/// What `publishing` adds to the latency of an operation.
extension Bench {
    /// How many operations run side by side where the disk is part of it.
    private static let writers = 64
    /// How long each of those takes by itself.
    private static let operation = Duration.milliseconds(20)

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

    /// 64 operations side by side, each of 20 ms, with SQLite, at each level of `publishing`; beside it what the disk's own sync costs.
    ///
    /// An intent is a commit, and so is an event.
    func overheadWithSQLite() async throws -> Figures {
        let sync = try DiskSync.measure(in: self.folder, count: 500).median
        let afterTheFact = try await self.overhead(at: .afterTheFact)
        let writeAhead = try await self.overhead(at: .writeAhead)
        try await self.deleteQueues()
        return [
            "sync_p50_us": sync,
            "after_the_fact_p50_us": afterTheFact.median, "after_the_fact_beyond_sync_us": afterTheFact.median - sync,
            "write_ahead_p50_us": writeAhead.median, "write_ahead_beyond_syncs_us": writeAhead.median - 2 * sync,
        ]
    }

    private func overhead(at level: DeliveryLevel) async throws -> Distribution {
        let events = self.publisher(try await self.store("\(level)"), resolver: Resolver())
        let durations = Mutex<[Duration]>([])
        return try await self.relaying(events) {
            try await withThrowingTaskGroup { group in
                for writer in 0..<Self.writers {
                    group.addTask {
                        for number in 0..<self.count / Self.writers {
                            let own = Mutex(Duration.zero)
                            let start = ContinuousClock.now
                            _ = try await events.publishing(
                                .deviceMetadataUpdate, subject: .device("\(writer)-\(number % 16)"), level: level
                            ) {
                                let start = ContinuousClock.now
                                try await Task.sleep(for: Self.operation)
                                own.withLock { $0 = .now - start }
                                return Self.payload
                            }
                            let overhead = .now - start - own.withLock { $0 }
                            durations.withLock { $0.append(overhead) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            return Distribution(durations.withLock { $0 })
        }
    }

    /// Stands for the host's, which is asked after a crash only.
    private struct Resolver: IntentResolver {
        func resolve(_ intent: OutboxIntent) -> IntentResolution { .didNotHappen }
    }

    static let payload = String(repeating: "x", count: 512)
}
