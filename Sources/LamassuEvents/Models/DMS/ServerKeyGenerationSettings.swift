// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Whether a DMS makes the keys of devices, and of what kind.
public struct ServerKeyGenerationSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether it does.
    public var isEnabled: Bool
    /// The kind of key.
    public var key: KeySpecification?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of key generation; each parameter is the property of its name.
    public init(
        isEnabled: Bool = false,
        key: KeySpecification? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.isEnabled = isEnabled
        self.key = key
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "enabled": self.isEnabled = try Optional(from: &reader) ?? false
            case "key": self.key = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("enabled", self.isEnabled)
        writer.member("key", ifPresent: self.key)
        writer.members(self.additional)
        writer.endObject()
    }
}
