// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A key was deleted.
public struct KeyDeletion: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// By what the key was named: its identifier or an alias.
    public var identifier: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the deletion of a key; each parameter is the property of its name.
    public init(
        identifier: String,
        additional: [JSONValue.Member] = []
    ) {
        self.identifier = identifier
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(identifier: "")
        var missing: Set = ["Identifier"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "Identifier": self.identifier = try String(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the deletion of a key")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Identifier", self.identifier)
        writer.members(self.additional)
        writer.endObject()
    }
}
