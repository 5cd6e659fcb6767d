// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How devices get their first certificate through a DMS.
public struct EnrollmentSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// By which protocol.
    public var protocolName: EnrollmentProtocol?
    /// How devices prove who they are in EST (RFC 7030).
    public var est: ESTSettings?
    /// How a device is described that comes in.
    public var provisioningProfile: DeviceProvisioningProfile?
    /// The identifier of the CA that issues the certificates.
    public var enrollmentCA: String?
    /// Whether a device that has a certificate may enrol again.
    public var allowsReplaceableEnrollment: Bool
    /// Whether devices must be known before they come in.
    public var registrationMode: DeviceRegistrationMode?
    /// Whether the signature of a request is verified.
    public var verifiesCSRSignature: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of enrolment; each parameter is the property of its name.
    public init(
        protocolName: EnrollmentProtocol? = nil,
        est: ESTSettings? = nil,
        provisioningProfile: DeviceProvisioningProfile? = nil,
        enrollmentCA: String? = nil,
        allowsReplaceableEnrollment: Bool = false,
        registrationMode: DeviceRegistrationMode? = nil,
        verifiesCSRSignature: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.protocolName = protocolName
        self.est = est
        self.provisioningProfile = provisioningProfile
        self.enrollmentCA = enrollmentCA
        self.allowsReplaceableEnrollment = allowsReplaceableEnrollment
        self.registrationMode = registrationMode
        self.verifiesCSRSignature = verifiesCSRSignature
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "protocol": self.protocolName = try Optional(from: &reader)
            case "est_rfc7030_settings": self.est = try Optional(from: &reader)
            case "device_provisioning_profile": self.provisioningProfile = try Optional(from: &reader)
            case "enrollment_ca": self.enrollmentCA = try Optional(from: &reader)
            case "enable_replaceable_enrollment": self.allowsReplaceableEnrollment = try Optional(from: &reader) ?? false
            case "registration_mode": self.registrationMode = try Optional(from: &reader)
            case "verify_csr_signature": self.verifiesCSRSignature = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("protocol", ifPresent: self.protocolName)
        writer.member("est_rfc7030_settings", ifPresent: self.est)
        writer.member("device_provisioning_profile", ifPresent: self.provisioningProfile)
        writer.member("enrollment_ca", ifPresent: self.enrollmentCA)
        writer.member("enable_replaceable_enrollment", self.allowsReplaceableEnrollment)
        writer.member("registration_mode", ifPresent: self.registrationMode)
        writer.member("verify_csr_signature", self.verifiesCSRSignature)
        writer.members(self.additional)
        writer.endObject()
    }
}
