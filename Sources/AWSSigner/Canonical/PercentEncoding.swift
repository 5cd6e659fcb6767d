// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding as AWS wants it: everything but letters, digits and `-._~`, with upper-case digits.
package enum PercentEncoding {
    /// Whether a byte stands for itself (RFC 3986 section 2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - keepsSlash: whether `/` stays as it is, as in a path.
    /// - Returns: ASCII text.
    package static func encode(_ bytes: some Sequence<UInt8>, keepsSlash: Bool = false) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount)
        self.append(bytes, to: &text, keepsSlash: keepsSlash)
        return text
    }

    /// Encodes bytes and appends them to a text.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - text: gets ASCII text.
    ///   - keepsSlash: whether `/` stays as it is, as in a path.
    static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8], keepsSlash: Bool = false) {
        for byte in bytes {
            if self.isUnreserved(byte) || (keepsSlash && byte == UInt8(ascii: "/")) {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(self.digit(byte >> 4))
                text.append(self.digit(byte & 0x0f))
            }
        }
    }

    /// Encodes text.
    ///
    /// - Parameters:
    ///   - text: the text; its UTF-8 form is encoded.
    ///   - keepsSlash: whether `/` stays as it is, as in a path.
    /// - Returns: ASCII text.
    package static func encode(_ text: String, keepsSlash: Bool = false) -> String {
        String(decoding: self.encode(text.utf8, keepsSlash: keepsSlash), as: UTF8.self)
    }

    /// Undoes the encoding; a `%` without two hexadecimal digits behind it stands for itself.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let first = rest.first, let high = self.value(of: first), let second = rest.dropFirst().first,
                let low = self.value(of: second)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + (value - 10) }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
