// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What CloudFormation does around a resource: order and removal.
public struct ResourceAttributes: Hashable, Sendable {
    /// The logical ids of the resources that must be there first; by default only those the properties refer to.
    public var dependsOn: [String] = []
    /// What happens to the resource when the stack is deleted or the resource leaves the template; by default it is deleted.
    public var deletionPolicy: RemovalPolicy?
    /// What happens to the old resource when an update replaces it; by default it is deleted.
    public var updateReplacePolicy: RemovalPolicy?

    /// Makes the default: no more dependencies than the properties say, and nothing is kept.
    public init() {}
}

/// What happens to a resource that its stack no longer has.
public enum RemovalPolicy: String, Hashable, Sendable, ExpressionConvertible {
    /// It is deleted with what it holds.
    case delete = "Delete"
    /// It stays, outside any stack.
    case retain = "Retain"

    /// The policy's name.
    public var expression: Expression { self.rawValue.expression }
}
