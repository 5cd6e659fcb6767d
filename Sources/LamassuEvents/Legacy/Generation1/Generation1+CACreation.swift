// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation1 {
    /// A CA was created or imported.
    public struct CACreation: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The name of the CA, which is its identifier.
        public var name: String
        /// Its serial number: bytes in hexadecimal digits, joined by `-`.
        public var serialNumber: String
        /// Its certificate: base64 of PEM.
        public var certificate: String?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a CA of generation 1; each parameter is the property of its name.
        public init(
            name: String,
            serialNumber: String,
            certificate: String? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.name = name
            self.serialNumber = serialNumber
            self.certificate = certificate
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(name: "", serialNumber: "")
            var missing: Set = ["name", "serial_number"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "name": self.name = try String(from: &reader)
                case "serial_number": self.serialNumber = try String(from: &reader)
                case "cert": self.certificate = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a CA of generation 1")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("name", self.name)
            writer.member("serial_number", self.serialNumber)
            writer.member("cert", ifPresent: self.certificate)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
