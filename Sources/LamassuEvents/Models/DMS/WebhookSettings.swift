// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// An external service that is asked whether a device may enrol.
///
/// How it is asked holds secrets; see ``EventRedaction``.
public struct WebhookSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Its name, for a person.
    public var name: String?
    /// Where it is; may hold a password or a token.
    public var url: String?
    /// The HTTP method.
    public var method: String?
    /// How it is asked.
    public var configuration: WebhookConfiguration?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of a webhook; each parameter is the property of its name.
    public init(
        name: String? = nil,
        url: String? = nil,
        method: String? = nil,
        configuration: WebhookConfiguration? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.name = name
        self.url = url
        self.method = method
        self.configuration = configuration
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": self.name = try Optional(from: &reader)
            case "url": self.url = try Optional(from: &reader)
            case "method": self.method = try Optional(from: &reader)
            case "config": self.configuration = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", ifPresent: self.name)
        writer.member("url", ifPresent: self.url)
        writer.member("method", ifPresent: self.method)
        writer.member("config", ifPresent: self.configuration)
        writer.members(self.additional)
        writer.endObject()
    }
}
