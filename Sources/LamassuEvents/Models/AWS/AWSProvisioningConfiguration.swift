// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How the devices of a DMS come into AWS just in time, at their first connection.
public struct AWSProvisioningConfiguration: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The ARN of the provisioning template; empty until there is one.
    public var arn: String
    /// The identifier of the CA certificate in AWS to which the template belongs; empty for none.
    public var caCertificateID: String
    /// The ARN of the role that AWS takes for it.
    public var provisioningRoleARN: String
    /// Whether the template is active.
    public var isTemplateEnabled: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a configuration; each parameter is the property of its name.
    public init(
        arn: String = "",
        caCertificateID: String = "",
        provisioningRoleARN: String = "",
        isTemplateEnabled: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.arn = arn
        self.caCertificateID = caCertificateID
        self.provisioningRoleARN = provisioningRoleARN
        self.isTemplateEnabled = isTemplateEnabled
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "arn": self.arn = try Optional(from: &reader) ?? ""
            case "aws_ca_id": self.caCertificateID = try Optional(from: &reader) ?? ""
            case "provisioning_role_arn": self.provisioningRoleARN = try Optional(from: &reader) ?? ""
            case "enable_template": self.isTemplateEnabled = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("arn", self.arn)
        writer.member("aws_ca_id", self.caCertificateID)
        writer.member("provisioning_role_arn", self.provisioningRoleARN)
        writer.member("enable_template", self.isTemplateEnabled)
        writer.members(self.additional)
        writer.endObject()
    }
}
