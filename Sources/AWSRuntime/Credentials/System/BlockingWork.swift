// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Runs what may block on threads that are not of Swift's cooperative pool.
enum BlockingWork {
    private static let queue = DispatchQueue(label: "lamassu-aws-credentials", attributes: .concurrent)

    /// Who waits for the work: the first of its end, the deadline and the cancellation resumes it.
    private final class Waiter<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

        init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

        func resume(returning value: Value?) { self.continuation.withLock { $0.take() }?.resume(returning: value) }
    }

    /// Runs a body, and waits for it no longer than until the deadline or the cancellation of the task.
    ///
    /// A body that is not waited for any more runs to its end, and what it returns is dropped.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait.
    ///   - body: what may block.
    /// - Returns: what the body returns; `nil` when it was not waited for.
    static func run<Value: Sendable>(timeout: Duration, _ body: @escaping @Sendable () -> Value) async -> Value? {
        let slot = Mutex<(waiter: Waiter<Value>?, isCancelled: Bool)>((nil, false))
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(continuation)
                let isCancelled = slot.withLock { slot in
                    slot.waiter = waiter
                    return slot.isCancelled
                }
                guard !isCancelled else { return waiter.resume(returning: nil) }
                self.queue.async { waiter.resume(returning: body()) }
                self.queue.asyncAfter(deadline: .now() + .milliseconds(Int(timeout / .milliseconds(1)))) { waiter.resume(returning: nil) }
            }
        } onCancel: {
            slot.withLock { slot in
                slot.isCancelled = true
                return slot.waiter
            }?.resume(returning: nil)
        }
    }

    /// Runs a body that ends by itself soon after `cancel` was called, and waits for its end.
    ///
    /// - Parameters:
    ///   - body: what may block.
    ///   - cancel: called when the task is cancelled, on any thread, perhaps before the body has begun.
    /// - Returns: what the body returns.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value, cancel: @escaping @Sendable () -> Void) async -> Value {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in self.queue.async { continuation.resume(returning: body()) } }
        } onCancel: {
            cancel()
        }
    }
}
