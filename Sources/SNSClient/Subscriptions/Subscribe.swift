// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Subscribes an endpoint, such as a queue, to a topic; one that is subscribed with the same attributes is no error, and is answered.
///
/// API reference: [Subscribe](https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html).
public struct Subscribe: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "Subscribe" }

    /// The topic's ARN.
    public var topicARN: String
    /// How messages are delivered, such as `sqs`.
    public var protocolName: String
    /// Where they are delivered: for `sqs` the queue's ARN.
    public var endpoint: String?
    /// The subscription's attributes, such as `RawMessageDelivery`, `FilterPolicy` and `FilterPolicyScope`.
    public var attributes: [String: String]?
    /// Whether the ARN is answered also where the subscription still has to be confirmed; `nil` is no.
    public var returnsSubscriptionARN: Bool?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - topicARN: the topic's ARN.
    ///   - protocolName: how messages are delivered, such as `sqs`.
    ///   - endpoint: where they are delivered.
    ///   - attributes: the subscription's attributes.
    ///   - returnsSubscriptionARN: whether the ARN is answered also where the subscription still has to be confirmed.
    public init(
        topicARN: String, protocolName: String, endpoint: String? = nil, attributes: [String: String]? = nil,
        returnsSubscriptionARN: Bool? = nil
    ) {
        self.topicARN = topicARN
        self.protocolName = protocolName
        self.endpoint = endpoint
        self.attributes = attributes
        self.returnsSubscriptionARN = returnsSubscriptionARN
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The subscription's ARN, or the text `pending confirmation`.
        public var subscriptionARN: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("TopicArn", self.topicARN)
        request.form("Protocol", self.protocolName)
        request.form("Endpoint", self.endpoint)
        request.form("Attributes", map: self.attributes)
        request.form("ReturnSubscriptionArn", self.returnsSubscriptionARN.map { $0 ? "true" : "false" })
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "SubscriptionArn": output.subscriptionARN = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
