// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CSQLite

/// A connection of the host's own, as it has one for its own tables.
@safe final class HostConnection {
    let handle: OpaquePointer

    struct Failure: Error {
        var code: Int32
        var message: String
    }

    init(path: String) throws {
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open(path, &handle)
        guard code == SQLITE_OK, let handle = unsafe handle else { throw Failure(code: code, message: path) }
        unsafe sqlite3_busy_timeout(handle, 10_000)
        unsafe (self.handle = handle)
    }

    deinit { unsafe sqlite3_close_v2(self.handle) }

    /// Runs SQL and returns a column of each row as text.
    @discardableResult
    func run(_ sql: String, column: Int32 = 0) throws -> [String] {
        var rows: [String] = []
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(self.handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw unsafe Failure(code: code, message: String(cString: sqlite3_errmsg(self.handle))) }
        defer { unsafe sqlite3_finalize(statement) }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) } ?? "")
            case SQLITE_DONE: return rows
            case let code: throw unsafe Failure(code: code, message: String(cString: sqlite3_errmsg(self.handle)))
            }
        }
    }
}
