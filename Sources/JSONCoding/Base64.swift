// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Base64 with the standard alphabet and padding (RFC 4648 §4), strictly.
public enum Base64 {
    /// The base64 form of some bytes, padded, on one line.
    ///
    /// - Parameter bytes: the bytes.
    /// - Returns: the text.
    public static func encode(_ bytes: [UInt8]) -> String { self.encode(bytes[...]) }

    /// The base64 form of some bytes, padded, on one line.
    ///
    /// - Parameter bytes: the bytes.
    /// - Returns: the text.
    public static func encode(_ bytes: ArraySlice<UInt8>) -> String {
        let bytes = bytes.span
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let length = min(3, bytes.count - start)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < length ? UInt32(bytes[start + offset]) : 0) }
            for digit in 0..<4 {
                text.append(digit <= length ? self.character(of: group >> (18 - 6 * digit) & 63) : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that a base64 text stands for.
    ///
    /// - Parameter text: the text. Line breaks, other alphabets, missing padding, and bits set in the last digit beyond the last byte
    ///   are refused, so that each sequence of bytes has exactly one form.
    /// - Returns: the bytes; nil where the text is not such base64.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8
        guard digits.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        var padding = 0
        for digit in digits {
            if digit == UInt8(ascii: "=") {
                padding += 1
                group <<= 6
            } else {
                guard padding == 0, let value = self.value(of: digit) else { return nil }
                group = group << 6 | value
            }
            count += 1
            guard count.isMultiple(of: 4) else { continue }
            guard padding <= 2, padding == 0 || count == digits.count, group & (1 << (8 * UInt32(padding)) - 1) == 0 else { return nil }
            for byte in 0..<3 - padding { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(byte)))) }
            group = 0
        }
        return bytes
    }

    private static func character(of value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        switch value {
        case 0..<26: return UInt8(ascii: "A") + value
        case 26..<52: return UInt8(ascii: "a") + value - 26
        case 52..<62: return UInt8(ascii: "0") + value - 52
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
