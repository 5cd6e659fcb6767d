// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a validation authority does for a CA.
public struct VARole: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The subject key identifier of the CA.
    public var caSubjectKeyID: String
    /// How its revocation lists are made.
    public var crlOptions: CRLOptions?
    /// The revocation list that counts now.
    public var latestCRL: LatestCRL?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the role of a validation authority; each parameter is the property of its name.
    public init(
        caSubjectKeyID: String,
        crlOptions: CRLOptions? = nil,
        latestCRL: LatestCRL? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.caSubjectKeyID = caSubjectKeyID
        self.crlOptions = crlOptions
        self.latestCRL = latestCRL
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(caSubjectKeyID: "")
        var missing: Set = ["ca_ski"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "ca_ski": self.caSubjectKeyID = try String(from: &reader)
            case "crl_options": self.crlOptions = try Optional(from: &reader)
            case "latest_crl": self.latestCRL = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the role of a validation authority")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("ca_ski", self.caSubjectKeyID)
        writer.member("crl_options", ifPresent: self.crlOptions)
        writer.member("latest_crl", ifPresent: self.latestCRL)
        writer.members(self.additional)
        writer.endObject()
    }
}
