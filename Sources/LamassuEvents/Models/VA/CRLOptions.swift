// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How the revocation lists of a CA are made.
///
/// Times are text such as `1d`.
public struct CRLOptions: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// How often one is made.
    public var refreshInterval: String?
    /// How long one counts.
    public var validity: String?
    /// The subject key identifier of the key that signs.
    public var signerSubjectKeyID: String?
    /// Whether each revocation makes a new one.
    public var regeneratesOnRevocation: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes options of revocation lists; each parameter is the property of its name.
    public init(
        refreshInterval: String? = nil,
        validity: String? = nil,
        signerSubjectKeyID: String? = nil,
        regeneratesOnRevocation: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.refreshInterval = refreshInterval
        self.validity = validity
        self.signerSubjectKeyID = signerSubjectKeyID
        self.regeneratesOnRevocation = regeneratesOnRevocation
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "refresh_interval": self.refreshInterval = try Optional(from: &reader)
            case "validity": self.validity = try Optional(from: &reader)
            case "subject_key_id_signer": self.signerSubjectKeyID = try Optional(from: &reader)
            case "regenerate_on_revoke": self.regeneratesOnRevocation = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("refresh_interval", ifPresent: self.refreshInterval)
        writer.member("validity", ifPresent: self.validity)
        writer.member("subject_key_id_signer", ifPresent: self.signerSubjectKeyID)
        writer.member("regenerate_on_revoke", self.regeneratesOnRevocation)
        writer.members(self.additional)
        writer.endObject()
    }
}
