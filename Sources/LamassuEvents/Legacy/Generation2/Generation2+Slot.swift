// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A place of a device for a certificate.
    public struct Slot: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// Its name, within the device.
        public var id: String
        /// The certificate that counts.
        public var activeCertificate: SlotCertificate?
        /// Those that were there before.
        public var archiveCertificates: [SlotCertificate]
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a slot of generation 2; each parameter is the property of its name.
        public init(
            id: String,
            activeCertificate: SlotCertificate? = nil,
            archiveCertificates: [SlotCertificate] = [],
            additional: [JSONValue.Member] = []
        ) {
            self.id = id
            self.activeCertificate = activeCertificate
            self.archiveCertificates = archiveCertificates
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(id: "")
            var missing: Set = ["id"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "id": self.id = try String(from: &reader)
                case "active_certificate": self.activeCertificate = try Optional(from: &reader)
                case "archive_certificates": self.archiveCertificates = try Optional(from: &reader) ?? []
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a slot of generation 2")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("id", self.id)
            writer.member("active_certificate", ifPresent: self.activeCertificate)
            writer.member("archive_certificates", self.archiveCertificates)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
