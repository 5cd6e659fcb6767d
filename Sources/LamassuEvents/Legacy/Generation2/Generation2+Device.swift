// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A device was created, changed or decommissioned.
    public struct Device: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The identifier of the device.
        public var id: String
        /// Its name, for a person.
        public var alias: String?
        /// The name of the DMS that brought it in.
        public var dmsName: String?
        /// Where it stands in its life.
        public var status: String?
        /// Its certificates.
        public var slots: [Slot]
        /// Words by which it is found.
        public var tags: [String]
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a device of generation 2; each parameter is the property of its name.
        public init(
            id: String,
            alias: String? = nil,
            dmsName: String? = nil,
            status: String? = nil,
            slots: [Slot] = [],
            tags: [String] = [],
            additional: [JSONValue.Member] = []
        ) {
            self.id = id
            self.alias = alias
            self.dmsName = dmsName
            self.status = status
            self.slots = slots
            self.tags = tags
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
                case "alias": self.alias = try Optional(from: &reader)
                case "dms_name": self.dmsName = try Optional(from: &reader)
                case "status": self.status = try Optional(from: &reader)
                case "slots": self.slots = try Optional(from: &reader) ?? []
                case "tags": self.tags = try Optional(from: &reader) ?? []
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a device of generation 2")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("id", self.id)
            writer.member("alias", ifPresent: self.alias)
            writer.member("dms_name", ifPresent: self.dmsName)
            writer.member("status", ifPresent: self.status)
            writer.member("slots", self.slots)
            writer.member("tags", self.tags)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
