// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents
internal import Logging

/// A database that holds an outbox.
struct OutboxDatabase {
    let connection: SQLiteConnection
    /// Whether the database writes ahead to a log; a host's own may not.
    private let isWriteAhead: Bool
    private let isOfHost: Bool
    private var synchronous = OutboxEffect.none

    // MARK: Opening

    /// Opens the database, and makes what is missing of it.
    ///
    /// - Parameters:
    ///   - configuration: that of the store.
    ///   - suspicion: what has to be seen to first.
    ///   - room: is told of a damaged file that was moved aside.
    ///   - logger: is told as well.
    static func open(
        _ configuration: SQLiteOutbox.Configuration, suspicion: OutboxSession.Suspicion, room: OutboxRoom, logger: Logger
    ) throws(LamassuEventsError) -> OutboxDatabase {
        guard !configuration.isHostDatabase else { return try Self(configuration, suspicion) }
        let file = OutboxFile(path: configuration.path)
        do throws(LamassuEventsError) {
            return try file.locked(exclusively: false, timeout: configuration.busyTimeout) { () throws(LamassuEventsError) -> Self in
                try Self(configuration, suspicion)
            }
        } catch {
            switch error.code {
            case .storeBusy:
                // Two that make one file new get into each other's way, and SQLite then does not wait: one after the other they do not.
                return try file.locked(exclusively: true, timeout: configuration.busyTimeout) { () throws(LamassuEventsError) -> Self in
                    try Self(configuration, suspicion)
                }
            case .storeCorrupt where configuration.movesDamagedFileAside:
                return try file.locked(exclusively: true, timeout: configuration.busyTimeout) { () throws(LamassuEventsError) -> Self in
                    try Self.replace(configuration, suspicion, room: room, logger: logger)
                }
            default: throw error
            }
        }
    }

    /// Begins a new file in place of a damaged one, unless another process has done so meanwhile.
    private static func replace(
        _ configuration: SQLiteOutbox.Configuration, _ suspicion: OutboxSession.Suspicion, room: OutboxRoom, logger: Logger
    ) throws(LamassuEventsError) -> OutboxDatabase {
        let file = OutboxFile(path: configuration.path)
        do throws(LamassuEventsError) {
            return try Self(configuration, suspicion)
        } catch {
            guard error.code == .storeCorrupt else { throw error }
            let name: String
            do throws(SystemError) {
                name = try file.moveAside(at: .now)
            } catch let cause {
                throw LamassuEventsError(
                    .storeCorrupt, message: "\(error.message); it could not be moved aside either: \(cause). Move it by hand")
            }
            logger.error(
                "The outbox was damaged: its file was moved aside and a new one begun; recover events from it with `sqlite3 FILE .recover`",
                metadata: ["events.outbox.path": "\(configuration.path)", "events.outbox.damaged": "\(name)", "error": "\(error.message)"])
            room.noteDamagedFile(name)
            return try Self(configuration, .none)
        }
    }

    private init(_ configuration: SQLiteOutbox.Configuration, _ suspicion: OutboxSession.Suspicion) throws(LamassuEventsError) {
        let file = OutboxFile(path: configuration.path)
        self.isOfHost = configuration.isHostDatabase
        if !configuration.isHostDatabase {
            do throws(SystemError) {
                try file.create(mode: configuration.fileMode)
            } catch {
                throw LamassuEventsError(
                    error.isOutOfSpace ? .storeFull : .storeInaccessible,
                    message: "the outbox cannot be made: \(error); is the folder there, and may this user write it? File \(file.path)")
            }
            guard !file.isCutOff else {
                throw LamassuEventsError(.storeCorrupt, message: "the file is empty, but its log is not: file \(file.path)")
            }
        }
        do throws(SQLiteError) {
            let connection = try SQLiteConnection(path: file.path, vfs: configuration.vfs, busyTimeout: configuration.busyTimeout)
            self.connection = connection
            if !configuration.isHostDatabase {
                try Self.prepareOwnFile(connection, configuration, suspicion)
            }
            self.isWriteAhead = try connection.read("PRAGMA journal_mode") { $0.text(0) } == ["wal"]
            connection.watchLog()
            if suspicion == .unwritten || !configuration.isHostDatabase {
                try Self.moveLog(connection, isBusyAnError: suspicion == .unwritten)
            }
        } catch {
            throw LamassuEventsError(error, path: file.path)
        }
        try configuration.schema.apply(to: self.connection, path: file.path)
        do throws(SQLiteError) {
            try self.begin(.relaxed)
            // What no check of the file can find.
            _ = try OutboxTotals.load(from: self.connection)
            try Self.forgetEarlierBoot(self.connection, boot: configuration.boot)
            try self.commit()
        } catch {
            throw LamassuEventsError(error, path: file.path)
        }
    }

