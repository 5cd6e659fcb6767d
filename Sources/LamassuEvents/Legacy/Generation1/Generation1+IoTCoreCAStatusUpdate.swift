// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation1 {
    /// AWS changed the status of a CA.
    public struct IoTCoreCAStatusUpdate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// Its identifier in AWS.
        public var caID: String?
        /// The name of the CA.
        public var caName: String
        /// Its serial number.
        public var caSerialNumber: String?
        /// The new status.
        public var status: CertificateStatus
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a CA status from AWS; each parameter is the property of its name.
        public init(
            caID: String? = nil,
            caName: String,
            caSerialNumber: String? = nil,
            status: CertificateStatus,
            additional: [JSONValue.Member] = []
        ) {
            self.caID = caID
            self.caName = caName
            self.caSerialNumber = caSerialNumber
            self.status = status
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(caName: "", status: CertificateStatus(rawValue: ""))
            var missing: Set = ["ca_name", "status"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "ca_id": self.caID = try Optional(from: &reader)
                case "ca_name": self.caName = try String(from: &reader)
                case "ca_serial_number": self.caSerialNumber = try Optional(from: &reader)
                case "status": self.status = try CertificateStatus(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a CA status from AWS")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("ca_id", ifPresent: self.caID)
            writer.member("ca_name", self.caName)
            writer.member("ca_serial_number", ifPresent: self.caSerialNumber)
            writer.member("status", self.status)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
