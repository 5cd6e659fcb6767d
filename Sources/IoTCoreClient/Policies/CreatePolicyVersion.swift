// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Adds a version to a policy, which has at most five.
///
/// API reference: [CreatePolicyVersion](https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html).
public struct CreatePolicyVersion: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "CreatePolicyVersion" }

    /// The policy's name.
    public var policyName: String
    /// The policy's document, as JSON text.
    public var policyDocument: String
    /// Whether the new version becomes the default one.
    public var setAsDefault: Bool?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - policyName: the policy's name.
    ///   - policyDocument: the policy's document, as JSON text.
    ///   - setAsDefault: whether the new version becomes the default one.
    public init(policyName: String, policyDocument: String, setAsDefault: Bool? = nil) {
        self.policyName = policyName
        self.policyDocument = policyDocument
        self.setAsDefault = setAsDefault
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The policy's ARN.
        public var policyARN: String?
        /// The policy's document, as JSON text.
        public var policyDocument: String?
        /// The version's id.
        public var policyVersionID: String?
        /// Whether it is the default version.
        public var isDefaultVersion: Bool?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/policies/\(self.policyName)/version")
        request.json("policyDocument", self.policyDocument)
        request.query("setAsDefault", self.setAsDefault)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "policyArn": output.policyARN = try .init(from: &json)
            case "policyDocument": output.policyDocument = try .init(from: &json)
            case "policyVersionId": output.policyVersionID = try .init(from: &json)
            case "isDefaultVersion": output.isDefaultVersion = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
