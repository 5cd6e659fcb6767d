// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A stack as it should be.
public struct StackDeployment: Hashable, Sendable {
    /// The stack's name.
    public var stackName: String
    /// The template, JSON or YAML, of at most 51200 bytes.
    public var templateBody: String
    /// The values of the template's parameters; by default none.
    public var parameters: [StackParameter]
    /// What the template may do; by default nothing special.
    public var capabilities: [StackCapability]
    /// The stack's tags; by default none.
    public var tags: [StackTag]
    /// How long to wait for the stack; by default 15 minutes.
    ///
    /// CloudFormation goes on when nobody waits any more.
    public var timeout: Duration
    /// How long to wait between two looks at the stack; by default 2 seconds.
    public var pollInterval: Duration

    /// Describes a stack.
    ///
    /// - Parameters:
    ///   - stackName: the stack's name.
    ///   - templateBody: the template, JSON or YAML.
    ///   - parameters: the values of the template's parameters.
    ///   - capabilities: what the template may do.
    ///   - tags: the stack's tags.
    ///   - timeout: how long to wait for the stack.
    ///   - pollInterval: how long to wait between two looks at the stack.
    public init(
        stackName: String, templateBody: String, parameters: [StackParameter] = [], capabilities: [StackCapability] = [],
        tags: [StackTag] = [], timeout: Duration = .seconds(900), pollInterval: Duration = .seconds(2)
    ) {
        self.stackName = stackName
        self.templateBody = templateBody
        self.parameters = parameters
        self.capabilities = capabilities
        self.tags = tags
        self.timeout = timeout
        self.pollInterval = pollInterval
    }
}
