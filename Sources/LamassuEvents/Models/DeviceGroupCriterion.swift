// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// One thing that the devices of a group have.
public struct DeviceGroupCriterion: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Which field of a device is looked at.
    public var field: String
    /// How it is compared: the number of a filter operation of Lamassu.
    public var operand: Int
    /// What it is compared with.
    public var value: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a criterion; each parameter is the property of its name.
    public init(
        field: String,
        operand: Int = 0,
        value: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.field = field
        self.operand = operand
        self.value = value
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(field: "")
        var missing: Set = ["field"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "field": self.field = try String(from: &reader)
            case "operand": self.operand = try Optional(from: &reader) ?? 0
            case "value": self.value = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a criterion")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("field", self.field)
        writer.member("operand", self.operand)
        writer.member("value", self.value)
        writer.members(self.additional)
        writer.endObject()
    }
}
