// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// A row that a statement stands on; of use only until the statement goes on, which is why it cannot be kept.
@safe struct SQLiteRow: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { unsafe self.statement = statement }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(self.statement, column) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(self.statement, column) == SQLITE_NULL }

    func optionalInteger(_ column: Int32) -> Int64? { self.isNull(column) ? nil : self.integer(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        // The count is valid for the pointer that the call before gave.
        let start = unsafe sqlite3_column_blob(self.statement, column)
        let count = unsafe Int(sqlite3_column_bytes(self.statement, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { self.isNull(column) ? nil : self.bytes(column) }

    func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(self.statement, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(self.statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { self.isNull(column) ? nil : self.text(column) }
}
