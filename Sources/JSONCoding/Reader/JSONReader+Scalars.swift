// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
    /// Reads a string.
    ///
    /// - Returns: the string, its escapes undone.
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes, ``JSONError/Code/unpairedSurrogate`` where an escape
    ///   stands for half a character, and the codes of malformed text.
    public mutating func readString() throws(JSONError) -> String {
        let start = try self.start(of: .string)
        let token = try JSONScanner.string(self.bytes.span, from: start)
        let text = try self.text(of: token, from: start)
        self.endedValue(at: token.end)
        return text
    }

    /// Reads `true` or `false`.
    ///
    /// - Returns: the value.
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes.
    public mutating func readBool() throws(JSONError) -> Bool {
        let start = try self.start(of: .bool)
        let value = self.bytes.span[start] == UInt8(ascii: "t")
        self.endedValue(at: try JSONScanner.literal(value ? "true" : "false", self.bytes.span, from: start))
        return value
    }

    /// Reads `null`.
    ///
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes.
    public mutating func readNull() throws(JSONError) {
        let start = try self.start(of: .null)
        self.endedValue(at: try JSONScanner.literal("null", self.bytes.span, from: start))
    }

    /// Reads `null` where it comes next, and says whether it did.
    ///
    /// - Returns: true when `null` was read; false when another value follows, which is still to be read.
    /// - Throws: ``JSONError`` where no value begins.
    public mutating func readNullIfPresent() throws(JSONError) -> Bool {
        guard try self.peek() == .null else { return false }
        try self.readNull()
        return true
    }

    /// Reads a number and keeps it as it is written.
    ///
    /// - Returns: the number.
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes, ``JSONError/Code/invalidNumber``.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = try self.start(of: .number)
        let end = try JSONScanner.number(self.bytes.span, from: start)
        self.endedValue(at: end)
        return JSONNumber(verified: self.text(start..<end))
    }

    /// Reads an integer.
    ///
    /// - Parameter type: the integer type; the number has to fit it.
    /// - Returns: the integer.
    /// - Throws: ``JSONError/Code/numberNotRepresentable`` where the number has a fraction or an exponent or does not fit,
    ///   ``JSONError/Code/typeMismatch`` where another kind of value comes.
    public mutating func readInteger<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) throws(JSONError) -> Integer {
        var ahead = self
        guard let value = try ahead.readNumber().integer(as: type) else {
            throw JSONError(.numberNotRepresentable, at: self.offset, message: "the number is not an integer that fits \(type)")
        }
        self = ahead
        return value
    }

    /// Reads a number as the nearest `Double`.
    ///
    /// - Returns: the nearest `Double`, which is finite.
    /// - Throws: ``JSONError/Code/numberNotRepresentable`` where the number is beyond the largest `Double`,
    ///   ``JSONError/Code/typeMismatch`` where another kind of value comes.
    public mutating func readDouble() throws(JSONError) -> Double {
        var ahead = self
        guard let value = try ahead.readNumber().double else {
            throw JSONError(.numberNotRepresentable, at: self.offset, message: "the number is too large for Double")
        }
        self = ahead
        return value
    }
}
