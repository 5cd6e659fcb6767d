// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The value of a header in an event stream.
///
/// Source: Smithy 2.0, "Amazon event stream specification", section "Header value types". The list is closed by the format.
public enum EventStreamValue: Hashable, Sendable {
    /// `true` or `false`, types 0 and 1.
    case bool(Bool)
    /// A signed integer of 8 bits, type 2.
    case byte(Int8)
    /// A signed integer of 16 bits, type 3.
    case short(Int16)
    /// A signed integer of 32 bits, type 4.
    case integer(Int32)
    /// A signed integer of 64 bits, type 5.
    case long(Int64)
    /// Bytes, at most 32767 of them, type 6.
    case bytes([UInt8])
    /// Text, at most 32767 bytes of UTF-8, type 7.
    case string(String)
    /// A time in milliseconds since 1970-01-01T00:00:00Z, type 8.
    case timestamp(millisecondsSinceEpoch: Int64)
    /// A UUID, its first 8 bytes and its last 8 bytes as big-endian numbers, type 9.
    case uuid(UInt64, UInt64)

    /// The text of a ``string(_:)``; `nil` for other types.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
