// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a connector to AWS keeps with a CA.
public struct AWSCABlock: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// How far the registration in AWS has come.
    public var registration: AWSCARegistration
    /// The AWS account; empty until the CA is registered.
    public var account: String
    /// The AWS region; empty until the CA is registered.
    public var region: String
    /// The ARN of the CA certificate in AWS; empty until the CA is registered.
    public var arn: String
    /// The identifier of the CA certificate in AWS; empty until the CA is registered.
    public var certificateID: String
    /// The host name of the MQTT broker in AWS; empty until the CA is registered.
    public var mqttEndpoint: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a block; each parameter is the property of its name.
    public init(
        registration: AWSCARegistration = AWSCARegistration(),
        account: String = "",
        region: String = "",
        arn: String = "",
        certificateID: String = "",
        mqttEndpoint: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.registration = registration
        self.account = account
        self.region = region
        self.arn = arn
        self.certificateID = certificateID
        self.mqttEndpoint = mqttEndpoint
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "registration": self.registration = try Optional(from: &reader) ?? AWSCARegistration()
            case "account": self.account = try Optional(from: &reader) ?? ""
            case "region": self.region = try Optional(from: &reader) ?? ""
            case "arn": self.arn = try Optional(from: &reader) ?? ""
            case "certificate_id": self.certificateID = try Optional(from: &reader) ?? ""
            case "mqtt_endpoint": self.mqttEndpoint = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("registration", self.registration)
        writer.member("account", self.account)
        writer.member("region", self.region)
        writer.member("arn", self.arn)
        writer.member("certificate_id", self.certificateID)
        writer.member("mqtt_endpoint", self.mqttEndpoint)
        writer.members(self.additional)
        writer.endObject()
    }
}
