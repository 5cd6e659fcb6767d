// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A DMS was created, with its private key where Lamassu had made it.
    public struct DMSCreation: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The DMS.
        public var dms: DMS?
        /// Its private key: base64 of PEM.
        public var privateKey: EventSecret?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes the creation of a DMS; each parameter is the property of its name.
        public init(
            dms: DMS? = nil,
            privateKey: EventSecret? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.dms = dms
            self.privateKey = privateKey
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "dms": self.dms = try Optional(from: &reader)
                case "private_key": self.privateKey = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("dms", ifPresent: self.dms)
            writer.member("private_key", ifPresent: self.privateKey)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
