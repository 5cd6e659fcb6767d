// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A JSON number as it is written, with every digit.
///
/// Two numbers are equal when their texts are: `1.0` and `1` differ, as they may for a reader that keeps digits.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    /// The number as JSON writes it (RFC 8259 §6).
    public let description: String

    /// Makes a number from text that has been checked.
    init(verified text: String) { self.description = text }

    /// Makes a number from its JSON text.
    ///
    /// - Parameter text: a number by RFC 8259 §6, with nothing around it; anything else gives nil.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let end = try? JSONScanner.number(bytes.span, from: 0), end == bytes.count else { return nil }
        self.description = text
    }

    /// Makes a number from an integer.
    ///
    /// - Parameter value: the integer.
    public init(_ value: some BinaryInteger) { self.description = value.description }

    /// Makes a number from a `Double`, with as many digits as bring the same `Double` back.
    ///
    /// - Parameter value: the value; infinity and not-a-number have no JSON form and give nil.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.description = value.description
    }

    /// The number as an integer, if it is written as one.
    ///
    /// - Parameter type: the integer type.
    /// - Returns: the integer; nil where the text has a fraction or an exponent (even `1.0` or `1e2`), or where it does not fit.
    public func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? { Integer(self.description) }

    /// The nearest `Double`; nil where the number is beyond the largest one.
    public var double: Double? {
        guard let value = Double(self.description), value.isFinite else { return nil }
        return value
    }
}
