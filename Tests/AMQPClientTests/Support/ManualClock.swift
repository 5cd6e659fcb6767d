// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
    private struct State {
        var instant = MonotonicInstant.now
        var lastID = 0
        var sleepers: [Int: (deadline: MonotonicInstant, continuation: CheckedContinuation<Void, Never>)] = [:]
        var watchers: [CheckedContinuation<Void, Never>] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    var now: MonotonicInstant { self.state.withLock { $0.instant } }

    func advance(by duration: Duration) {
        let woken = self.state.withLock { state in
            state.instant += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.instant }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// From now on whoever sleeps has slept at once: for a test that has given up.
    func run() {
        self.state.withLock { $0.isRunning = true }
        self.advance(by: .seconds(3_600))
    }

    /// Sleeps until the test has moved the clock to a deadline, or the task is cancelled.
    func sleep(until deadline: MonotonicInstant) async {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, watchers) = self.state.withLock { state in
                    if state.isRunning { state.instant = max(state.instant, deadline) }
                    guard deadline > state.instant, !Task.isCancelled else { return (true, [CheckedContinuation<Void, Never>]()) }
                    state.sleepers[id] = (deadline, continuation)
                    defer { state.watchers = [] }
                    return (false, state.watchers)
                }
                if isOver { continuation.resume() }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    /// Waits until somebody sleeps, and moves the clock to the first deadline.
    ///
    /// - Returns: how long that was.
    @discardableResult
    func skipToNextDeadline() async -> Duration {
        while true {
            let first = self.state.withLock { state in state.sleepers.values.map(\.deadline).min() }
            if let first {
                let pause = first - self.now
                self.advance(by: pause)
                return pause
            }
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.sleepers.isEmpty { state.watchers.append(continuation) }
                    return !state.sleepers.isEmpty
                }
                if isOver { continuation.resume() }
            }
        }
    }
}
