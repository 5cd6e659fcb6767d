// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The grammar of RFC 8259 over a span of bytes: each function checks one token, or one whole value, and returns where it ends.
///
/// Nothing here recurses, allocates for ordinary depth, or throws per byte.
enum JSONScanner {
    /// The first offset from `offset` on that holds no whitespace (RFC 8259 §2).
    static func skipWhitespace(_ bytes: Span<UInt8>, from offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): offset += 1
            default: return offset
            }
        }
        return offset
    }

    /// The kind of the value that begins at `offset`, judged by its first byte.
    static func kind(_ bytes: Span<UInt8>, at offset: Int) throws(JSONError) -> JSONKind {
        guard offset < bytes.count else { throw .endOfText(at: offset, expected: "a value") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case 0xEF where offset == 0: throw .unexpected(bytes, at: offset, expected: "a value and no byte order mark")
        default: throw .unexpected(bytes, at: offset, expected: "a value")
        }
    }

    /// Checks that `byte` stands at `offset`, and returns the offset after it.
    static func expect(_ byte: UInt8, _ name: String, _ bytes: Span<UInt8>, at offset: Int) throws(JSONError) -> Int {
        guard offset < bytes.count, bytes[offset] == byte else { throw .unexpected(bytes, at: offset, expected: name) }
        return offset + 1
    }

    /// Checks one of the literals `true`, `false` and `null`, and returns the offset after it.
    static func literal(_ text: StaticString, _ bytes: Span<UInt8>, from offset: Int) throws(JSONError) -> Int {
        var end = offset
        for byte in text.description.utf8 {
            end = try self.expect(byte, text.description, bytes, at: end)
        }
        return end
    }

    /// Checks one number (RFC 8259 §6) and returns the offset after it.
    static func number(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var offset = start
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset += 1
            if offset < bytes.count, self.isDigit(bytes[offset]) {
                throw JSONError(.invalidNumber, at: offset, message: "a number does not begin with a zero before another digit")
            }
        } else {
            offset = try self.digits(bytes, from: offset)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset = try self.digits(bytes, from: offset + 1)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
            offset = try self.digits(bytes, from: offset)
        }
        return offset
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Checks one or more digits and returns the offset after them.
    private static func digits(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var offset = start
        while offset < bytes.count, self.isDigit(bytes[offset]) { offset += 1 }
        guard offset > start else {
            guard offset < bytes.count else { throw .endOfText(at: offset, expected: "a digit") }
            throw JSONError(.invalidNumber, at: offset, message: "a digit was expected")
        }
        return offset
    }

    /// Checks one whole value from `start` on, leading whitespace included, and returns the offset after it.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - start: where the value, or whitespace before it, begins.
    ///   - depth: how many more containers may be open at once.
    static func value(_ bytes: Span<UInt8>, from start: Int, depth: Int) throws(JSONError) -> Int {
        var open = JSONContainerStack()
        var offset = start
        while true {
            offset = self.skipWhitespace(bytes, from: offset)
            switch try self.kind(bytes, at: offset) {
            case .object:
                guard open.count < depth else { throw .nestedTooDeep(at: offset) }
                offset = self.skipWhitespace(bytes, from: offset + 1)
                open.push(isObject: true)
                guard offset < bytes.count, bytes[offset] == UInt8(ascii: "}") else {
                    offset = try self.keyAndColon(bytes, from: offset)
                    continue
                }
            case .array:
                guard open.count < depth else { throw .nestedTooDeep(at: offset) }
                offset = self.skipWhitespace(bytes, from: offset + 1)
                open.push(isObject: false)
                guard offset < bytes.count, bytes[offset] == UInt8(ascii: "]") else { continue }
            case .string: offset = try self.string(bytes, from: offset).end
            case .number: offset = try self.number(bytes, from: offset)
            case .bool: offset = try self.literal(bytes[offset] == UInt8(ascii: "t") ? "true" : "false", bytes, from: offset)
            case .null: offset = try self.literal("null", bytes, from: offset)
            }
            // A value has ended, or a bracket that ends one stands next: close what ends here, until another value must follow.
            closing: while true {
                if open.isEmpty { return offset }
                offset = self.skipWhitespace(bytes, from: offset)
                let isObject = open.isInObject
                guard offset < bytes.count else { throw .endOfText(at: offset, expected: isObject ? "',' or '}'" : "',' or ']'") }
                switch bytes[offset] {
                case UInt8(ascii: ","):
                    offset += 1
                    if isObject { offset = try self.keyAndColon(bytes, from: self.skipWhitespace(bytes, from: offset)) }
                    break closing
                case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
                    offset += 1
                    open.pop()
                default: throw .unexpected(bytes, at: offset, expected: isObject ? "',' or '}'" : "',' or ']'")
                }
            }
        }
    }

    /// Checks a member's name and the colon after it, and returns the offset after both.
    private static func keyAndColon(_ bytes: Span<UInt8>, from offset: Int) throws(JSONError) -> Int {
        let end = try self.string(bytes, from: offset).end
        return try self.expect(UInt8(ascii: ":"), "':'", bytes, at: self.skipWhitespace(bytes, from: end))
    }
}

extension JSONError {
    static func endOfText(at offset: Int, expected: String) -> JSONError {
        JSONError(.unexpectedEnd, at: offset, message: "the text ends where \(expected) was expected")
    }

    static func unexpected(_ bytes: Span<UInt8>, at offset: Int, expected: String) -> JSONError {
        guard offset < bytes.count else { return .endOfText(at: offset, expected: expected) }
        return JSONError(.unexpectedByte, at: offset, message: "\(expected) was expected, and another byte found")
    }

    static func nestedTooDeep(at offset: Int) -> JSONError {
        JSONError(.tooDeep, at: offset, message: "arrays and objects are nested deeper than the reader's maximum depth")
    }
}
