// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Credentials of OpenID Connect for a webhook.
public struct WebhookOIDCCredentials: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the client.
    public var clientID: String?
    /// The secret of the client.
    public var clientSecret: EventSecret?
    /// Where the provider describes itself.
    public var wellKnownURL: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes credentials; each parameter is the property of its name.
    public init(
        clientID: String? = nil,
        clientSecret: EventSecret? = nil,
        wellKnownURL: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.wellKnownURL = wellKnownURL
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "client_id": self.clientID = try Optional(from: &reader)
            case "client_secret": self.clientSecret = try Optional(from: &reader)
            case "well_known": self.wellKnownURL = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("client_id", ifPresent: self.clientID)
        writer.member("client_secret", ifPresent: self.clientSecret)
        writer.member("well_known", ifPresent: self.wellKnownURL)
        writer.members(self.additional)
        writer.endObject()
    }
}
