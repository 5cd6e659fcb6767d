// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the versions of a policy.
///
/// API reference: [ListPolicyVersions](https://docs.aws.amazon.com/iot/latest/apireference/API_ListPolicyVersions.html).
public struct ListPolicyVersions: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "ListPolicyVersions" }

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
        /// The versions.
        public var policyVersions: [PolicyVersion]?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/policies/\(self.policyName)/version")
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "policyVersions": output.policyVersions = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
