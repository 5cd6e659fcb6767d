// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes one stack, or all of the account and region, page by page.
///
/// API reference: [DescribeStacks](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
public struct DescribeStacks: CloudFormationOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeStacks" }

    /// The stack's name or id; `nil` is all stacks.
    ///
    /// A name finds no deleted stack.
    public var stackName: String?
    /// Where the next page starts.
    public var nextToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name or id; `nil` is all stacks.
    ///   - nextToken: where the next page starts.
    public init(stackName: String? = nil, nextToken: String? = nil) {
        self.stackName = stackName
        self.nextToken = nextToken
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The stacks of this page.
        public var stacks: [Stack] = []
        /// Where the next page starts; `nil` on the last one.
        public var nextToken: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("StackName", self.stackName)
        request.form("NextToken", self.nextToken)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "Stacks": output.stacks = try result.readMembers { xml throws(XMLError) in try Stack(from: &xml) }
            case "NextToken": output.nextToken = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
