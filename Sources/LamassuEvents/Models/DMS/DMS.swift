// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A device manufacturing system: what brings devices in, and by which rules.
///
/// The settings may hold secrets of webhooks: see ``EventRedaction``.
public struct DMS: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the DMS.
    public var id: String
    /// Its name, for a person.
    public var name: String
    /// What services and connectors keep with the DMS.
    public var metadata: Metadata
    /// When it was created: RFC 3339 text as it was written.
    public var creationTimestamp: String?
    /// By which rules it brings devices in.
    public var settings: DMSSettings
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of a DMS; each parameter is the property of its name.
    public init(
        id: String,
        name: String = "",
        metadata: Metadata = Metadata(),
        creationTimestamp: String? = nil,
        settings: DMSSettings = DMSSettings(),
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.name = name
        self.metadata = metadata
        self.creationTimestamp = creationTimestamp
        self.settings = settings
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
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            case "creation_ts": self.creationTimestamp = try Optional(from: &reader)
            case "settings": self.settings = try Optional(from: &reader) ?? DMSSettings()
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a DMS")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.member("name", self.name)
        writer.member("metadata", self.metadata)
        writer.member("creation_ts", ifPresent: self.creationTimestamp)
        writer.member("settings", self.settings)
        writer.members(self.additional)
        writer.endObject()
    }
}
