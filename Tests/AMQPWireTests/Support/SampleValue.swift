// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A value of one of the specification's field types, encoded here without the library's help.
enum SampleValue {
    case bit(Bool)
    case octet(UInt8)
    case short(UInt16)
    case long(UInt32)
    case longlong(UInt64)
    case shortstr(String)
    case longstr(String)
    case table(AMQPTable, [UInt8])

    /// What kind of sample a field gets.
    enum Kind: CaseIterable {
        case least, greatest, distinct, distinctWithBitsFlipped
    }

    /// Makes the sample for the field at `index` of a method.
    init?(type: String, kind: Kind, index: Int) {
        let number = UInt64(index + 1) &* 0x0102_0304_0506_0708
        switch (type, kind) {
        case ("bit", .least): self = .bit(false)
        case ("bit", .greatest): self = .bit(true)
        case ("bit", .distinct): self = .bit(index.isMultiple(of: 2))
        case ("bit", .distinctWithBitsFlipped): self = .bit(!index.isMultiple(of: 2))
        case ("octet", .least): self = .octet(.min)
        case ("octet", .greatest): self = .octet(.max)
        case ("octet", _): self = .octet(UInt8(truncatingIfNeeded: number))
        case ("short", .least): self = .short(.min)
        case ("short", .greatest): self = .short(.max)
        case ("short", _): self = .short(UInt16(truncatingIfNeeded: number))
        case ("long", .least): self = .long(.min)
        case ("long", .greatest): self = .long(.max)
        case ("long", _): self = .long(UInt32(truncatingIfNeeded: number))
        case ("longlong", .least), ("timestamp", .least): self = .longlong(.min)
        case ("longlong", .greatest), ("timestamp", .greatest): self = .longlong(.max)
        case ("longlong", _), ("timestamp", _): self = .longlong(number)
        case ("shortstr", .least): self = .shortstr("")
        case ("shortstr", .greatest): self = .shortstr(String(repeating: "é", count: 127) + "x")
        case ("shortstr", _): self = .shortstr("field \(index)")
        case ("longstr", .least): self = .longstr("")
        case ("longstr", .greatest): self = .longstr(String(repeating: "€", count: 1_000))
        case ("longstr", _): self = .longstr("field \(index)")
        case ("table", .least): self = .table([:], [0, 0, 0, 0])
        case ("table", _):
            self = .table(["k": true, "n": .uint8(UInt8(index))], [0, 0, 0, 8, 1, 0x6B, 0x74, 1, 1, 0x6E, 0x42, UInt8(index)])
        default: return nil
        }
    }

    /// The value's bytes; a bit has none of its own.
    var bytes: [UInt8] {
        switch self {
        case .bit: []
        case .octet(let value): [value]
        case .short(let value): bigEndian(value)
        case .long(let value): bigEndian(value)
        case .longlong(let value): bigEndian(value)
        case .shortstr(let value): [UInt8(value.utf8.count)] + value.utf8
        case .longstr(let value): bigEndian(UInt32(value.utf8.count)) + value.utf8
        case .table(_, let bytes): bytes
        }
    }

    /// Whether a stored property has this value and the type that belongs to it.
    func isEqual(to stored: Any) -> Bool {
        switch self {
        case .bit(let value): stored as? Bool == value
        case .octet(let value): stored as? UInt8 == value || (stored as? AMQPDeliveryMode)?.rawValue == value
        case .short(let value): stored as? UInt16 == value || (stored as? AMQPReplyCode)?.rawValue == value
        case .long(let value): stored as? UInt32 == value
        case .longlong(let value): stored as? UInt64 == value
        case .shortstr(let value): stored as? String == value
        case .longstr(let value):
            stored as? String == value || stored as? [UInt8] == Array(value.utf8) || (stored as? AMQPSecret)?.bytes == Array(value.utf8)
        case .table(let value, _): stored as? AMQPTable == value
        }
    }

    /// The bytes of consecutive fields; bits that follow each other share an octet, the first in the lowest bit.
    static func bytes(of values: [SampleValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        var bitCount = 0
        for value in values {
            guard case .bit(let bit) = value else {
                bytes += value.bytes
                bitCount = 0
                continue
            }
            if bitCount == 0 { bytes.append(0) }
            if bit { bytes[bytes.count - 1] |= 1 << bitCount }
            bitCount += 1
        }
        return bytes
    }
}

/// The bytes of a number, the highest first.
func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
