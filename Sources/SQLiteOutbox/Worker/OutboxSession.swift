// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents
internal import Logging

/// The open database of a store, and what the store knows besides it.
struct OutboxSession: ~Copyable {
    /// What has to be seen to before the database is trusted again.
    enum Suspicion {
        case none
        /// The disk failed: what the system still holds of earlier writes may never reach it.
        case unwritten
        /// SQLite met what it cannot read.
        case damaged
    }

    /// Why a transaction was undone.
    private struct Failure {
        var error: LamassuEventsError
        /// What SQLite said; nil where the database could not even be opened.
        var cause: SQLiteError.Kind?
    }

    private let configuration: SQLiteOutbox.Configuration
    private let room: OutboxRoom
    private let logger: Logger
    private var database: OutboxDatabase?
    private var suspicion = Suspicion.none
    private var lease = OutboxLease()
    private var claims = ClaimLedger()
    private var purgedAt: Int64 = 0
    /// Whether something was removed since it was last looked after.
    private var mayHaveUnusedPages = true

    init(_ configuration: SQLiteOutbox.Configuration, room: OutboxRoom, logger: Logger) {
        self.configuration = configuration
        self.room = room
        self.logger = logger
    }

    // MARK: Opening and closing

    mutating func open() throws(LamassuEventsError) {
        if let connection = self.database?.connection {
            // Another process may have found the file damaged: what is stored in it now, nobody would look for.
            guard connection.hasMoved else { return }
            self.abandonDatabase(.damaged)
        }
        self.database = try OutboxDatabase.open(self.configuration, suspicion: self.suspicion, room: self.room, logger: self.logger)
        if self.suspicion == .damaged {
            // The file may be another one, in which this store is nobody and has been given nothing.
            self.lease = OutboxLease()
            self.claims = ClaimLedger()
        }
        self.suspicion = .none
    }

    mutating func close() {
        if let connection = self.database?.connection, self.lease.owner != 0 {
            // What cannot be given back now is free when the lease has run out.
            _ = try? connection.run(.freeSubjectsOfOwner, .integer(self.lease.owner), .integer(BootClock.now))
            _ = try? connection.run(.deleteOwner, .integer(self.lease.owner))
        }
        self.database = nil
        self.lease = OutboxLease()
        self.claims = ClaimLedger()
    }

    // MARK: Batches

    /// Runs jobs in one transaction; where that fails, each in one of its own, so that no job fails for another's sake.
    mutating func run(_ jobs: [any OutboxJob]) {
        var failure = self.transact(jobs)
        // The first use after that opens the database anew, and with it moves a damaged file aside or says why not.
        if failure?.cause == .corrupt { failure = self.transact(jobs) }
        switch (failure, failure?.cause) {
        case (nil, _): for job in jobs { job.finish(nil) }
        case (_?, .full), (_?, .disk), (_?, .other):
            if jobs.count > 1 {
                for job in jobs { self.run([job]) }
            } else {
                for job in jobs { job.finish(failure?.error) }
            }
        case (let failure?, _): for job in jobs { job.finish(failure.error) }
        }
        self.checkpointIfDue()
    }

    /// Runs jobs in one transaction.
    ///
    /// - Returns: why it was undone; nil where it is committed.
    private mutating func transact(_ jobs: [any OutboxJob]) -> Failure? {
        do throws(LamassuEventsError) {
            try self.open()
        } catch {
            return Failure(error: error, cause: nil)
        }
        guard var database = self.database else { return nil }
        do throws(SQLiteError) {
            defer { self.database = database }
            try self.commit(jobs, to: &database)
            return nil
        } catch {
            database.rollBack()
            switch error.kind {
            case .disk: self.abandonDatabase(.unwritten)
            case .corrupt: self.abandonDatabase(.damaged)
            case .busy, .full, .inaccessible, .other: break
            }
            return Failure(error: LamassuEventsError(error, path: self.configuration.path), cause: error.kind)
        }
    }

    private mutating func commit(_ jobs: [any OutboxJob], to database: inout OutboxDatabase) throws(SQLiteError) {
        let effect = jobs.map(\.effect).max() ?? .none
        try database.begin(effect)
        var transaction = try OutboxTransaction(on: database.connection, self.configuration, at: BootClock.now)
        transaction.claims = self.claims
        transaction.reserved = self.room.reserved
        transaction.owner = self.lease.owner
        var lease = self.lease
        if effect != .none {
            try lease.renew(in: &transaction, lasting: self.configuration.leaseDuration)
        }
        for job in jobs { try job.attempt(&transaction) }
        if effect != .none {
            try transaction.forgetIdleSubjects()
            try transaction.finish()
        }
        try database.commit()
        self.claims = transaction.claims
        self.lease = lease
        self.mayHaveUnusedPages = self.mayHaveUnusedPages || transaction.hasRemoved
        self.room.update(transaction.totals)
    }

    private mutating func abandonDatabase(_ suspicion: Suspicion) {
        self.database = nil
        self.suspicion = suspicion
    }

    // MARK: What can wait

    /// Moves what the log holds into the database, where it has become long.
    private mutating func checkpointIfDue() {
        guard let connection = self.database?.connection, connection.logPages >= self.configuration.checkpointPages else { return }
        do throws(SQLiteError) {
            try connection.checkpoint()
        } catch {
            self.failed(error, to: "move the log of the outbox into its database")
        }
    }

    /// Does a piece of the work that can wait.
    ///
    /// - Returns: whether there is more.
    mutating func tidy() -> Bool {
        guard var database = self.database else { return false }
        defer { if self.database != nil { self.database = database } }
        do throws(SQLiteError) {
            if let retention = self.configuration.sentRetention, abs(BootClock.now - self.purgedAt) >= 1_000 {
                let limit = Timestamp.now.secondsSinceEpoch * 1_000 - retention.milliseconds
                try database.begin(.relaxed)
                let count = try database.connection.run(.deleteSent, .integer(limit), .integer(256))
                try database.commit()
                self.mayHaveUnusedPages = self.mayHaveUnusedPages || count > 0
                if count == 256 { return true }
                self.purgedAt = BootClock.now
            }
            guard self.mayHaveUnusedPages else { return false }
            self.mayHaveUnusedPages = try database.vacuumIfDue(freePages: self.configuration.vacuumPages)
            return self.mayHaveUnusedPages
        } catch {
            database.rollBack()
            self.failed(error, to: "tidy the outbox")
            return false
        }
    }

    private mutating func failed(_ error: SQLiteError, to purpose: String) {
        self.logger.warning(
            "Could not \(purpose); it is tried again",
            metadata: ["events.outbox.path": "\(self.configuration.path)", "error": "\(error.message)"])
        switch error.kind {
        case .disk: self.abandonDatabase(.unwritten)
        case .corrupt: self.abandonDatabase(.damaged)
        case .busy, .full, .inaccessible, .other: break
        }
    }
}
