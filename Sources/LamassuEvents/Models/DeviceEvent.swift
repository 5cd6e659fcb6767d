// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// One thing that happened to a device, as its own record tells.
public struct DeviceEvent: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// What happened: `CREATED`, `PROVISIONED`, `SHADOW-UPDATED`, ….
    public var type: String
    /// More on it, for a person.
    public var text: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes an entry; each parameter is the property of its name.
    public init(
        type: String,
        text: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.type = type
        self.text = text
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(type: "")
        var missing: Set = ["type"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "type": self.type = try String(from: &reader)
            case "description": self.text = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a device event")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", self.type)
        writer.member("description", self.text)
        writer.members(self.additional)
        writer.endObject()
    }
}
