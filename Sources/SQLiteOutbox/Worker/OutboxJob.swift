// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents

/// What a caller wants done in a transaction that it may share with others.
protocol OutboxJob: Sendable {
    /// What the transaction is for.
    var effect: OutboxEffect { get }

    /// Does it; where the transaction fails, it is done once more in one of its own.
    func attempt(_ transaction: inout OutboxTransaction) throws(SQLiteError)

    /// Tells the caller: the transaction is committed, or has failed.
    func finish(_ failure: LamassuEventsError?)
}
