// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// A connection to a database with the statements that were prepared on it; used by one thread at a time.
@safe final class SQLiteConnection {
    private let handle: OpaquePointer
    /// Whether the connection is closed with this object; the host's own is not.
    private let isOwned: Bool
    /// By the number of the query.
    private var statements: [OpaquePointer?]
    private let deadline: BusyDeadline?
    private let log = LogGauge()

    /// Opens a file that exists.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - vfs: the name of the layer below SQLite; nil for the system's own.
    ///   - busyTimeout: how long a lock of another connection is waited for.
    init(path: String, vfs: String? = nil, busyTimeout: Duration) throws(SQLiteError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
        // Otherwise a file of that name would be taken for a URI.
        let name = path.hasPrefix("file:") ? "./\(path)" : path
        let code = unsafe sqlite3_open_v2(name, &handle, flags, vfs)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            let error = unsafe SQLiteError(handle, code: code)
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe (self.handle = handle)
        self.isOwned = true
        unsafe (self.statements = Array(repeating: nil, count: Query.allCases.count))
        let deadline = BusyDeadline(timeout: busyTimeout)
        self.deadline = deadline
        // The object outlives the connection, which is closed in deinit.
        unsafe sqlite3_busy_handler(
            handle, { unsafe BusyDeadline.wait($0, attempt: $1) }, Unmanaged.passUnretained(deadline).toOpaque())
    }

    /// Borrows the host's connection, which has to outlive this object.
    init(borrowing handle: OpaquePointer) {
        unsafe (self.handle = handle)
        self.isOwned = false
        unsafe (self.statements = Array(repeating: nil, count: Query.allCases.count))
        self.deadline = nil
    }

    deinit {
        for index in unsafe self.statements.indices { unsafe sqlite3_finalize(self.statements[index]) }
        if self.isOwned { unsafe sqlite3_close_v2(self.handle) }
    }

    /// Whether no transaction is open.
    var isIdle: Bool { unsafe sqlite3_get_autocommit(self.handle) != 0 }

    /// The number of the row that was inserted last.
    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(self.handle) }

    /// Whether the main file has another name now, or none.
    var hasMoved: Bool {
        var hasMoved: Int32 = 0
        let code = unsafe sqlite3_file_control(self.handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        return code == SQLITE_OK && hasMoved != 0
    }

    /// The full name of the main file.
    var filename: String {
        guard let name = unsafe sqlite3_db_filename(self.handle, "main") else { return "" }
        return unsafe String(cString: name)
    }

    /// How many pages the write-ahead log had at the last commit.
    var logPages: Int { self.log.pages }

    /// Takes note of how long the write-ahead log is; SQLite leaves it to this object then to move it into the database.
    func watchLog() {
        // The object outlives the connection, which is closed in deinit.
        _ = unsafe sqlite3_wal_hook(
            self.handle, { unsafe LogGauge.committed($0, pages: $3) }, Unmanaged.passUnretained(self.log).toOpaque())
    }

    /// Moves what the write-ahead log holds into the database.
    ///
    /// - Parameter isComplete: whether to wait for readers, and to leave an empty log; otherwise as much is moved as nobody reads.
    func checkpoint(isComplete: Bool = false) throws(SQLiteError) {
        let mode = isComplete ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = unsafe sqlite3_wal_checkpoint_v2(self.handle, "main", mode, nil, nil)
        guard code == SQLITE_OK || (code & 0xFF == SQLITE_BUSY && !isComplete) else { throw unsafe SQLiteError(self.handle, code: code) }
        self.log.pages = 0
    }

    /// Runs statements that are not kept, and throws away what they return.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(self.handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(self.handle, code: code) }
    }

    /// Runs a statement that is not kept, and reads its rows.
    func read<Value>(_ sql: String, _ body: (borrowing SQLiteRow) -> Value) throws(SQLiteError) -> [Value] {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(self.handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw unsafe SQLiteError(self.handle, code: code) }
        defer { unsafe sqlite3_finalize(statement) }
        var values: [Value] = []
        while try unsafe self.step(statement) { unsafe values.append(body(SQLiteRow(statement))) }
        return values
    }

    /// Runs a statement.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    func run(_ query: Query, _ parameters: SQLiteValue...) throws(SQLiteError) -> Int {
        let statement = try unsafe self.prepared(query, parameters)
        defer { unsafe sqlite3_reset(statement) }
        while try unsafe self.step(statement) {}
        return unsafe Int(sqlite3_changes(self.handle))
    }

    /// Runs a statement and reads its rows.
    func rows<Value>(
        _ query: Query, _ parameters: SQLiteValue..., read: (borrowing SQLiteRow) -> Value
    ) throws(SQLiteError) -> [Value] {
        let statement = try unsafe self.prepared(query, parameters)
        defer { unsafe sqlite3_reset(statement) }
        var values: [Value] = []
        while try unsafe self.step(statement) { unsafe values.append(read(SQLiteRow(statement))) }
        return values
    }

    /// Runs a statement and reads its first row; nil where it has none.
    func row<Value>(
        _ query: Query, _ parameters: SQLiteValue..., read: (borrowing SQLiteRow) -> Value
    ) throws(SQLiteError) -> Value? {
        let statement = try unsafe self.prepared(query, parameters)
        defer { unsafe sqlite3_reset(statement) }
        return try unsafe self.step(statement) ? read(SQLiteRow(statement)) : nil
    }

    /// The statement, prepared on its first use, with its parameters.
    private func prepared(_ query: Query, _ parameters: [SQLiteValue]) throws(SQLiteError) -> OpaquePointer {
        let statement: OpaquePointer
        if let kept = unsafe self.statements[query.rawValue] {
            unsafe (statement = kept)
        } else {
            var made: OpaquePointer?
            let code = unsafe sqlite3_prepare_v3(self.handle, query.sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
            guard code == SQLITE_OK, let made = unsafe made else { throw unsafe SQLiteError(self.handle, code: code) }
            unsafe (self.statements[query.rawValue] = made)
            unsafe (statement = made)
        }
        for (index, parameter) in parameters.enumerated() {
            let code = unsafe Self.bind(parameter, to: Int32(index + 1), of: statement)
            guard code == SQLITE_OK else { throw unsafe SQLiteError(self.handle, code: code) }
        }
        return unsafe statement
    }

    private static func bind(_ value: SQLiteValue, to index: Int32, of statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(statement, index)
        case .integer(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .text(var value):
            return value.withUTF8 { unsafe csqlite_bind_text(statement, index, $0.baseAddress, $0.count) }
        case .bytes(let value):
            return unsafe value.withUnsafeBytes { unsafe csqlite_bind_blob(statement, index, $0.baseAddress, $0.count) }
        }
    }

    /// - Returns: whether the statement stands on a row.
    private func step(_ statement: OpaquePointer) throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw unsafe SQLiteError(self.handle, code: code)
        }
    }
}
