// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation1 {
    /// AWS changed the status of a certificate.
    public struct IoTCoreCertificateStatusUpdate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of its CA.
        public var caName: String
        /// The new status.
        public var status: CertificateStatus
        /// Its serial number.
        public var serialNumber: String
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a certificate status from AWS; each parameter is the property of its name.
        public init(
            caName: String,
            status: CertificateStatus,
            serialNumber: String,
            additional: [JSONValue.Member] = []
        ) {
            self.caName = caName
            self.status = status
            self.serialNumber = serialNumber
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(caName: "", status: CertificateStatus(rawValue: ""), serialNumber: "")
            var missing: Set = ["ca_name", "status", "serial_number"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "ca_name": self.caName = try String(from: &reader)
                case "status": self.status = try CertificateStatus(from: &reader)
                case "serial_number": self.serialNumber = try String(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a certificate status from AWS")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("ca_name", self.caName)
            writer.member("status", self.status)
            writer.member("serial_number", self.serialNumber)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
