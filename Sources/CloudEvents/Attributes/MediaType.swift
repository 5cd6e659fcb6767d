// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A media type with its parameters, such as `application/json; charset=utf-8` (RFC 2045 §5.1, RFC 2046).
///
/// Two media types are equal when their texts are.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
    /// The media type as it was written.
    public let description: String
    /// Whether the subtype is `json` or ends in `+json`, in any case and with any parameters.
    public let isJSON: Bool

    /// Reads a media type.
    ///
    /// - Parameter text: the media type.
    /// - Throws: ``CloudEventError/Code/invalidAttribute`` where it is none.
    public init(_ text: String) throws(CloudEventError) {
        guard let subtype = Self.subtype(of: Array(text.utf8)) else {
            throw CloudEventError(.invalidAttribute, message: "is not a media type by RFC 2046")
        }
        self.description = text
        self.isJSON = subtype == "json" || subtype.hasSuffix("+json")
    }

    private init(json text: String) {
        self.description = text
        self.isJSON = true
    }

    /// `application/json`.
    public static let json = MediaType(json: "application/json")

    /// The subtype in lower case; nil where the bytes are no media type with well-formed parameters.
    private static func subtype(of bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        guard self.takeToken(&rest) != nil, rest.popFirst() == UInt8(ascii: "/"), let subtype = self.takeToken(&rest) else { return nil }
        while !rest.isEmpty {
            rest = rest.drop(while: self.isBlank)
            guard rest.popFirst() == UInt8(ascii: ";") else { return nil }
            rest = rest.drop(while: self.isBlank)
            guard self.takeToken(&rest) != nil, rest.popFirst() == UInt8(ascii: "="), self.takeValue(&rest) else { return nil }
        }
        return String(decoding: subtype, as: UTF8.self).lowercased()
    }

    private static func takeToken(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let token = rest.prefix(while: self.isTokenCharacter)
        rest = rest.dropFirst(token.count)
        return token.isEmpty ? nil : token
    }

    /// Takes a parameter's value: a token, or text in quotation marks.
    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: "\"") else { return self.takeToken(&rest) != nil }
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), (0x20...0x7E).contains(escaped) else { return false }
            case 0x20...0x7E, UInt8(ascii: "\t"): continue
            default: return false
            }
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