    /// The number by which the program `file` can tell an outbox: "LMOB".
    private static let applicationID = 0x4C4D_4F42

    /// Sets what a file of our own has that a host decides for its own.
    private static func prepareOwnFile(
        _ connection: SQLiteConnection, _ configuration: SQLiteOutbox.Configuration, _ suspicion: OutboxSession.Suspicion
    ) throws(SQLiteError) {
        try connection.execute("PRAGMA cell_size_check = ON")
        try connection.execute("PRAGMA secure_delete = FAST")
        // A file in which nothing was written yet: this cannot be changed later.
        if try connection.read("PRAGMA page_count", { $0.integer(0) }) == [0] {
            try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            try connection.execute("PRAGMA application_id = \(Self.applicationID)")
        }
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA journal_size_limit = \(configuration.checkpointPages * 4_096)")
        let check = suspicion == .damaged ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)"
        let findings = try connection.read(check) { $0.text(0) }
        guard findings == ["ok"] else {
            throw SQLiteError(code: SQLiteError.corruptCode, message: "the check found: \(findings.first ?? "nothing")")
        }
    }

    /// Moves the whole log into the database.
    ///
    /// Whoever had the file open before may have ended with a sync that failed: what the system still holds of the log would then never
    /// reach the disk, and nothing that is written behind it would outlive a power cut. Where others have it open now, one of them is told
    /// of such a sync, and does this.
    private static func moveLog(_ connection: SQLiteConnection, isBusyAnError: Bool) throws(SQLiteError) {
        do throws(SQLiteError) {
            try connection.checkpoint(isComplete: true)
        } catch {
            guard error.kind == .busy, !isBusyAnError else { throw error }
        }
    }

    /// Forgets leases and rests of an earlier boot of the machine, whose clock was another, and what stores hold that nobody knows.
    private static func forgetEarlierBoot(_ connection: SQLiteConnection, boot: String) throws(SQLiteError) {
        if try connection.row(.loadBoot, read: { $0.text(0) }) != boot {
            try connection.execute("DELETE FROM lamassu_outbox_owners")
            try connection.execute("UPDATE lamassu_outbox_subjects SET ready_at = 0 WHERE ready_at > 0")
            try connection.run(.saveBoot, .text(boot))
        } else if boot.isEmpty {
            // Nobody can tell whose clock it was: rather a rest that is cut short than one that lasts as long as the last boot. A lease
            // from the future is void anyway.
            try connection.execute("UPDATE lamassu_outbox_subjects SET ready_at = 0 WHERE ready_at > \(BootClock.now)")
        }
        try connection.run(.freeSubjectsOfNobody, .integer(0))
    }

    // MARK: Transactions

    /// Begins a transaction that holds as firmly as asked for.
    ///
    /// With a write-ahead log a transaction that is not synced is whole after a power cut or not there, and no later one is without it.
    mutating func begin(_ effect: OutboxEffect) throws(SQLiteError) {
        guard effect != .none else {
            try self.connection.run(.begin)
            return
        }
        let synchronous = self.isWriteAhead ? effect : .durable
        if synchronous != self.synchronous {
            try self.connection.execute(synchronous == .durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
            self.synchronous = synchronous
        }
        try self.connection.run(.beginImmediate)
    }

    /// Commits the transaction.
    func commit() throws(SQLiteError) {
        try self.connection.run(.commit)
    }

    /// Undoes what is open; a failure may have done so already.
    func rollBack() {
        if !self.connection.isIdle { try? self.connection.execute("ROLLBACK") }
    }

    /// Gives a piece of the space back to the system that deleted events have left.
    ///
    /// - Parameter freePages: from how many unused pages on.
    /// - Returns: whether there is more.
    mutating func vacuumIfDue(freePages: Int) throws(SQLiteError) -> Bool {
        guard !self.isOfHost, let free = try self.connection.read("PRAGMA freelist_count", { $0.integer(0) }).first,
            free >= Int64(freePages)
        else { return false }
        try self.begin(.relaxed)
        _ = try self.connection.read("PRAGMA incremental_vacuum(256)") { _ in }
        try self.commit()
        return try self.connection.read("PRAGMA freelist_count", { $0.integer(0) }).first.map { $0 < free } ?? false
    }
}
