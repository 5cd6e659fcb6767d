// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Attaches a policy to a certificate or a thing group; attaching it again is no error.
///
/// API reference: [AttachPolicy](https://docs.aws.amazon.com/iot/latest/apireference/API_AttachPolicy.html).
public struct AttachPolicy: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "AttachPolicy" }

    /// The policy's name.
    public var policyName: String
    /// The ARN of the certificate, or of the thing group.
    public var target: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - policyName: the policy's name.
    ///   - target: the ARN of the certificate, or of the thing group.
    public init(policyName: String, target: String) {
        self.policyName = policyName
        self.target = target
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.put, "/target-policies/\(self.policyName)")
        request.json("target", self.target)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
