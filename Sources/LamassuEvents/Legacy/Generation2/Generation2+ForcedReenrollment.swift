// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension Generation2 {
    /// A device is to enrol again.
    public struct ForcedReenrollment: Hashable, Sendable, JSONDecodable, JSONEncodable {
        /// The identifier of the device.
        public var deviceID: String
        /// Which of its slots.
        public var slotID: String?
        /// Whether it must.
        public var isRequired: Bool
        /// Its certificate: base64 of PEM.
        public var certificate: String?
        /// Members that this release does not know, kept for writing.
        public var additional: [JSONValue.Member]

        /// Makes a forced re-enrolment; each parameter is the property of its name.
        public init(
            deviceID: String,
            slotID: String? = nil,
            isRequired: Bool = false,
            certificate: String? = nil,
            additional: [JSONValue.Member] = []
        ) {
            self.deviceID = deviceID
            self.slotID = slotID
            self.isRequired = isRequired
            self.certificate = certificate
            self.additional = additional
        }

        /// Reads the JSON object.
        public init(from reader: inout JSONReader) throws(JSONError) {
            self.init(deviceID: "")
            var missing: Set = ["device_id"]
            try reader.beginObject()
            while let key = try reader.nextKey() {
                missing.remove(key)
                switch key {
                case "device_id": self.deviceID = try String(from: &reader)
                case "slot_id": self.slotID = try Optional(from: &reader)
                case "require_reenrollment": self.isRequired = try Optional(from: &reader) ?? false
                case "crt": self.certificate = try Optional(from: &reader)
                default: try self.additional.keep(key, from: &reader)
                }
            }
            try reader.require(none: missing, of: "a forced re-enrolment")
        }

        /// Writes the JSON object.
        public func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("device_id", self.deviceID)
            writer.member("slot_id", ifPresent: self.slotID)
            writer.member("require_reenrollment", self.isRequired)
            writer.member("crt", ifPresent: self.certificate)
            writer.members(self.additional)
            writer.endObject()
        }
    }
}
