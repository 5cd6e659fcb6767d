// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// Something that happened to a stack or to one of its resources; a member AWS left out is `nil`.
public struct StackEvent: Hashable, Sendable {
    /// The event's id.
    public var eventID: String
    /// The stack's id.
    public var stackID: String?
    /// The resource's name in the template; the stack's own name for an event of the stack.
    public var logicalResourceID: String?
    /// The name AWS gave the resource.
    public var physicalResourceID: String?
    /// The resource's type, such as `AWS::SQS::Queue`.
    public var resourceType: String?
    /// The resource's status since then, such as `CREATE_FAILED`.
    public var resourceStatus: String?
    /// Why it has this status.
    public var resourceStatusReason: String?
    /// The token of the request that led to it.
    public var clientRequestToken: String?
    /// When it happened (ISO 8601).
    public var timestamp: String?

    /// Makes an event, for tests of what handles one.
    package init(id: String, resource: String?, status: String?, reason: String?, token: String?) {
        self.eventID = id
        self.logicalResourceID = resource
        self.resourceStatus = status
        self.resourceStatusReason = reason
        self.clientRequestToken = token
    }

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.eventID = ""
        while let name = try xml.nextElement() {
            switch name {
            case "EventId": self.eventID = try xml.readText()
            case "StackId": self.stackID = try xml.readText()
            case "LogicalResourceId": self.logicalResourceID = try xml.readText()
            case "PhysicalResourceId": self.physicalResourceID = try xml.readText()
            case "ResourceType": self.resourceType = try xml.readText()
            case "ResourceStatus": self.resourceStatus = try xml.readText()
            case "ResourceStatusReason": self.resourceStatusReason = try xml.readText()
            case "ClientRequestToken": self.clientRequestToken = try xml.readText()
            case "Timestamp": self.timestamp = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
