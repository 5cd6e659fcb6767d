// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation1 {
    /// A certificate changed its status: it was revoked.
    public struct CertificateStatusUpdate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of its CA.
        public var caName: String
        /// Its serial number: bytes in hexadecimal digits, joined by `-`.
        public var serialNumber: String
        /// The new status.
        public var status: CertificateStatus
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a certificate status of generation 1; each parameter is the property of its name.
        public init(
            caName: String,
            serialNumber: String,
            status: CertificateStatus,
            additional: [JSONValue.Member] = []
        ) {
            self.caName = caName
            self.serialNumber = serialNumber
            self.status = status
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(caName: "", serialNumber: "", status: CertificateStatus(rawValue: ""))
            var missing: Set = ["name", "serial_number", "status"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "name": self.caName = try String(from: &reader)
                case "serial_number": self.serialNumber = try String(from: &reader)
                case "status": self.status = try CertificateStatus(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a certificate status of generation 1")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("name", self.caName)
            writer.member("serial_number", self.serialNumber)
            writer.member("status", self.status)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
