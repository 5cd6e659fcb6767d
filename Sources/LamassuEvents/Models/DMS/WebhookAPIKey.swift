// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A key in a header for a webhook.
public struct WebhookAPIKey: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The key.
    public var key: EventSecret?
    /// The name of the header.
    public var header: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a key; each parameter is the property of its name.
    public init(
        key: EventSecret? = nil,
        header: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.key = key
        self.header = header
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "key": self.key = try Optional(from: &reader)
            case "header": self.header = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key", ifPresent: self.key)
        writer.member("header", ifPresent: self.header)
        writer.members(self.additional)
        writer.endObject()
    }
}
