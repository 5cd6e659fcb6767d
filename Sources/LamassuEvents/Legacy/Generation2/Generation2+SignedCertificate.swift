// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A CA signed a certificate.
    public struct SignedCertificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The certificate: base64 of PEM.
        public var certificate: String
        /// That of the CA: base64 of PEM.
        public var caCertificate: String
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a signed certificate; each parameter is the property of its name.
        public init(
            certificate: String,
            caCertificate: String = "",
            additional: [JSONValue.Member] = []
        ) {
            self.certificate = certificate
            self.caCertificate = caCertificate
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(certificate: "")
            var missing: Set = ["certificate"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "certificate": self.certificate = try String(from: &reader)
                case "ca_certificate": self.caCertificate = try Optional(from: &reader) ?? ""
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a signed certificate")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("certificate", self.certificate)
            writer.member("ca_certificate", self.caCertificate)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
