// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes the one task that waits: at a signal, at a deadline, or when it is cancelled.
///
/// A signal that finds nobody waiting is kept for the next wait, and several count as one. A wait may end for no reason, so the
/// one who waited looks again at what it waits for.
package final class Wakeup: Sendable {
    private enum State {
        case idle
        case signalled
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    package init() {}

    /// Wakes the waiting task, or lets the next wait end at once.
    package func signal() {
        let waiting = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .waiting(let continuation) = state else {
                state = .signalled
                return nil
            }
            state = .idle
            return continuation
        }
        waiting?.resume()
    }

    /// Waits for a signal, for the deadline, or for the cancellation of the task.
    package func wait(until deadline: ContinuousClock.Instant?) async {
        guard let deadline else { return await self.wait() }
        await withDiscardingTaskGroup { group in
            group.addTask {
                // Cancelled when the wait has ended for another reason: then it must not signal.
                guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
                self.signal()
            }
            await self.wait()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSignalled = self.state.withLock { state in
                    // A second waiter would displace the first for ever, so it only looks again.
                    if case .idle = state, !Task.isCancelled {
                        state = .waiting(continuation)
                        return false
                    }
                    if case .signalled = state { state = .idle }
                    return true
                }
                if isSignalled { continuation.resume() }
            }
        } onCancel: {
            self.signal()
        }
    }
}
