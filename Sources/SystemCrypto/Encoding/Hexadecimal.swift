// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Bytes as hexadecimal digits (RFC 4648 section 8), lower case and without separators.
public enum Hexadecimal {
    /// The digits of `bytes`, two for each.
    ///
    /// - Parameter bytes: what is written.
    /// - Returns: lower-case digits.
    public static func encode(_ bytes: Span<UInt8>) -> String {
        // The buffer has room for two digits of each byte, and all of them are written.
        unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for index in bytes.indices {
                unsafe text[index * 2] = self.digit(bytes[index] >> 4)
                unsafe text[index * 2 + 1] = self.digit(bytes[index] & 0x0f)
            }
            return bytes.count * 2
        }
    }

    /// Appends the digits of a digest to a text.
    ///
    /// - Parameters:
    ///   - digest: what is written.
    ///   - text: gets 64 lower-case digits.
    package static func append(_ digest: SHA256Digest, to text: inout [UInt8]) {
        var digits = InlineArray<64, UInt8>(repeating: 0)
        for index in digest.inlineBytes.indices {
            let byte = digest.inlineBytes[index]
            digits[2 * index] = self.digit(byte >> 4)
            digits[2 * index + 1] = self.digit(byte & 0x0f)
        }
        unsafe digits.span.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
    }

    /// The bytes that `text` stands for.
    ///
    /// - Parameter text: an even number of digits of either case and nothing else.
    /// - Returns: the bytes, or `nil` when the text is anything else.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let value = self.value(of: character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + (value - 10) }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
