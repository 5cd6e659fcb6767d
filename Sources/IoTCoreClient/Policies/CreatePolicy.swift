// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Makes a policy with its first version.
///
/// API reference: [CreatePolicy](https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html).
public struct CreatePolicy: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "CreatePolicy" }

    /// The policy's name.
    public var policyName: String
    /// The policy's document, as JSON text.
    public var policyDocument: String
    /// Names and values for the owner's use.
    public var tags: [Tag]?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - policyName: the policy's name.
    ///   - policyDocument: the policy's document, as JSON text.
    ///   - tags: names and values for the owner's use.
    public init(policyName: String, policyDocument: String, tags: [Tag]? = nil) {
        self.policyName = policyName
        self.policyDocument = policyDocument
        self.tags = tags
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The policy's name.
        public var policyName: String?
        /// The policy's ARN.
        public var policyARN: String?
        /// The policy's document, as JSON text.
        public var policyDocument: String?
        /// The version's id.
        public var policyVersionID: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/policies/\(self.policyName)")
        request.json("policyDocument", self.policyDocument)
        request.json("tags", self.tags)
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
            case "policyVersionId": output.policyVersionID = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
