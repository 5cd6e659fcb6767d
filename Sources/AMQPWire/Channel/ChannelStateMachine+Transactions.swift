// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// A transaction is to begin: the mode is selected, unless it was before.
    ///
    /// From now on until ``transactionEnded()``, what is published and settled on the channel is part of it.
    package mutating func transactionRequested(_ id: RequestID, deadline: MonotonicInstant) -> RequestAction {
        if let failure = self.failure { return .fail(failure) }
        guard self.window.limit == nil, !self.window.hasWaiting else { return .fail(.confirmModeMixed) }
        guard !self.transactions.isRunning else { return .fail(.transactionRunning) }
        self.transactions.begin()
        return self.transactions.isSelected ? .succeed : self.requested(id, .txSelect(TxSelect()), deadline: deadline)
    }

    /// Whether a transaction is running.
    package var isInTransaction: Bool { self.transactions.isRunning }

    /// The transaction is to be committed.
    package mutating func commitRequested(_ id: RequestID, deadline: MonotonicInstant) -> RequestAction {
        if let failure = self.failure ?? self.transactions.failure { return .fail(failure) }
        return self.requested(id, .txCommit(TxCommit()), deadline: deadline)
    }

    /// The transaction is to be rolled back.
    package mutating func rollbackRequested(_ id: RequestID, deadline: MonotonicInstant) -> RequestAction {
        if self.transactions.isLost { return .succeed }
        return self.requested(id, .txRollback(TxRollback()), deadline: deadline)
    }

    /// The one who began the transaction has seen its end.
    ///
    /// - Returns: the first of its messages that no queue took, if there was one.
    package mutating func transactionEnded() -> ReturnedMessage? { self.transactions.end() }
}
