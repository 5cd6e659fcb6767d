// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A value of a column or of a statement's parameter.
enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    static func integer(_ value: some BinaryInteger) -> SQLiteValue { .integer(Int64(clamping: value)) }
    static func text(_ value: String?) -> SQLiteValue { value.map { .text($0) } ?? .null }
    static func bytes(_ value: [UInt8]?) -> SQLiteValue { value.map { .bytes($0) } ?? .null }
    static func integer(_ value: Int64?) -> SQLiteValue { value.map { .integer($0) } ?? .null }
}
