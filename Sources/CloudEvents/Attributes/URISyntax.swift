// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The grammar of RFC 3986, Appendix A.
struct URISyntax {
    /// Whether the reference begins with a scheme.
    let hasScheme: Bool

    /// Checks a URI-reference; nil where the bytes are none.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        // What stands before the first of these bytes is a scheme if the byte is a colon: the first segment of a relative path has none.
        if let end = rest.firstIndex(where: Self.isDelimiter), rest[end] == UInt8(ascii: ":") {
            guard Self.isScheme(rest[..<end]) else { return nil }
            self.hasScheme = true
            rest = rest[(end + 1)...]
        } else {
            self.hasScheme = false
        }
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard Self.consists(rest[(hash + 1)...], of: .query) else { return nil }
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            guard Self.consists(rest[(mark + 1)...], of: .query) else { return nil }
            rest = rest[..<mark]
        }
        if rest.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            guard Self.isAuthority(rest[..<end]) else { return nil }
            rest = rest[end...]
        }
        guard Self.consists(rest, of: .path) else { return nil }
    }

    /// The sets of characters that a part may consist of, besides percent escapes.
    private enum CharacterSet {
        /// unreserved / sub-delims
        case name
        /// unreserved / sub-delims / ":"
        case userInformation
        /// pchar / "/"
        case path
        /// pchar / "/" / "?"
        case query
    }

    private static func consists(_ bytes: ArraySlice<UInt8>, of set: CharacterSet, percentEscapes: Bool = true) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%") {
                guard percentEscapes, index + 2 < bytes.endIndex, self.isHexadecimal(bytes[index + 1]), self.isHexadecimal(bytes[index + 2])
                else { return false }
                index += 3
            } else {
                guard self.allows(bytes[index], in: set) else { return false }
                index += 1
            }
        }
        return true
    }

    private static func allows(_ byte: UInt8, in set: CharacterSet) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        case UInt8(ascii: ":"): set != .name
        case UInt8(ascii: "@"), UInt8(ascii: "/"): set == .path || set == .query
        case UInt8(ascii: "?"): set == .query
        default: self.isLetter(byte) || self.isDigit(byte)
        }
    }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, self.isLetter(first) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: self.isLetter(byte) || self.isDigit(byte)
            }
        }
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): true
        default: false
        }
    }

    private static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            guard self.consists(rest[..<at], of: .userInformation) else { return false }
            rest = rest[(at + 1)...]
        }
        var port: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), self.isAddress(rest[(rest.startIndex + 1)..<end]) else { return false }
            port = rest[(end + 1)...]
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard self.consists(rest[..<end], of: .name) else { return false }
            port = rest[end...]
        }
        guard let colon = port.popFirst() else { return true }
        return colon == UInt8(ascii: ":") && port.allSatisfy(self.isDigit)
    }

    /// Whether what stands in brackets is an IPv6 address or an address of a later version.
    private static func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
        if let first = bytes.first, first | 0x20 == UInt8(ascii: "v") {
            let parts = bytes.dropFirst().split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && parts[0].allSatisfy(self.isHexadecimal)
                && self.consists(parts[1], of: .userInformation, percentEscapes: false)
        }
        guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":") })
        else {
            return self.groups(bytes, mayEndInIPv4: true) == 8
        }
        guard let left = self.groups(bytes[..<gap], mayEndInIPv4: false), let right = self.groups(bytes[(gap + 2)...], mayEndInIPv4: true)
        else { return false }
        return left + right <= 7
    }

    /// The number of 16-bit groups of a part of an IPv6 address; nil where it is not well-formed.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        var parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        if mayEndInIPv4, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard self.isIPv4(last) else { return nil }
            parts.removeLast()
            count = 2
        }
        guard parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(self.isHexadecimal) }) else { return nil }
        return count + parts.count
    }

    private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(self.isDigit) else { return false }
                guard part.count == 1 || part.first != UInt8(ascii: "0") else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    private static func isHexadecimal(_ byte: UInt8) -> Bool { self.isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }
}
