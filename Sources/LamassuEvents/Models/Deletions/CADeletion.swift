// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A CA was deleted.
public struct CADeletion: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the CA.
    public var id: String
    /// Whether its certificates were deleted with it.
    public var cascades: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the deletion of a CA; each parameter is the property of its name.
    public init(
        id: String,
        cascades: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.cascades = cascades
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "")
        var missing: Set = ["CAID"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "CAID": self.id = try String(from: &reader)
            case "CascadeDelete": self.cascades = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the deletion of a CA")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("CAID", self.id)
        writer.member("CascadeDelete", self.cascades)
        writer.members(self.additional)
        writer.endObject()
    }
}
