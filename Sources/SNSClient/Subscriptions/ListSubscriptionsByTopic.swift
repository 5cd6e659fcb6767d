// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the subscriptions of a topic, page by page, up to 100 each.
///
/// API reference: [ListSubscriptionsByTopic](https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html).
public struct ListSubscriptionsByTopic: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "ListSubscriptionsByTopic" }

    /// The topic's ARN.
    public var topicARN: String
    /// Where the next page starts.
    public var nextToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - topicARN: the topic's ARN.
    ///   - nextToken: where the next page starts.
    public init(topicARN: String, nextToken: String? = nil) {
        self.topicARN = topicARN
        self.nextToken = nextToken
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The subscriptions of this page.
        public var subscriptions: [TopicSubscription] = []
        /// Where the next page starts; `nil` on the last one.
        public var nextToken: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("TopicArn", self.topicARN)
        request.form("NextToken", self.nextToken)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "Subscriptions":
                output.subscriptions = try result.readMembers { xml throws(XMLError) in try TopicSubscription(from: &xml) }
            case "NextToken":
                let token = try result.readText()
                output.nextToken = token.isEmpty ? nil : token
            default: try result.skip()
            }
        }
        return output
    }
}
