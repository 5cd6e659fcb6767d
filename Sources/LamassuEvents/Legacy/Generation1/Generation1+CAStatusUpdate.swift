// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation1 {
    /// A CA changed its status: it was revoked.
    public struct CAStatusUpdate: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of the CA, which is its identifier.
        public var name: String
        /// The new status.
        public var status: CertificateStatus
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a CA status of generation 1; each parameter is the property of its name.
        public init(
            name: String,
            status: CertificateStatus,
            additional: [JSONValue.Member] = []
        ) {
            self.name = name
            self.status = status
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(name: "", status: CertificateStatus(rawValue: ""))
            var missing: Set = ["name", "status"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "name": self.name = try String(from: &reader)
                case "status": self.status = try CertificateStatus(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a CA status of generation 1")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("name", self.name)
            writer.member("status", self.status)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
