// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A subscription of a topic; a member AWS left out is `nil`.
public struct TopicSubscription: Hashable, Sendable {
    /// The subscription's ARN; the text `PendingConfirmation` until it is confirmed.
    public var subscriptionARN: String?
    /// The account of its owner.
    public var owner: String?
    /// How messages are delivered, such as `sqs`.
    public var protocolName: String?
    /// Where they are delivered: for `sqs` the queue's ARN.
    public var endpoint: String?
    /// The topic's ARN.
    public var topicARN: String?

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        while let name = try xml.nextElement() {
            switch name {
            case "SubscriptionArn": self.subscriptionARN = try xml.readText()
            case "Owner": self.owner = try xml.readText()
            case "Protocol": self.protocolName = try xml.readText()
            case "Endpoint": self.endpoint = try xml.readText()
            case "TopicArn": self.topicARN = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
