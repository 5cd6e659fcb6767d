// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A certificate of a device.
    public struct SlotCertificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of its CA.
        public var caName: String?
        /// Its serial number: bytes in hexadecimal digits, joined by `-`.
        public var serialNumber: String
        /// The certificate itself: base64 of PEM.
        public var certificate: String?
        /// Whether it may be used.
        public var status: CertificateStatus?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a certificate of a slot; each parameter is the property of its name.
        public init(
            caName: String? = nil,
            serialNumber: String,
            certificate: String? = nil,
            status: CertificateStatus? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.caName = caName
            self.serialNumber = serialNumber
            self.certificate = certificate
            self.status = status
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(serialNumber: "")
            var missing: Set = ["serial_number"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "ca_name": self.caName = try Optional(from: &reader)
                case "serial_number": self.serialNumber = try String(from: &reader)
                case "certificate": self.certificate = try Optional(from: &reader)
                case "status": self.status = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a certificate of a slot")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("ca_name", ifPresent: self.caName)
            writer.member("serial_number", self.serialNumber)
            writer.member("certificate", ifPresent: self.certificate)
            writer.member("status", ifPresent: self.status)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
