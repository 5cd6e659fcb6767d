// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The character classes of XML 1.0 (fifth edition), sections 2.2 and 2.3.
enum XMLCharacter {
    /// `Char`: what may stand in a document at all.
    static func isAllowed(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20...0xD7FF, 0x9, 0xA, 0xD, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    /// `S`: white space.
    static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0xA || byte == 0x9 || byte == 0xD }

    /// `NameStartChar` without the colon, which separates the prefix of a name.
    static func startsName(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x61...0x7A, 0x41...0x5A, 0x5F: true
        case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF,
            0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x1_0000...0xE_FFFF:
            true
        default: false
        }
    }

    /// `NameChar` without the colon.
    static func continuesName(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: self.startsName(scalar)
        }
    }

    /// Decodes the character at `offset`, which must lie inside `bytes`; `nil` when the bytes there are not UTF-8.
    ///
    /// Refuses overlong forms, surrogates and values beyond U+10FFFF (RFC 3629).
    static func decode(_ bytes: Span<UInt8>, at offset: Int) -> (scalar: UInt32, length: Int)? {
        let first = bytes[offset]
        let length: Int
        var scalar: UInt32
        let smallest: UInt32
        switch first {
        case 0x00...0x7F: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, scalar, smallest) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, scalar, smallest) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, scalar, smallest) = (4, UInt32(first & 0x07), 0x1_0000)
        default: return nil
        }
        guard bytes.count - offset >= length else { return nil }
        for index in offset + 1..<offset + length {
            guard bytes[index] & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
        }
        guard scalar >= smallest, scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
        return (scalar, length)
    }

    /// Checks that `bytes` are UTF-8 and hold allowed characters only.
    static func validate(_ bytes: Span<UInt8>) throws(XMLError) {
        var offset = 0
        while offset < bytes.count {
            guard let (scalar, length) = self.decode(bytes, at: offset) else {
                throw XMLError(.invalidUTF8, at: offset, message: "the bytes are not UTF-8")
            }
            guard self.isAllowed(scalar) else {
                throw XMLError(.invalidCharacter, at: offset, message: "U+\(String(scalar, radix: 16, uppercase: true)) is not allowed")
            }
            offset += length
        }
    }
}
