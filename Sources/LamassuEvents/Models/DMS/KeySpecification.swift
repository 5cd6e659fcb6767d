// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A kind of key.
public struct KeySpecification: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The algorithm: `RSA`, `ECDSA`.
    public var type: String?
    /// The size of the key.
    public var bits: Int
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a kind of key; each parameter is the property of its name.
    public init(
        type: String? = nil,
        bits: Int = 0,
        additional: [JSONValue.Member] = []
    ) {
        self.type = type
        self.bits = bits
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": self.type = try Optional(from: &reader)
            case "bits": self.bits = try Optional(from: &reader) ?? 0
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", ifPresent: self.type)
        writer.member("bits", self.bits)
        writer.members(self.additional)
        writer.endObject()
    }
}
