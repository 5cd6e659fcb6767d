// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Ends a subscription; one that does not exist is no error.
///
/// API reference: [Unsubscribe](https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html).
public struct Unsubscribe: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "Unsubscribe" }

    /// The subscription's ARN.
    public var subscriptionARN: String

    /// Makes the operation.
    ///
    /// - Parameter subscriptionARN: the subscription's ARN.
    public init(subscriptionARN: String) { self.subscriptionARN = subscriptionARN }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("SubscriptionArn", self.subscriptionARN)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
