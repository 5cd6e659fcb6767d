// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Gets a policy with the document of its default version.
///
/// API reference: [GetPolicy](https://docs.aws.amazon.com/iot/latest/apireference/API_GetPolicy.html).
public struct GetPolicy: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "GetPolicy" }

    /// The policy's name.
    public var policyName: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - policyName: the policy's name.
    public init(policyName: String) {
        self.policyName = policyName
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The policy's name.
        public var policyName: String?
        /// The policy's ARN.
        public var policyARN: String?
        /// The policy's document, as JSON text.
        public var policyDocument: String?
        /// The id of the default version.
        public var defaultVersionID: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/policies/\(self.policyName)")
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "policyName": output.policyName = try .init(from: &json)
            case "policyArn": output.policyARN = try .init(from: &json)
            case "policyDocument": output.policyDocument = try .init(from: &json)
            case "defaultVersionId": output.defaultVersionID = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
