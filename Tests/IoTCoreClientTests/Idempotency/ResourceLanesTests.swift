// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import Synchronization
import TestSupport
import Testing

@Suite struct ResourceLanesTests {
    @Test func `work on one resource follows each other`() async throws {
        let lanes = ResourceLanes()
        let work = Work()
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    try await lanes.run("a") { () async throws(IoTCoreError) in
                        work.began()
                        await Task.yield()
                        work.ended()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(work.most == 1)
        #expect(work.done == 50)
    }

    /// Counts how much of it is under way.
    private final class Work: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))

        var most: Int { self.state.withLock { $0.most } }
        var done: Int { self.state.withLock { $0.done } }

        func began() { self.state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.done) } }
        func ended() { self.state.withLock { $0 = ($0.now - 1, $0.most, $0.done + 1) } }
    }

    @Test func `work on different resources runs side by side`() async throws {
        let lanes = ResourceLanes()
        let inner = try await lanes.run("a") { () async throws(IoTCoreError) in
            try await lanes.run("b") { () async throws(IoTCoreError) in "b" }
        }
        #expect(inner == "b")
    }

    @Test func `who waits and is cancelled leaves, and those behind come on`() async throws {
        let lanes = ResourceLanes()
        let (gate, open) = AsyncStream<Never>.makeStream()
        let (entries, entry) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await lanes.run("a") { () async throws(IoTCoreError) in
                entry.finish()
                for await _ in gate {}
            }
        }
        for await _ in entries {}
        let cancelled = Task { try await lanes.run("a") { () async throws(IoTCoreError) in } }
        try await eventually { lanes.waiting(for: "a") == 1 }
        let behind = Task { try await lanes.run("a") { () async throws(IoTCoreError) in } }
        try await eventually { lanes.waiting(for: "a") == 2 }
        cancelled.cancel()
        await #expect(throws: IoTCoreError(.cancelled, message: "")) { try await cancelled.value }
        open.finish()
        try await first.value
        try await behind.value
        #expect(lanes.waiting(for: "a") == 0)
    }

    @Test func `a task that is cancelled already does not wait`() async throws {
        let lanes = ResourceLanes()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await lanes.run("a") { () async throws(IoTCoreError) in }
        }
        await #expect(throws: IoTCoreError(.cancelled, message: "")) { try await task.value }
    }

    @Test func `work that fails leaves the resource to the next`() async throws {
        let lanes = ResourceLanes()
        await #expect(throws: IoTCoreError(.contended, message: "")) {
            try await lanes.run("a") { () async throws(IoTCoreError) in throw IoTCoreError(.contended, message: "") }
        }
        try await lanes.run("a") { () async throws(IoTCoreError) in }
    }
}
