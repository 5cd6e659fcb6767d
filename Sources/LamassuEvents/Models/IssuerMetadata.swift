// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Which CA issued a certificate.
public struct IssuerMetadata: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The serial number of the certificate of the CA.
    public var serialNumber: String?
    /// The identifier of the CA.
    public var id: String?
    /// How far the CA is from the root, which has level 0.
    public var level: Int?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of an issuer; each parameter is the property of its name.
    public init(
        serialNumber: String? = nil,
        id: String? = nil,
        level: Int? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.serialNumber = serialNumber
        self.id = id
        self.level = level
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "serial_number": self.serialNumber = try Optional(from: &reader)
            case "id": self.id = try Optional(from: &reader)
            case "level": self.level = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("serial_number", ifPresent: self.serialNumber)
        writer.member("id", ifPresent: self.id)
        writer.member("level", ifPresent: self.level)
        writer.members(self.additional)
        writer.endObject()
    }
}
