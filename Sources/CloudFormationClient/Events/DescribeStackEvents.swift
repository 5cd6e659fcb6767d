// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists what happened to a stack, the newest first, page by page.
///
/// API reference: [DescribeStackEvents](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html).
public struct DescribeStackEvents: CloudFormationOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeStackEvents" }

    /// The stack's name or id; a name finds no deleted stack.
    public var stackName: String
    /// Where the next page starts.
    public var nextToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name or id.
    ///   - nextToken: where the next page starts.
    public init(stackName: String, nextToken: String? = nil) {
        self.stackName = stackName
        self.nextToken = nextToken
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The events of this page.
        public var stackEvents: [StackEvent] = []
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
            case "StackEvents": output.stackEvents = try result.readMembers { xml throws(XMLError) in try StackEvent(from: &xml) }
            case "NextToken": output.nextToken = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
