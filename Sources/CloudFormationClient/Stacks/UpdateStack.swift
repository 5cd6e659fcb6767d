// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Starts to update a stack; an update that changes nothing is an error, ``AWSRuntime/AWSErrorCode/validationError``.
///
/// API reference: [UpdateStack](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html).
public struct UpdateStack: CloudFormationOperation {
    /// The operation's name in the model.
    public static var name: String { "UpdateStack" }

    /// The stack's name or id.
    public var stackName: String
    /// The template, JSON or YAML, of at most 51200 bytes; `nil` keeps the one that the stack has.
    public var templateBody: String?
    /// The values of the template's parameters.
    public var parameters: [StackParameter]?
    /// What the template may do.
    public var capabilities: [StackCapability]?
    /// The stack's tags; `nil` keeps them.
    public var tags: [StackTag]?
    /// The ARN of a role that CloudFormation acts as; `nil` is the role of the last operation or the caller.
    public var roleARN: String?
    /// Makes a request that is sent twice one request; `nil` makes it two.
    public var clientRequestToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name or id.
    ///   - templateBody: the template, JSON or YAML; `nil` keeps the one that the stack has.
    ///   - parameters: the values of the template's parameters.
    ///   - capabilities: what the template may do.
    ///   - tags: the stack's tags; `nil` keeps them.
    ///   - roleARN: the ARN of a role that CloudFormation acts as.
    ///   - clientRequestToken: makes a request that is sent twice one request.
    public init(
        stackName: String, templateBody: String?, parameters: [StackParameter]? = nil, capabilities: [StackCapability]? = nil,
        tags: [StackTag]? = nil, roleARN: String? = nil, clientRequestToken: String? = nil
    ) {
        self.stackName = stackName
        self.templateBody = templateBody
        self.parameters = parameters
        self.capabilities = capabilities
        self.tags = tags
        self.roleARN = roleARN
        self.clientRequestToken = clientRequestToken
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The stack's id.
        public var stackID: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("StackName", self.stackName)
        request.form("TemplateBody", self.templateBody)
        request.form("UsePreviousTemplate", self.templateBody == nil ? "true" : nil)
        request.form(parameters: self.parameters)
        request.form("Capabilities", list: self.capabilities?.map(\.rawValue))
        request.form("RoleARN", self.roleARN)
        request.form(tags: self.tags)
        request.form("ClientRequestToken", self.clientRequestToken)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "StackId": output.stackID = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
