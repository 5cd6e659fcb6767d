// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How a device is described that comes in through a DMS.
public struct DeviceProvisioningProfile: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The name of its icon.
    public var icon: String?
    /// The color of its icon.
    public var iconColor: String?
    /// Its metadata.
    public var metadata: Metadata
    /// Words by which it is found.
    public var tags: [String]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a profile of devices; each parameter is the property of its name.
    public init(
        icon: String? = nil,
        iconColor: String? = nil,
        metadata: Metadata = Metadata(),
        tags: [String] = [],
        additional: [JSONValue.Member] = []
    ) {
        self.icon = icon
        self.iconColor = iconColor
        self.metadata = metadata
        self.tags = tags
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "icon": self.icon = try Optional(from: &reader)
            case "icon_color": self.iconColor = try Optional(from: &reader)
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            case "tags": self.tags = try Optional(from: &reader) ?? []
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("icon", ifPresent: self.icon)
        writer.member("icon_color", ifPresent: self.iconColor)
        writer.member("metadata", self.metadata)
        writer.member("tags", self.tags)
        writer.members(self.additional)
        writer.endObject()
    }
}
