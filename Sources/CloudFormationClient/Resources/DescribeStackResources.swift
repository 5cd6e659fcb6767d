// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the resources of a stack, at most 100.
///
/// API reference: [DescribeStackResources](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html).
public struct DescribeStackResources: CloudFormationOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeStackResources" }

    /// The stack's name or id; a name finds no deleted stack.
    public var stackName: String
    /// One resource's name in the template; `nil` is all of them.
    public var logicalResourceID: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name or id.
    ///   - logicalResourceID: one resource's name in the template; `nil` is all of them.
    public init(stackName: String, logicalResourceID: String? = nil) {
        self.stackName = stackName
        self.logicalResourceID = logicalResourceID
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The resources.
        public var stackResources: [StackResource] = []
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("StackName", self.stackName)
        request.form("LogicalResourceId", self.logicalResourceID)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "StackResources": output.stackResources = try result.readMembers { xml throws(XMLError) in try StackResource(from: &xml) }
            default: try result.skip()
            }
        }
        return output
    }
}
