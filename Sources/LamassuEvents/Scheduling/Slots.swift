// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Room for a number of things: whoever finds none waits for it, first come, first served.
package final class Slots: Sendable {
    private struct Waiter {
        var id: Int
        var wanted: Int
        var continuation: CheckedContinuation<Int, Never>
    }

    private struct State {
        var free: Int
        var nextID = 0
        var waiters = FIFO<Waiter>()
    }

    private let state: Mutex<State>

    /// - Parameter count: how many there are; one where it is less.
    package init(_ count: Int) {
        self.state = Mutex(State(free: max(1, count)))
    }

    /// Takes some, and waits until there is one at least.
    ///
    /// - Parameter wanted: how many are taken at most, from 1.
    /// - Returns: how many were taken; none where the task was cancelled.
    package func take(upTo wanted: Int = 1) async -> Int {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let taken = self.state.withLock { state -> Int? in
                    // Looked at under the lock: a cancellation that comes later finds the continuation.
                    if Task.isCancelled { return 0 }
                    guard state.free > 0, state.waiters.isEmpty else {
                        state.waiters.append(Waiter(id: id, wanted: wanted, continuation: continuation))
                        return nil
                    }
                    let taken = min(wanted, state.free)
                    state.free -= taken
                    return taken
                }
                if let taken { continuation.resume(returning: taken) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                let waiter = state.waiters.elements.first { $0.id == id }
                if waiter != nil { state.waiters.keep { $0.id != id } }
                return waiter
            }
            waiter?.continuation.resume(returning: 0)
        }
    }

    /// Takes one, and waits for it for a time.
    ///
    /// - Returns: whether it was taken; not where the time is over or the task was cancelled.
    package func take(within time: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.take() == 1 }
            group.addTask {
                try? await Task.sleep(for: time)
                return false
            }
            var isTaken = await group.next() ?? false
            group.cancelAll()
            // It may have been taken at the moment at which the time was over.
            for await wasTaken in group where wasTaken { isTaken = true }
            return isTaken
        }
    }

    /// Gives some back.
    package func release(_ count: Int = 1) {
        let served = self.state.withLock { state in
            state.free += count
            var served: [(Waiter, Int)] = []
            while state.free > 0, let waiter = state.waiters.popFirst() {
                let taken = min(waiter.wanted, state.free)
                state.free -= taken
                served.append((waiter, taken))
            }
            return served
        }
        for (waiter, taken) in served { waiter.continuation.resume(returning: taken) }
    }
}
