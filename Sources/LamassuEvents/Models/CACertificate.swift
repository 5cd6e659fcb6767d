// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A certification authority as the CA service describes it.
public struct CACertificate: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the CA.
    public var id: String
    /// The certificate of the CA.
    public var certificate: Certificate
    /// The serial number of that certificate.
    public var serialNumber: String?
    /// What services and connectors keep with the CA.
    public var metadata: Metadata
    /// When the CA was created: RFC 3339 text as it was written.
    public var creationTimestamp: String?
    /// How far the CA is from the root, which has level 0.
    public var level: Int
    /// By which profile it issues certificates.
    public var profileID: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the description of a CA; each parameter is the property of its name.
    public init(
        id: String,
        certificate: Certificate,
        serialNumber: String? = nil,
        metadata: Metadata = Metadata(),
        creationTimestamp: String? = nil,
        level: Int = 0,
        profileID: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.certificate = certificate
        self.serialNumber = serialNumber
        self.metadata = metadata
        self.creationTimestamp = creationTimestamp
        self.level = level
        self.profileID = profileID
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", certificate: Certificate(serialNumber: "", status: .inactive, certificate: ""))
        var missing: Set = ["id", "certificate"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "id": self.id = try String(from: &reader)
            case "certificate": self.certificate = try Certificate(from: &reader)
            case "serial_number": self.serialNumber = try Optional(from: &reader)
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            case "creation_ts": self.creationTimestamp = try Optional(from: &reader)
            case "level": self.level = try Optional(from: &reader) ?? 0
            case "profile_id": self.profileID = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a CA")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.member("certificate", self.certificate)
        writer.member("serial_number", ifPresent: self.serialNumber)
        writer.member("metadata", self.metadata)
        writer.member("creation_ts", ifPresent: self.creationTimestamp)
        writer.member("level", self.level)
        writer.member("profile_id", ifPresent: self.profileID)
        writer.members(self.additional)
        writer.endObject()
    }
}
