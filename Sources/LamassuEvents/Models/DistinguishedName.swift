// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// The subject or issuer of a certificate; what it does not name is empty.
public struct DistinguishedName: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The common name.
    public var commonName: String
    /// The organization.
    public var organization: String
    /// The unit of the organization.
    public var organizationUnit: String
    /// The country, two letters.
    public var country: String
    /// The state or province.
    public var state: String
    /// The locality.
    public var locality: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a name; each parameter is the property of its name.
    public init(
        commonName: String = "",
        organization: String = "",
        organizationUnit: String = "",
        country: String = "",
        state: String = "",
        locality: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.commonName = commonName
        self.organization = organization
        self.organizationUnit = organizationUnit
        self.country = country
        self.state = state
        self.locality = locality
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "common_name": self.commonName = try Optional(from: &reader) ?? ""
            case "organization": self.organization = try Optional(from: &reader) ?? ""
            case "organization_unit": self.organizationUnit = try Optional(from: &reader) ?? ""
            case "country": self.country = try Optional(from: &reader) ?? ""
            case "state": self.state = try Optional(from: &reader) ?? ""
            case "locality": self.locality = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("common_name", self.commonName)
        writer.member("organization", self.organization)
        writer.member("organization_unit", self.organizationUnit)
        writer.member("country", self.country)
        writer.member("state", self.state)
        writer.member("locality", self.locality)
        writer.members(self.additional)
        writer.endObject()
    }
}
