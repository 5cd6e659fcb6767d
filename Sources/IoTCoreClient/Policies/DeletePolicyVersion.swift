// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Deletes a version of a policy that is not the default one.
///
/// API reference: [DeletePolicyVersion](https://docs.aws.amazon.com/iot/latest/apireference/API_DeletePolicyVersion.html).
public struct DeletePolicyVersion: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "DeletePolicyVersion" }

    /// The policy's name.
    public var policyName: String
    /// The version's id.
    public var policyVersionID: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - policyName: the policy's name.
    ///   - policyVersionID: the version's id.
    public init(policyName: String, policyVersionID: String) {
        self.policyName = policyName
        self.policyVersionID = policyVersionID
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.delete, "/policies/\(self.policyName)/version/\(self.policyVersionID)")
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
