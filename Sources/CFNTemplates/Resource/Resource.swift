// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A resource of a stack.
///
/// A type of resource that this library lacks is a struct that conforms to this protocol.
public protocol Resource: Sendable {
    /// The type as CloudFormation names it, such as `AWS::SQS::Queue`.
    static var type: String { get }

    /// The name by which the template knows the resource: 1 to 255 ASCII letters and digits.
    var logicalID: String { get }
    /// What CloudFormation does around the resource.
    var attributes: ResourceAttributes { get set }
    /// The properties, as CloudFormation's reference names them.
    var properties: Properties { get }

    /// Checks what would only fail when the stack is made; by default nothing.
    ///
    /// - Throws: ``TemplateError``, in general with `invalidProperty`.
    func validate() throws(TemplateError)
}

extension Resource {
    /// Finds nothing to refuse.
    public func validate() throws(TemplateError) {}

    /// What `Ref` gives for this resource: its name, ARN, URL or id, as its type says.
    public var ref: Value<String> { Value(.ref(self.logicalID)) }

    /// An attribute of the resource that is known once it is made (`Fn::GetAtt`).
    ///
    /// - Parameter name: the attribute's name, as CloudFormation's reference of the type gives it.
    /// - Returns: the attribute's value.
    public func attribute(_ name: String) -> Value<String> { Value(.attribute(of: self.logicalID, name: name)) }

    /// The same resource, made after others and removed before them, where no property says so already.
    ///
    /// - Parameter resources: the resources it depends on.
    /// - Returns: the resource with that dependency.
    public func dependsOn(_ resources: any Resource...) -> Self {
        var copy = self
        copy.attributes.dependsOn += resources.map(\.logicalID)
        return copy
    }

    /// The same resource with what happens to it when the stack no longer has it.
    ///
    /// - Parameters:
    ///   - removal: what happens when the stack is deleted or the resource leaves the template (`DeletionPolicy`).
    ///   - replacement: what happens to the old one when an update puts a new one in its place (`UpdateReplacePolicy`).
    /// - Returns: the resource with those policies.
    public func onRemoval(_ removal: RemovalPolicy, onReplacement replacement: RemovalPolicy) -> Self {
        var copy = self
        copy.attributes.deletionPolicy = removal
        copy.attributes.updateReplacePolicy = replacement
        return copy
    }
}
