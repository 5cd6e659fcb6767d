// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Which CAs the devices of a DMS are told to trust.
public struct CADistributionSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether the CA of Lamassu itself is among them.
    public var includesSystemCA: Bool
    /// Whether the CA of enrolment is among them.
    public var includesEnrollmentCA: Bool
    /// The identifiers of others.
    public var managedCAs: [String]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of the distribution of CAs; each parameter is the property of its name.
    public init(
        includesSystemCA: Bool = false,
        includesEnrollmentCA: Bool = false,
        managedCAs: [String] = [],
        additional: [JSONValue.Member] = []
    ) {
        self.includesSystemCA = includesSystemCA
        self.includesEnrollmentCA = includesEnrollmentCA
        self.managedCAs = managedCAs
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "include_system_ca": self.includesSystemCA = try Optional(from: &reader) ?? false
            case "include_enrollment_ca": self.includesEnrollmentCA = try Optional(from: &reader) ?? false
            case "managed_cas": self.managedCAs = try Optional(from: &reader) ?? []
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("include_system_ca", self.includesSystemCA)
        writer.member("include_enrollment_ca", self.includesEnrollmentCA)
        writer.member("managed_cas", self.managedCAs)
        writer.members(self.additional)
        writer.endObject()
    }
}
