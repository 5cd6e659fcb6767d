// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a key made of a message.
public struct MessageSignature: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The signature, base64.
    public var signature: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a signature; each parameter is the property of its name.
    public init(
        signature: String,
        additional: [JSONValue.Member] = []
    ) {
        self.signature = signature
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(signature: "")
        var missing: Set = ["signature"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "signature": self.signature = try String(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a signature")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("signature", self.signature)
        writer.members(self.additional)
        writer.endObject()
    }
}
