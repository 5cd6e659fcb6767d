// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Starts to delete a stack with its resources; one that does not exist is no error.
///
/// API reference: [DeleteStack](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html).
public struct DeleteStack: CloudFormationOperation {
    /// The operation's name in the model.
    public static var name: String { "DeleteStack" }

    /// The stack's name or id.
    public var stackName: String
    /// The ARN of a role that CloudFormation acts as; `nil` is the role of the last operation or the caller.
    public var roleARN: String?
    /// Makes a request that is sent twice one request; `nil` makes it two.
    public var clientRequestToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name or id.
    ///   - roleARN: the ARN of a role that CloudFormation acts as.
    ///   - clientRequestToken: makes a request that is sent twice one request.
    public init(stackName: String, roleARN: String? = nil, clientRequestToken: String? = nil) {
        self.stackName = stackName
        self.roleARN = roleARN
        self.clientRequestToken = clientRequestToken
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("StackName", self.stackName)
        request.form("RoleARN", self.roleARN)
        request.form("ClientRequestToken", self.clientRequestToken)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
