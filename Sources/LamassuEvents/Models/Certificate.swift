// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A certificate as the CA service describes it.
///
/// Times are RFC 3339 text as it was written; `0001-01-01T00:00:00Z` stands for none.
public struct Certificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The serial number in lower-case hexadecimal digits, no separators.
    public var serialNumber: String
    /// The subject key identifier, in hexadecimal digits.
    public var subjectKeyID: String?
    /// The authority key identifier, in hexadecimal digits.
    public var authorityKeyID: String?
    /// What services and connectors keep with the certificate.
    public var metadata: Metadata
    /// Whether the certificate may be used.
    public var status: CertificateStatus
    /// The certificate itself: base64 of PEM; see ``pem``.
    public var certificate: String
    /// What kind of key it holds.
    public var keyMetadata: KeyMetadata?
    /// Whom it names.
    public var subject: DistinguishedName
    /// Who issued it.
    public var issuer: DistinguishedName
    /// From when it is valid.
    public var validFrom: String?
    /// What it may be used for.
    public var extensions: CertificateExtensions?
    /// Which CA issued it.
    public var issuerMetadata: IssuerMetadata?
    /// Until when it is valid.
    public var validTo: String?
    /// When it was revoked.
    public var revocationTimestamp: String?
    /// Why it was revoked; `Unspecified` also where it is not.
    public var revocationReason: RevocationReason?
    /// How Lamassu came by it.
    public var type: CertificateType?
    /// Which key store holds its key; empty for none.
    public var engineID: String?
    /// Whether it is the certificate of a CA.
    public var isCA: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of a certificate; each parameter is the property of its name.
    public init(
        serialNumber: String,
        subjectKeyID: String? = nil,
        authorityKeyID: String? = nil,
        metadata: Metadata = Metadata(),
        status: CertificateStatus,
        certificate: String,
        keyMetadata: KeyMetadata? = nil,
        subject: DistinguishedName = DistinguishedName(),
        issuer: DistinguishedName = DistinguishedName(),
        validFrom: String? = nil,
        extensions: CertificateExtensions? = nil,
        issuerMetadata: IssuerMetadata? = nil,
        validTo: String? = nil,
        revocationTimestamp: String? = nil,
        revocationReason: RevocationReason? = nil,
        type: CertificateType? = nil,
        engineID: String? = nil,
        isCA: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.serialNumber = serialNumber
        self.subjectKeyID = subjectKeyID
        self.authorityKeyID = authorityKeyID
        self.metadata = metadata
        self.status = status
        self.certificate = certificate
        self.keyMetadata = keyMetadata
        self.subject = subject
        self.issuer = issuer
        self.validFrom = validFrom
        self.extensions = extensions
        self.issuerMetadata = issuerMetadata
        self.validTo = validTo
        self.revocationTimestamp = revocationTimestamp
        self.revocationReason = revocationReason
        self.type = type
        self.engineID = engineID
        self.isCA = isCA
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(serialNumber: "", status: .inactive, certificate: "")
        var missing: Set = ["serial_number", "status", "certificate"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "serial_number": self.serialNumber = try String(from: &reader)
            case "subject_key_id": self.subjectKeyID = try Optional(from: &reader)
            case "authority_key_id": self.authorityKeyID = try Optional(from: &reader)
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            case "status": self.status = try CertificateStatus(from: &reader)
            case "certificate": self.certificate = try String(from: &reader)
            case "key_metadata": self.keyMetadata = try Optional(from: &reader)
            case "subject": self.subject = try Optional(from: &reader) ?? DistinguishedName()
            case "issuer": self.issuer = try Optional(from: &reader) ?? DistinguishedName()
            case "valid_from": self.validFrom = try Optional(from: &reader)
            case "extensions": self.extensions = try Optional(from: &reader)
            case "issuer_metadata": self.issuerMetadata = try Optional(from: &reader)
            case "valid_to": self.validTo = try Optional(from: &reader)
            case "revocation_timestamp": self.revocationTimestamp = try Optional(from: &reader)
            case "revocation_reason": self.revocationReason = try Optional(from: &reader)
            case "type": self.type = try Optional(from: &reader)
            case "engine_id": self.engineID = try Optional(from: &reader)
            case "is_ca": self.isCA = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a certificate")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("serial_number", self.serialNumber)
        writer.member("subject_key_id", ifPresent: self.subjectKeyID)
        writer.member("authority_key_id", ifPresent: self.authorityKeyID)
        writer.member("metadata", self.metadata)
        writer.member("status", self.status)
        writer.member("certificate", self.certificate)
        writer.member("key_metadata", ifPresent: self.keyMetadata)
        writer.member("subject", self.subject)
        writer.member("issuer", self.issuer)
        writer.member("valid_from", ifPresent: self.validFrom)
        writer.member("extensions", ifPresent: self.extensions)
        writer.member("issuer_metadata", ifPresent: self.issuerMetadata)
        writer.member("valid_to", ifPresent: self.validTo)
        writer.member("revocation_timestamp", ifPresent: self.revocationTimestamp)
        writer.member("revocation_reason", ifPresent: self.revocationReason)
        writer.member("type", ifPresent: self.type)
        writer.member("engine_id", ifPresent: self.engineID)
        writer.member("is_ca", self.isCA)
        writer.members(self.additional)
        writer.endObject()
    }
}

extension Certificate {
    /// The certificate as PEM text, decoded from ``certificate``; `nil` where that is not base64 or not UTF-8.
    public var pem: String? {
        guard let bytes = Base64.decode(self.certificate) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
