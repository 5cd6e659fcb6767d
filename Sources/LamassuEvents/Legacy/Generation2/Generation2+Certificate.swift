// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A certificate, or a CA.
    ///
    /// Times are whole seconds since 1970.
    public struct Certificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of the CA: of the one that issued the certificate, or of the one it is.
        public var name: String
        /// Whether the certificate may be used.
        public var status: CertificateStatus
        /// The certificate itself: base64 of PEM.
        public var certificate: String
        /// Its serial number: bytes in hexadecimal digits, joined by `-`.
        public var serialNumber: String
        /// What kind of key it holds: `RSA` or `EC`, with `high`, `medium` or `low`.
        public var keyMetadata: KeyMetadata?
        /// Whom it names.
        public var subject: DistinguishedName?
        /// From when it is valid.
        public var validFrom: Int64?
        /// Until when it is valid.
        public var validTo: Int64?
        /// When it was revoked.
        public var revocationTimestamp: Int64?
        /// Why it was revoked, in words such as `key compromise`.
        public var revocationReason: String?
        /// Of a CA: for how long it issues certificates, as it was written.
        public var issuanceDuration: JSONValue?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a certificate of generation 2; each parameter is the property of its name.
        public init(
            name: String,
            status: CertificateStatus,
            certificate: String = "",
            serialNumber: String,
            keyMetadata: KeyMetadata? = nil,
            subject: DistinguishedName? = nil,
            validFrom: Int64? = nil,
            validTo: Int64? = nil,
            revocationTimestamp: Int64? = nil,
            revocationReason: String? = nil,
            issuanceDuration: JSONValue? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.name = name
            self.status = status
            self.certificate = certificate
            self.serialNumber = serialNumber
            self.keyMetadata = keyMetadata
            self.subject = subject
            self.validFrom = validFrom
            self.validTo = validTo
            self.revocationTimestamp = revocationTimestamp
            self.revocationReason = revocationReason
            self.issuanceDuration = issuanceDuration
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(name: "", status: CertificateStatus(rawValue: ""), serialNumber: "")
            var missing: Set = ["name", "status", "serial_number"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "name": self.name = try String(from: &reader)
                case "status": self.status = try CertificateStatus(from: &reader)
                case "certificate": self.certificate = try Optional(from: &reader) ?? ""
                case "serial_number": self.serialNumber = try String(from: &reader)
                case "key_metadata": self.keyMetadata = try Optional(from: &reader)
                case "subject": self.subject = try Optional(from: &reader)
                case "valid_from": self.validFrom = try Optional(from: &reader)
                case "valid_to": self.validTo = try Optional(from: &reader)
                case "revocation_timestamp": self.revocationTimestamp = try Optional(from: &reader)
                case "revocation_reason": self.revocationReason = try Optional(from: &reader)
                case "issuance_duration": self.issuanceDuration = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a certificate of generation 2")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("name", self.name)
            writer.member("status", self.status)
            writer.member("certificate", self.certificate)
            writer.member("serial_number", self.serialNumber)
            writer.member("key_metadata", ifPresent: self.keyMetadata)
            writer.member("subject", ifPresent: self.subject)
            writer.member("valid_from", ifPresent: self.validFrom)
            writer.member("valid_to", ifPresent: self.validTo)
            writer.member("revocation_timestamp", ifPresent: self.revocationTimestamp)
            writer.member("revocation_reason", ifPresent: self.revocationReason)
            writer.member("issuance_duration", ifPresent: self.issuanceDuration)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
