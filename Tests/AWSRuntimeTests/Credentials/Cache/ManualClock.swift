// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Synchronization

/// Clocks that stand still until they are moved.
final class ManualClock: Sendable {
    private struct Sleeper {
        var until: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    var clock: CredentialsClock {
        CredentialsClock(
            time: { AWSTimestamp(secondsSinceEpoch: self.state.withLock { $0.uptime.components.seconds }) },
            uptime: { self.state.withLock { $0.uptime } }, sleep: { try await self.sleep($0) })
    }

    /// Moves the clocks, and wakes who slept until then.
    func advance(by duration: Duration) {
        let woken = self.state.withLock { state in
            state.uptime += duration
            let woken = state.sleepers.filter { $0.value.until <= state.uptime }
            for id in woken.keys { state.sleepers[id] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// For how long each sleeper sleeps yet, in order.
    var sleeping: [Duration] {
        self.state.withLock { state in state.sleepers.values.map { $0.until - state.uptime }.sorted() }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = self.state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = self.state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[id] = Sleeper(until: state.uptime + duration, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            self.state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }
}
