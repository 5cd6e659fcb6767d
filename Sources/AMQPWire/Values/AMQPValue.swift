// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A value of a field table, of any type that RabbitMQ knows.
///
/// The types and their letters are those of RabbitMQ, which differ from the specification's (section 4.2.1): see its "AMQP 0-9-1 Errata".
/// Each case names its letter. `L`, which RabbitMQ reads as it reads `l`, is read as ``int64(_:)``; the others come back as they were.
public enum AMQPValue: Hashable, Sendable {
    /// `V`: no value.
    case void
    /// `t`: a boolean.
    case bool(Bool)
    /// `b`: a signed octet.
    case int8(Int8)
    /// `B`: an unsigned octet.
    case uint8(UInt8)
    /// `s`: a signed integer of 16 bits; the specification makes it a short string.
    case int16(Int16)
    /// `u`: an unsigned integer of 16 bits.
    case uint16(UInt16)
    /// `I`: a signed integer of 32 bits.
    case int32(Int32)
    /// `i`: an unsigned integer of 32 bits.
    case uint32(UInt32)
    /// `l`: a signed integer of 64 bits.
    case int64(Int64)
    /// `f`: a floating-point number of 32 bits.
    case float(Float)
    /// `d`: a floating-point number of 64 bits.
    case double(Double)
    /// `D`: a decimal number.
    case decimal(AMQPDecimal)
    /// `S`: a long string that is UTF-8.
    case string(String)
    /// `S`: a long string that is not UTF-8; a string that is one comes as ``string(_:)``.
    case opaqueString([UInt8])
    /// `x`: bytes.
    case bytes([UInt8])
    /// `T`: a point in time, in seconds since 1970.
    case timestamp(UInt64)
    /// `A`: an array.
    case array([AMQPValue])
    /// `F`: a table.
    case table(AMQPTable)
}

extension AMQPValue {
    /// The boolean, if it is one.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The whole number, whatever its width, if it is one.
    public var integerValue: Int64? {
        switch self {
        case .int8(let value): Int64(value)
        case .uint8(let value): Int64(value)
        case .int16(let value): Int64(value)
        case .uint16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .uint32(let value): Int64(value)
        case .int64(let value): value
        default: nil
        }
    }

    /// The text, if it is a string and UTF-8.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements, if it is an array.
    public var arrayValue: [AMQPValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The table, if it is one.
    public var tableValue: AMQPTable? {
        guard case .table(let value) = self else { return nil }
        return value
    }
}

extension AMQPValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Makes a signed integer of 64 bits, which RabbitMQ takes wherever it takes a whole number.
    public init(integerLiteral value: Int64) { self = .int64(value) }

    /// Makes a floating-point number of 64 bits.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes an array.
    public init(arrayLiteral elements: AMQPValue...) { self = .array(elements) }

    /// Makes a table.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self = .table(AMQPTable(elements)) }
}
