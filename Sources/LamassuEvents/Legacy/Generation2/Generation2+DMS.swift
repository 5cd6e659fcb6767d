// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A device manufacturing system.
    public struct DMS: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// Its name, which is its identifier.
        public var name: String
        /// Where it stands: `PENDING_APPROVAL`, `APPROVED`, `REVOKED`, ….
        public var status: String?
        /// The serial number of its certificate.
        public var serialNumber: String?
        /// Whom its certificate names.
        public var subject: DistinguishedName?
        /// The names of the CAs it may use.
        public var authorizedCAs: [String]
        /// Its certificate: base64 of PEM.
        public var certificate: String?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a DMS of generation 2; each parameter is the property of its name.
        public init(
            name: String,
            status: String? = nil,
            serialNumber: String? = nil,
            subject: DistinguishedName? = nil,
            authorizedCAs: [String] = [],
            certificate: String? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.name = name
            self.status = status
            self.serialNumber = serialNumber
            self.subject = subject
            self.authorizedCAs = authorizedCAs
            self.certificate = certificate
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(name: "")
            var missing: Set = ["name"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "name": self.name = try String(from: &reader)
                case "status": self.status = try Optional(from: &reader)
                case "serial_number": self.serialNumber = try Optional(from: &reader)
                case "subject": self.subject = try Optional(from: &reader)
                case "authorized_cas": self.authorizedCAs = try Optional(from: &reader) ?? []
                case "certificate": self.certificate = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a DMS of generation 2")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("name", self.name)
            writer.member("status", ifPresent: self.status)
            writer.member("serial_number", ifPresent: self.serialNumber)
            writer.member("subject", ifPresent: self.subject)
            writer.member("authorized_cas", self.authorizedCAs)
            writer.member("certificate", ifPresent: self.certificate)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
