// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How a webhook is asked.
public struct WebhookConfiguration: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether its certificate is verified.
    public var validatesServerCertificate: Bool
    /// How much is logged.
    public var logLevel: String?
    /// Which of the credentials is used.
    public var authenticationMode: String?
    /// How long to wait for an answer: text such as `5s`.
    public var callTimeout: String?
    /// Credentials of OpenID Connect.
    public var oidc: WebhookOIDCCredentials?
    /// A key in a header.
    public var apiKey: WebhookAPIKey?
    /// A client certificate.
    public var mutualTLS: WebhookClientCertificate?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the configuration of a webhook; each parameter is the property of its name.
    public init(
        validatesServerCertificate: Bool = false,
        logLevel: String? = nil,
        authenticationMode: String? = nil,
        callTimeout: String? = nil,
        oidc: WebhookOIDCCredentials? = nil,
        apiKey: WebhookAPIKey? = nil,
        mutualTLS: WebhookClientCertificate? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.validatesServerCertificate = validatesServerCertificate
        self.logLevel = logLevel
        self.authenticationMode = authenticationMode
        self.callTimeout = callTimeout
        self.oidc = oidc
        self.apiKey = apiKey
        self.mutualTLS = mutualTLS
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "validate_server_cert": self.validatesServerCertificate = try Optional(from: &reader) ?? false
            case "log_level": self.logLevel = try Optional(from: &reader)
            case "auth_mode": self.authenticationMode = try Optional(from: &reader)
            case "call_timeout": self.callTimeout = try Optional(from: &reader)
            case "oidc": self.oidc = try Optional(from: &reader)
            case "apikey": self.apiKey = try Optional(from: &reader)
            case "mtls": self.mutualTLS = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("validate_server_cert", self.validatesServerCertificate)
        writer.member("log_level", ifPresent: self.logLevel)
        writer.member("auth_mode", ifPresent: self.authenticationMode)
        writer.member("call_timeout", ifPresent: self.callTimeout)
        writer.member("oidc", ifPresent: self.oidc)
        writer.member("apikey", ifPresent: self.apiKey)
        writer.member("mtls", ifPresent: self.mutualTLS)
        writer.members(self.additional)
        writer.endObject()
    }
}
