// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Sets an attribute of a subscription.
///
/// API reference: [SetSubscriptionAttributes](https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html).
public struct SetSubscriptionAttributes: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "SetSubscriptionAttributes" }

    /// The subscription's ARN.
    public var subscriptionARN: String
    /// The attribute, such as `FilterPolicy`.
    public var attributeName: String
    /// Its value; for `FilterPolicy` the text `{}` wants all messages.
    public var attributeValue: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - subscriptionARN: the subscription's ARN.
    ///   - attributeName: the attribute.
    ///   - attributeValue: its value.
    public init(subscriptionARN: String, attributeName: String, attributeValue: String? = nil) {
        self.subscriptionARN = subscriptionARN
        self.attributeName = attributeName
        self.attributeValue = attributeValue
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("SubscriptionArn", self.subscriptionARN)
        request.form("AttributeName", self.attributeName)
        request.form("AttributeValue", self.attributeValue)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
