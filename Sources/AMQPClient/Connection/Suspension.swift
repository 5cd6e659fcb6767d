// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// The standard library hides the layout of `CheckedContinuation`, so that whatever holds one is laid out and copied at run time, and each
// allocates an object to watch over it. Debug builds, and the tests with them, pay for that watch; others do without.

#if DEBUG

/// A task that waits for a value, to be resumed once.
typealias Suspension<Value> = CheckedContinuation<Value, Never>

/// Suspends the task, and returns what it is resumed with.
///
/// - Parameter body: called at once with the suspension, which it must see resumed once.
nonisolated(nonsending) func withSuspension<Value: Sendable>(_ body: (Suspension<Value>) -> Void) async -> Value {
    await withCheckedContinuation { body($0) }
}

#else

/// A task that waits for a value, to be resumed once.
///
/// Safe because it is: whoever resumes one has just taken it, under the lock of the connection, from the only place that held it.
@safe
struct Suspension<Value: Sendable>: Sendable {
    private let continuation: UnsafeContinuation<Value, Never>

    fileprivate init(_ continuation: UnsafeContinuation<Value, Never>) { unsafe self.continuation = continuation }

    func resume(returning value: sending Value) { unsafe self.continuation.resume(returning: value) }
}

extension Suspension<Void> {
    func resume() { self.resume(returning: ()) }
}

/// Suspends the task, and returns what it is resumed with.
///
/// - Parameter body: called at once with the suspension, which it must see resumed once.
nonisolated(nonsending) func withSuspension<Value: Sendable>(_ body: (Suspension<Value>) -> Void) async -> Value {
    await unsafe withUnsafeContinuation { unsafe body(Suspension($0)) }
}

#endif
