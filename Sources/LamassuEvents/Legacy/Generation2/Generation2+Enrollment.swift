// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A device enrolled, for the first time or again.
    public struct Enrollment: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// Its certificate: base64 of PEM.
        public var certificate: String
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes an enrolment of generation 2; each parameter is the property of its name.
        public init(
            certificate: String,
            additional: [JSONValue.Member] = []
        ) {
            self.certificate = certificate
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
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "an enrolment of generation 2")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("certificate", self.certificate)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
