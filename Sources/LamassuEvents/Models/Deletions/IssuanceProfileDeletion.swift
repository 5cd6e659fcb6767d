// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// An issuance profile was deleted.
public struct IssuanceProfileDeletion: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the profile.
    public var id: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the deletion of a profile; each parameter is the property of its name.
    public init(
        id: String,
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "")
        var missing: Set = ["ProfileID"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "ProfileID": self.id = try String(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the deletion of a profile")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("ProfileID", self.id)
        writer.members(self.additional)
        writer.endObject()
    }
}
