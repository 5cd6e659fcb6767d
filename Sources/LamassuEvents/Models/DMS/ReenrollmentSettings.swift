// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How devices get their next certificate through a DMS.
///
/// Times are text such as `12w`.
public struct ReenrollmentSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// How devices prove who they are in EST (RFC 7030).
    public var est: ESTSettings?
    /// The identifiers of further CAs whose certificates count.
    public var additionalValidationCAs: [String]
    /// Whether the certificate before is revoked.
    public var revokesOnReenrollment: Bool
    /// How long before a certificate expires a device may come.
    public var reenrollmentDelta: String?
    /// Whether a device may come whose certificate has expired.
    public var allowsExpiredRenewal: Bool
    /// How long before the end a device is told that it should come.
    public var preventiveDelta: String?
    /// How long before the end a device is told that it must come.
    public var criticalDelta: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of re-enrolment; each parameter is the property of its name.
    public init(
        est: ESTSettings? = nil,
        additionalValidationCAs: [String] = [],
        revokesOnReenrollment: Bool = false,
        reenrollmentDelta: String? = nil,
        allowsExpiredRenewal: Bool = false,
        preventiveDelta: String? = nil,
        criticalDelta: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.est = est
        self.additionalValidationCAs = additionalValidationCAs
        self.revokesOnReenrollment = revokesOnReenrollment
        self.reenrollmentDelta = reenrollmentDelta
        self.allowsExpiredRenewal = allowsExpiredRenewal
        self.preventiveDelta = preventiveDelta
        self.criticalDelta = criticalDelta
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "est_rfc7030_settings": self.est = try Optional(from: &reader)
            case "additional_validation_cas": self.additionalValidationCAs = try Optional(from: &reader) ?? []
            case "revoke_on_reenrollment": self.revokesOnReenrollment = try Optional(from: &reader) ?? false
            case "reenrollment_delta": self.reenrollmentDelta = try Optional(from: &reader)
            case "enable_expired_renewal": self.allowsExpiredRenewal = try Optional(from: &reader) ?? false
            case "preventive_delta": self.preventiveDelta = try Optional(from: &reader)
            case "critical_delta": self.criticalDelta = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("est_rfc7030_settings", ifPresent: self.est)
        writer.member("additional_validation_cas", self.additionalValidationCAs)
        writer.member("revoke_on_reenrollment", self.revokesOnReenrollment)
        writer.member("reenrollment_delta", ifPresent: self.reenrollmentDelta)
        writer.member("enable_expired_renewal", self.allowsExpiredRenewal)
        writer.member("preventive_delta", ifPresent: self.preventiveDelta)
        writer.member("critical_delta", ifPresent: self.criticalDelta)
        writer.members(self.additional)
        writer.endObject()
    }
}
