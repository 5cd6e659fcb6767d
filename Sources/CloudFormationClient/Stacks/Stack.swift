// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A stack as AWS has it; a member AWS left out is `nil` or empty.
public struct Stack: Hashable, Sendable {
    /// The stack's id, an ARN; unlike the name it names the stack also after its deletion.
    public var stackID: String?
    /// The stack's name.
    public var stackName: String
    /// What the stack is for.
    public var description: String?
    /// How far it is.
    public var status: StackStatus
    /// Why it has this status.
    public var statusReason: String?
    /// The values of the template's parameters.
    public var parameters: [StackParameter]
    /// What the stack gives out.
    public var outputs: [StackOutput]
    /// The stack's tags.
    public var tags: [StackTag]

    /// The value of an output.
    ///
    /// - Parameter key: the output's name in the template.
    /// - Returns: its value, or `nil` when the stack has no such output.
    public func output(_ key: String) -> String? { self.outputs.first { $0.key == key }?.value }

    /// Makes a stack, for tests of what handles one.
    package init(name: String, id: String?, status: StackStatus) {
        self.stackID = id
        self.stackName = name
        self.status = status
        self.parameters = []
        self.outputs = []
        self.tags = []
    }

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.init(name: "", id: nil, status: StackStatus(rawValue: ""))
        while let name = try xml.nextElement() {
            switch name {
            case "StackId": self.stackID = try xml.readText()
            case "StackName": self.stackName = try xml.readText()
            case "Description": self.description = try xml.readText()
            case "StackStatus": self.status = StackStatus(rawValue: try xml.readText())
            case "StackStatusReason": self.statusReason = try xml.readText()
            case "Parameters": self.parameters = try xml.readMembers { xml throws(XMLError) in try StackParameter(from: &xml) }
            case "Outputs": self.outputs = try xml.readMembers { xml throws(XMLError) in try StackOutput(from: &xml) }
            case "Tags": self.tags = try xml.readMembers { xml throws(XMLError) in try StackTag(from: &xml) }
            default: try xml.skip()
            }
        }
    }
}
