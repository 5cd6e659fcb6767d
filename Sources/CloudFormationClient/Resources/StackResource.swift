// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A resource of a stack; a member AWS left out is `nil`.
public struct StackResource: Hashable, Sendable {
    /// The resource's name in the template.
    public var logicalResourceID: String?
    /// The name AWS gave the resource.
    public var physicalResourceID: String?
    /// The resource's type, such as `AWS::SQS::Queue`.
    public var resourceType: String?
    /// The resource's status, such as `CREATE_COMPLETE`.
    public var resourceStatus: String?
    /// Why it has this status.
    public var resourceStatusReason: String?

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        while let name = try xml.nextElement() {
            switch name {
            case "LogicalResourceId": self.logicalResourceID = try xml.readText()
            case "PhysicalResourceId": self.physicalResourceID = try xml.readText()
            case "ResourceType": self.resourceType = try xml.readText()
            case "ResourceStatus": self.resourceStatus = try xml.readText()
            case "ResourceStatusReason": self.resourceStatusReason = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
