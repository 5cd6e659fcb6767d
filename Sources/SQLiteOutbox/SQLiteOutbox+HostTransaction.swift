// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import LamassuEvents

extension SQLiteOutbox {
    /// Stores an event in the host's own transaction: it is there exactly if the transaction is committed.
    ///
    /// The outbox must be in the main database of the connection (``Configuration/isHostDatabase``): SQLite does not commit to an attached
    /// file in one step with another. The event is as durable as the host's commit, so `PRAGMA synchronous` of its connection should be
    /// `FULL`. The relay finds the event when it next looks.
    ///
    /// The statements run on the calling thread, as those of the host's update do. Where this throws, the transaction is as it was before
    /// the call, and the host decides whether to go on or to roll back.
    ///
    /// - Parameters:
    ///   - event: the event, whose id is unique among those of its source; one that is known already is not stored again.
    ///   - connection: the host's `sqlite3 *`, in a transaction, and used by nobody else meanwhile.
    /// - Returns: the events that were dropped to make room, oldest first; empty unless the policy of the outbox is to drop.
    /// - Throws: `outboxFull`; `storeInaccessible` where the connection has no transaction open, or
    ///   is one to another file; `encodingFailed`; or what SQLite says.
    public func enqueue(
        _ event: CloudEvent, in connection: OpaquePointer
    ) throws(LamassuEventsError) -> [EventSummary] {
        let submission = StoredSubmission(OutboxSubmission(event))
        if let error = submission.error { throw error }
        let connection = unsafe SQLiteConnection(borrowing: connection)
        guard !connection.isIdle else {
            throw LamassuEventsError(.storeInaccessible, message: "the host's connection has no transaction open: BEGIN one first")
        }
        guard OutboxFile(path: connection.filename).isSame(as: OutboxFile(path: self.configuration.path)) else {
            throw LamassuEventsError(
                .storeInaccessible,
                message: "the host's connection is to another file than the outbox, which is in \(self.configuration.path)")
        }
        let result: Result<[EventSummary], LamassuEventsError>
        do throws(SQLiteError) {
            result = try self.store(submission, on: connection)
        } catch {
            throw LamassuEventsError(error, path: self.configuration.path)
        }
        return try result.get()
    }

    /// Stores an event in a transaction within the host's, which ends with it.
    private func store(
        _ submission: StoredSubmission, on connection: SQLiteConnection
    ) throws(SQLiteError) -> Result<[EventSummary], LamassuEventsError> {
        try connection.execute("SAVEPOINT lamassu_outbox")
        do throws(SQLiteError) {
            var transaction = try OutboxTransaction(on: connection, self.configuration, at: BootClock.now)
            transaction.reserved = self.room.reserved
            let refusal = transaction.refusal
            let dropped = refusal == nil ? try transaction.store(submission).dropped : []
            try transaction.finish()
            try connection.execute("RELEASE lamassu_outbox")
            return refusal.map { .failure($0) } ?? .success(dropped)
        } catch {
            // Both fail where the error has undone the whole transaction, of which the host hears when it commits.
            _ = try? connection.execute("ROLLBACK TO lamassu_outbox")
            _ = try? connection.execute("RELEASE lamassu_outbox")
            throw error
        }
    }
}
