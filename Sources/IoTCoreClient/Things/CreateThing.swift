// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Makes a thing; one that is there with the same configuration is no error.
///
/// API reference: [CreateThing](https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html).
public struct CreateThing: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "CreateThing" }

    /// The thing's name.
    public var thingName: String
    /// The name of the thing's type.
    public var thingTypeName: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - thingName: the thing's name.
    ///   - thingTypeName: the name of the thing's type.
    public init(thingName: String, thingTypeName: String? = nil) {
        self.thingName = thingName
        self.thingTypeName = thingTypeName
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The thing's name.
        public var thingName: String?
        /// The thing's ARN.
        public var thingARN: String?
        /// The id AWS gave the thing.
        public var thingID: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/things/\(self.thingName)")
        request.jsonObject()
        request.json("thingTypeName", self.thingTypeName)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "thingName": output.thingName = try .init(from: &json)
            case "thingArn": output.thingARN = try .init(from: &json)
            case "thingId": output.thingID = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
