// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A group of devices: all that meet its criteria.
public struct DeviceGroup: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the group.
    public var id: String
    /// Its name, for a person.
    public var name: String
    /// More on it, for a person: the member `description`.
    public var text: String
    /// The identifier of the group it belongs to.
    public var parentID: String?
    /// What devices of the group have.
    public var criteria: [DeviceGroupCriterion]
    /// When it was created: RFC 3339 text as it was written.
    public var creationTimestamp: String?
    /// When it was last changed: RFC 3339 text as it was written.
    public var updateTimestamp: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a device group; each parameter is the property of its name.
    public init(
        id: String,
        name: String = "",
        text: String = "",
        parentID: String? = nil,
        criteria: [DeviceGroupCriterion] = [],
        creationTimestamp: String? = nil,
        updateTimestamp: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.name = name
        self.text = text
        self.parentID = parentID
        self.criteria = criteria
        self.creationTimestamp = creationTimestamp
        self.updateTimestamp = updateTimestamp
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "")
        var missing: Set = ["id"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "id": self.id = try String(from: &reader)
            case "name": self.name = try Optional(from: &reader) ?? ""
            case "description": self.text = try Optional(from: &reader) ?? ""
            case "parent_id": self.parentID = try Optional(from: &reader)
            case "criteria": self.criteria = try Optional(from: &reader) ?? []
            case "created_at": self.creationTimestamp = try Optional(from: &reader)
            case "updated_at": self.updateTimestamp = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a device group")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.member("name", self.name)
        writer.member("description", self.text)
        writer.member("parent_id", ifPresent: self.parentID)
        writer.member("criteria", self.criteria)
        writer.member("created_at", ifPresent: self.creationTimestamp)
        writer.member("updated_at", ifPresent: self.updateTimestamp)
        writer.members(self.additional)
        writer.endObject()
    }
}
