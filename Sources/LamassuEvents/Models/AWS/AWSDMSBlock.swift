// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a connector to AWS keeps with a DMS.
public struct AWSDMSBlock: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// How devices come into AWS.
    public var registrationMode: AWSRegistrationMode
    /// The groups of things that devices join.
    public var groups: [String]
    /// The policies that device certificates get.
    public var policies: [AWSPolicy]
    /// How devices come in just in time.
    public var provisioning: AWSProvisioningConfiguration?
    /// Whether and where devices have a shadow.
    public var shadow: AWSShadowConfiguration?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a block; each parameter is the property of its name.
    public init(
        registrationMode: AWSRegistrationMode = .disabled,
        groups: [String] = [],
        policies: [AWSPolicy] = [],
        provisioning: AWSProvisioningConfiguration? = nil,
        shadow: AWSShadowConfiguration? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.registrationMode = registrationMode
        self.groups = groups
        self.policies = policies
        self.provisioning = provisioning
        self.shadow = shadow
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "registration_mode": self.registrationMode = try Optional(from: &reader) ?? .disabled
            case "groups": self.groups = try Optional(from: &reader) ?? []
            case "policies": self.policies = try Optional(from: &reader) ?? []
            case "jitp_config": self.provisioning = try Optional(from: &reader)
            case "shadow_config": self.shadow = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("registration_mode", self.registrationMode)
        writer.member("groups", self.groups)
        writer.member("policies", self.policies)
        writer.member("jitp_config", ifPresent: self.provisioning)
        writer.member("shadow_config", ifPresent: self.shadow)
        writer.members(self.additional)
        writer.endObject()
    }
}
