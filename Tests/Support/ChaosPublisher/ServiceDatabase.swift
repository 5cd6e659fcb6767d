// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CSQLite

/// The service's own table, in the file in which its outbox is too, over a connection of its own.
///
/// A row says that an operation succeeded, and the transaction that writes it is the operation: so the table cannot lie. The connection is open as long as
/// the actor is there, and used on it alone: hence `@safe`.
@safe actor ServiceDatabase {
    /// What SQLite says.
    struct Failure: Error, CustomStringConvertible {
        let code: Int32
        let description: String

        init(_ connection: OpaquePointer?) {
            self.code = unsafe sqlite3_extended_errcode(connection)
            self.description = unsafe "\(String(cString: sqlite3_errmsg(connection))) (\(self.code))"
        }
    }

    enum Value { case integer(Int), text(String), bytes([UInt8]) }

    /// The connection, on which the outbox stores events in the service's transactions.
    let connection: OpaquePointer
    private let executor = ServiceExecutor()

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    init(_ path: String) throws(Failure) {
        var connection: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard unsafe sqlite3_open_v2(path, &connection, flags, nil) == SQLITE_OK, let opened = unsafe connection else {
            throw unsafe Failure(connection)
        }
        unsafe self.connection = opened
        unsafe sqlite3_busy_timeout(opened, 10_000)
        try unsafe Self.execute("PRAGMA journal_mode = WAL", on: opened)
        try unsafe Self.execute("PRAGMA synchronous = FULL", on: opened)
        try unsafe Self.execute(
            """
            CREATE TABLE IF NOT EXISTS operation (
                name TEXT PRIMARY KEY, process INTEGER NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, level TEXT NOT NULL,
                thing BLOB NOT NULL, payload BLOB NOT NULL, UNIQUE (subject, version))
            """, on: opened)
    }

    isolated deinit { unsafe sqlite3_close_v2(self.connection) }

    /// Runs a transaction, which is rolled back when the body throws.
    func transaction<Result: Sendable>(_ body: @Sendable (isolated ServiceDatabase) throws -> Result) throws -> Result {
        try self.execute("BEGIN IMMEDIATE")
        do {
            let result = try body(self)
            try self.execute("COMMIT")
            return result
        } catch {
            // SQLite has rolled back by itself after some errors.
            try? self.execute("ROLLBACK")
            throw error
        }
    }

    func execute(_ text: String, _ values: [Value] = []) throws(Failure) { try unsafe Self.execute(text, values, on: self.connection) }

    /// The first row that a statement has, as a closure reads it.
    func first<Result>(_ text: String, _ values: [Value], _ read: (borrowing Statement) throws -> Result) throws -> Result? {
        var statement = try unsafe Statement(self.connection, text, values)
        return try statement.step() ? try read(statement) : nil
    }

    /// Every row that a statement has.
    func forEach(_ text: String, _ body: (borrowing Statement) throws -> Void) throws {
        var statement = try unsafe Statement(self.connection, text, [])
        while try statement.step() { try body(statement) }
    }

    private static func execute(_ text: String, _ values: [Value] = [], on connection: OpaquePointer) throws(Failure) {
        var statement = try unsafe Statement(connection, text, values)
        while try statement.step() {}
    }
}
