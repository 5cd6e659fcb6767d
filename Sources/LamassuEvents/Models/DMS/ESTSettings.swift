// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How devices prove in EST (RFC 7030) who they are.
public struct ESTSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// In which way.
    public var authenticationMode: ESTAuthenticationMode?
    /// Which client certificates count.
    public var clientCertificate: ClientCertificateSettings?
    /// The external service that is asked.
    public var webhook: WebhookSettings?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of EST; each parameter is the property of its name.
    public init(
        authenticationMode: ESTAuthenticationMode? = nil,
        clientCertificate: ClientCertificateSettings? = nil,
        webhook: WebhookSettings? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.authenticationMode = authenticationMode
        self.clientCertificate = clientCertificate
        self.webhook = webhook
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "auth_mode": self.authenticationMode = try Optional(from: &reader)
            case "client_certificate_settings": self.clientCertificate = try Optional(from: &reader)
            case "external_webhook_settings": self.webhook = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("auth_mode", ifPresent: self.authenticationMode)
        writer.member("client_certificate_settings", ifPresent: self.clientCertificate)
        writer.member("external_webhook_settings", ifPresent: self.webhook)
        writer.members(self.additional)
        writer.endObject()
    }
}
