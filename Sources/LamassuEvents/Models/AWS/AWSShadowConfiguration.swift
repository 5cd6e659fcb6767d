// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Whether and where the devices of a DMS have a shadow.
public struct AWSShadowConfiguration: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether the shadow is written.
    public var isEnabled: Bool
    /// The name of the shadow; empty for the classic one.
    public var shadowName: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a configuration; each parameter is the property of its name.
    public init(
        isEnabled: Bool = false,
        shadowName: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.isEnabled = isEnabled
        self.shadowName = shadowName
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "enable": self.isEnabled = try Optional(from: &reader) ?? false
            case "shadow_name": self.shadowName = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("enable", self.isEnabled)
        writer.member("shadow_name", self.shadowName)
        writer.members(self.additional)
        writer.endObject()
    }
}
