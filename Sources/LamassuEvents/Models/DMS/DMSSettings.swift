// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// By which rules a DMS brings devices in.
public struct DMSSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether the DMS makes the keys of devices.
    public var serverKeyGeneration: ServerKeyGenerationSettings?
    /// How devices get their first certificate.
    public var enrollment: EnrollmentSettings?
    /// How devices get their next certificate.
    public var reenrollment: ReenrollmentSettings?
    /// Which CAs devices are told to trust.
    public var caDistribution: CADistributionSettings?
    /// By which profile certificates are issued.
    public var issuanceProfileID: String?
    /// That profile itself, where the DMS has one of its own.
    public var issuanceProfile: IssuanceProfile?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the settings of a DMS; each parameter is the property of its name.
    public init(
        serverKeyGeneration: ServerKeyGenerationSettings? = nil,
        enrollment: EnrollmentSettings? = nil,
        reenrollment: ReenrollmentSettings? = nil,
        caDistribution: CADistributionSettings? = nil,
        issuanceProfileID: String? = nil,
        issuanceProfile: IssuanceProfile? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.serverKeyGeneration = serverKeyGeneration
        self.enrollment = enrollment
        self.reenrollment = reenrollment
        self.caDistribution = caDistribution
        self.issuanceProfileID = issuanceProfileID
        self.issuanceProfile = issuanceProfile
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "server_keygen_settings": self.serverKeyGeneration = try Optional(from: &reader)
            case "enrollment_settings": self.enrollment = try Optional(from: &reader)
            case "reenrollment_settings": self.reenrollment = try Optional(from: &reader)
            case "ca_distribution_settings": self.caDistribution = try Optional(from: &reader)
            case "issuance_profile_id": self.issuanceProfileID = try Optional(from: &reader)
            case "issuance_profile": self.issuanceProfile = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object; ``issuanceProfile`` as `null` where there is none.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("server_keygen_settings", ifPresent: self.serverKeyGeneration)
        writer.member("enrollment_settings", ifPresent: self.enrollment)
        writer.member("reenrollment_settings", ifPresent: self.reenrollment)
        writer.member("ca_distribution_settings", ifPresent: self.caDistribution)
        writer.member("issuance_profile_id", ifPresent: self.issuanceProfileID)
        writer.member("issuance_profile", self.issuanceProfile)
        writer.members(self.additional)
        writer.endObject()
    }
}
