// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lets the operations on one resource follow each other, and those on different resources run side by side.
///
/// AWS IoT has no conditional writes for most resources: of two tasks that read the same state, both would write. Those that share a client
/// take turns here, so that the second one finds what the first one did.
package final class ResourceLanes: Sendable {
    package init() {}

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Who waits, by the resource; a resource that is in use has an entry.
        var lanes: [String: [Waiter]] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Runs a piece of work when no other one of that resource runs.
    ///
    /// - Parameters:
    ///   - resource: the resource; any text that is the same for the same one.
    ///   - work: the work.
    /// - Returns: what the work returns.
    /// - Throws: what the work throws; ``IoTCoreError/Code/cancelled`` where the task is cancelled before it is its turn.
    package func run<Value: Sendable>(_ resource: String, _ work: () async throws(IoTCoreError) -> Value) async throws(IoTCoreError)
        -> Value
    {
        guard await self.enter(resource) else {
            throw IoTCoreError(.cancelled, message: "the task was cancelled while another one worked on \(resource)")
        }
        defer { self.leave(resource) }
        return try await work()
    }

    /// How many wait for a resource.
    package func waiting(for resource: String) -> Int { self.state.withLock { $0.lanes[resource]?.count ?? 0 } }

    private func enter(_ resource: String) async -> Bool {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Either the flag is seen here, or the handler below, which takes the same lock, comes later and finds the waiter.
                let entered = self.state.withLock { state -> Bool? in
                    guard !Task.isCancelled else { return false }
                    guard state.lanes[resource] != nil else {
                        state.lanes[resource] = []
                        return true
                    }
                    state.lanes[resource]?.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let entered { continuation.resume(returning: entered) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                let index = state.lanes[resource]?.firstIndex { $0.id == id }
                return index.flatMap { state.lanes[resource]?.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func leave(_ resource: String) {
        let next = self.state.withLock { state -> Waiter? in
            guard state.lanes[resource]?.isEmpty == false else {
                state.lanes[resource] = nil
                return nil
            }
            return state.lanes[resource]?.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
