// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONScanner {
    /// Where a string token ends, and whether its characters are its bytes.
    struct StringToken {
        /// The offset after the closing quotation mark.
        var end: Int
        /// Whether the text holds an escape, so that it has to be decoded.
        var hasEscapes: Bool
    }

    /// Checks the string token at `start`: quotation marks, escapes, no control character, strict UTF-8.
    ///
    /// An escape of half a surrogate pair passes: RFC 8259 §8.2 allows the text. ``unescaped(_:in:)`` refuses it.
    static func string(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> StringToken {
        var offset = try self.expect(UInt8(ascii: "\""), "a string", bytes, at: start)
        var hasEscapes = false
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte >= 0x80 {
                let length = self.sequenceLength(bytes, at: offset)
                guard length > 0 else { throw JSONError(.invalidUTF8, at: offset, message: "a string is not valid UTF-8") }
                offset += length
            } else if byte == UInt8(ascii: "\"") {
                return StringToken(end: offset + 1, hasEscapes: hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                offset = try self.escape(bytes, from: offset)
            } else if byte < 0x20 {
                throw JSONError(.unexpectedByte, at: offset, message: "a string holds a control character that is not escaped")
            } else {
                offset += 1
            }
        }
        throw .endOfText(at: offset, expected: "the end of a string")
    }

    /// The text between two quotation marks that ``string(_:from:)`` has checked, with its escapes undone.
    ///
    /// - Parameters:
    ///   - range: the offsets between the quotation marks.
    ///   - bytes: the text that holds them.
    static func unescaped(_ range: Range<Int>, in bytes: Span<UInt8>) throws(JSONError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            guard byte == UInt8(ascii: "\\"), offset + 1 < range.upperBound else {
                text.append(byte)
                offset += 1
                continue
            }
            let start = offset
            let kind = bytes[offset + 1]
            offset += 2
            guard kind == UInt8(ascii: "u") else {
                text.append(self.character(ofEscape: kind))
                continue
            }
            var value = self.hexadecimal(bytes, at: offset)
            offset += 4
            if value & 0xFC00 == 0xD800, offset + 6 <= range.upperBound, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            {
                let low = self.hexadecimal(bytes, at: offset + 2)
                if low & 0xFC00 == 0xDC00 {
                    value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
                    offset += 6
                }
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw JSONError(.unpairedSurrogate, at: start, message: "a string holds half of a surrogate pair")
            }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return text
    }

    /// Checks the escape whose backslash is at `start`, and returns the offset after it.
    private static func escape(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        guard start + 1 < bytes.count else { throw .endOfText(at: bytes.count, expected: "an escape") }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            for offset in start + 2..<start + 6 {
                guard offset < bytes.count else { throw .endOfText(at: offset, expected: "a hexadecimal digit") }
                guard self.digit(bytes[offset]) != nil else {
                    throw JSONError(.invalidEscape, at: offset, message: "\\u needs four hexadecimal digits")
                }
            }
            return start + 6
        default: throw JSONError(.invalidEscape, at: start + 1, message: "no such escape in JSON")
        }
    }

    private static func character(ofEscape kind: UInt8) -> UInt8 {
        switch kind {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: kind
        }
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in offset..<offset + 4 { value = value << 4 | (self.digit(bytes[offset]) ?? 0) }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The length of the UTF-8 sequence of two to four bytes at `offset`, or 0 where there is no valid one (RFC 3629 §4).
    private static func sequenceLength(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[offset] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
        for offset in offset + 2..<offset + length where bytes[offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
