// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CSQLite

/// A statement of SQL with its values; steps through its rows.
///
/// It is finalised with this value, which cannot be copied, and its connection outlives it: hence `@safe`.
@safe struct Statement: ~Copyable {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer, _ text: String, _ values: [ServiceDatabase.Value]) throws(ServiceDatabase.Failure) {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(connection, text, -1, &statement, nil) == SQLITE_OK, let prepared = unsafe statement else {
            throw unsafe ServiceDatabase.Failure(connection)
        }
        unsafe self.statement = prepared
        unsafe self.connection = connection
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            switch value {
            case .integer(let number): unsafe sqlite3_bind_int64(prepared, place, Int64(number))
            case .text(let text): unsafe csqlite_bind_text(prepared, place, text, text.utf8.count)
            case .bytes(let bytes):
                _ = unsafe bytes.withUnsafeBytes { unsafe csqlite_bind_blob(prepared, place, $0.baseAddress, $0.count) }
            }
        }
    }

    deinit { unsafe sqlite3_finalize(self.statement) }

    /// Goes to the next row; false when there is none.
    mutating func step() throws(ServiceDatabase.Failure) -> Bool {
        switch unsafe sqlite3_step(self.statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw unsafe ServiceDatabase.Failure(self.connection)
        }
    }

    func integer(_ column: Int32) -> Int { unsafe Int(sqlite3_column_int64(self.statement, column)) }

    func text(_ column: Int32) -> String { String(decoding: self.bytes(column), as: UTF8.self) }

    func bytes(_ column: Int32) -> [UInt8] {
        let start = unsafe sqlite3_column_blob(self.statement, column)
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.statement, column))))
    }
}
