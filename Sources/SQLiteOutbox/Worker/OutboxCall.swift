// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Synchronization

/// A job whose caller waits for a value.
final class OutboxCall<Value: Sendable>: OutboxJob {
    typealias Outcome = Result<Value, LamassuEventsError>
    typealias Body = @Sendable (inout OutboxTransaction) throws(SQLiteError) -> Outcome

    let effect: OutboxEffect
    private let body: Body
    private let continuation: CheckedContinuation<Outcome, Never>
    private let outcome = Mutex<Outcome?>(nil)

    /// - Parameters:
    ///   - effect: what the transaction is for.
    ///   - body: what is to be done; a failure that it returns is its caller's alone and had no effect, one that it throws undoes the
    ///     transaction.
    ///   - continuation: the caller.
    init(_ effect: OutboxEffect, _ body: @escaping Body, _ continuation: CheckedContinuation<Outcome, Never>) {
        self.effect = effect
        self.body = body
        self.continuation = continuation
    }

    func attempt(_ transaction: inout OutboxTransaction) throws(SQLiteError) {
        let outcome = try self.body(&transaction)
        self.outcome.withLock { $0 = outcome }
    }

    func finish(_ failure: LamassuEventsError?) {
        if let failure { return self.continuation.resume(returning: .failure(failure)) }
        let nothing = Outcome.failure(LamassuEventsError(.storeFailed, message: "the transaction was committed without this call"))
        self.continuation.resume(returning: self.outcome.withLock { $0 } ?? nothing)
    }
}
