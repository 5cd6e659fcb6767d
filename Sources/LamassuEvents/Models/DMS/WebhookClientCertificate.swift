// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A client certificate for a webhook, with its key.
public struct WebhookClientCertificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The certificate.
    public var certificate: String?
    /// Its private key.
    public var key: EventSecret?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a client certificate; each parameter is the property of its name.
    public init(
        certificate: String? = nil,
        key: EventSecret? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.certificate = certificate
        self.key = key
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "cert": self.certificate = try Optional(from: &reader)
            case "key": self.key = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("cert", ifPresent: self.certificate)
        writer.member("key", ifPresent: self.key)
        writer.members(self.additional)
        writer.endObject()
    }
}
