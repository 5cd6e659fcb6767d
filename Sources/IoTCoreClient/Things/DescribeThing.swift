// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a thing.
///
/// API reference: [DescribeThing](https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeThing.html).
public struct DescribeThing: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeThing" }

    /// The thing's name.
    public var thingName: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - thingName: the thing's name.
    public init(thingName: String) {
        self.thingName = thingName
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The client id the thing's device is expected to use.
        public var defaultClientID: String?
        /// The thing's name.
        public var thingName: String?
        /// The id AWS gave the thing.
        public var thingID: String?
        /// The thing's ARN.
        public var thingARN: String?
        /// The name of the thing's type.
        public var thingTypeName: String?
        /// The thing's attributes.
        public var attributes: [String: String]?
        /// The thing's version, which counts its updates.
        public var version: Int?
        /// The name of the billing group the thing is in.
        public var billingGroupName: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/things/\(self.thingName)")
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "defaultClientId": output.defaultClientID = try .init(from: &json)
            case "thingName": output.thingName = try .init(from: &json)
            case "thingId": output.thingID = try .init(from: &json)
            case "thingArn": output.thingARN = try .init(from: &json)
            case "thingTypeName": output.thingTypeName = try .init(from: &json)
            case "attributes": output.attributes = try .init(from: &json)
            case "version": output.version = try .init(from: &json)
            case "billingGroupName": output.billingGroupName = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
