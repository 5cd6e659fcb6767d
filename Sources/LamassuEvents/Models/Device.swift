// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A device as the device manager describes it.
public struct Device: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the device.
    public var id: String
    /// Words by which devices are found.
    public var tags: [String]
    /// Where the device stands in its life.
    public var status: DeviceStatus?
    /// The name of its icon.
    public var icon: String?
    /// The color of its icon.
    public var iconColor: String?
    /// When it was created: RFC 3339 text as it was written.
    public var creationTimestamp: String?
    /// What services and connectors keep with the device.
    public var metadata: Metadata
    /// The identifier of the DMS that brought it in.
    public var dmsOwner: String?
    /// Its identity, once it has one.
    public var identity: Slot?
    /// Its other slots, by name.
    public var slots: [String: Slot]
    /// What happened to it, by RFC 3339 time.
    public var events: [String: DeviceEvent]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of a device; each parameter is the property of its name.
    public init(
        id: String,
        tags: [String] = [],
        status: DeviceStatus? = nil,
        icon: String? = nil,
        iconColor: String? = nil,
        creationTimestamp: String? = nil,
        metadata: Metadata = Metadata(),
        dmsOwner: String? = nil,
        identity: Slot? = nil,
        slots: [String: Slot] = [:],
        events: [String: DeviceEvent] = [:],
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.tags = tags
        self.status = status
        self.icon = icon
        self.iconColor = iconColor
        self.creationTimestamp = creationTimestamp
        self.metadata = metadata
        self.dmsOwner = dmsOwner
        self.identity = identity
        self.slots = slots
        self.events = events
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
            case "tags": self.tags = try Optional(from: &reader) ?? []
            case "status": self.status = try Optional(from: &reader)
            case "icon": self.icon = try Optional(from: &reader)
            case "icon_color": self.iconColor = try Optional(from: &reader)
            case "creation_timestamp": self.creationTimestamp = try Optional(from: &reader)
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            case "dms_owner": self.dmsOwner = try Optional(from: &reader)
            case "identity": self.identity = try Optional(from: &reader)
            case "slots": self.slots = try Optional(from: &reader) ?? [:]
            case "events": self.events = try Optional(from: &reader) ?? [:]
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a device")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.member("tags", self.tags)
        writer.member("status", ifPresent: self.status)
        writer.member("icon", ifPresent: self.icon)
        writer.member("icon_color", ifPresent: self.iconColor)
        writer.member("creation_timestamp", ifPresent: self.creationTimestamp)
        writer.member("metadata", self.metadata)
        writer.member("dms_owner", ifPresent: self.dmsOwner)
        writer.member("identity", ifPresent: self.identity)
        writer.member("slots", self.slots)
        writer.member("events", self.events)
        writer.members(self.additional)
        writer.endObject()
    }
}
