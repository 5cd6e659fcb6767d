// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A certificate was deleted.
public struct CertificateDeletion: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Its serial number.
    public var serialNumber: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the deletion of a certificate; each parameter is the property of its name.
    public init(
        serialNumber: String,
        additional: [JSONValue.Member] = []
    ) {
        self.serialNumber = serialNumber
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(serialNumber: "")
        var missing: Set = ["SerialNumber"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "SerialNumber": self.serialNumber = try String(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the deletion of a certificate")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("SerialNumber", self.serialNumber)
        writer.members(self.additional)
        writer.endObject()
    }
}
