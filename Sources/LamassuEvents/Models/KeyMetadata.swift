// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What kind of key a certificate holds.
public struct KeyMetadata: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The algorithm: `RSA`, `ECDSA`.
    public var type: String
    /// The size of the key.
    public var bits: Int
    /// `HIGH`, `MEDIUM` or `LOW`.
    public var strength: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of a key; each parameter is the property of its name.
    public init(
        type: String,
        bits: Int,
        strength: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.type = type
        self.bits = bits
        self.strength = strength
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(type: "", bits: 0)
        var missing: Set = ["type", "bits"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "type": self.type = try String(from: &reader)
            case "bits": self.bits = try Int(from: &reader)
            case "strength": self.strength = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "key_metadata")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", self.type)
        writer.member("bits", self.bits)
        writer.member("strength", ifPresent: self.strength)
        writer.members(self.additional)
        writer.endObject()
    }
}
