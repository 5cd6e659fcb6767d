// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SNSClient
internal import SQSClient

/// Finds the topic, the queues and the subscriptions of a bus, and makes those that are not there.
struct AWSTopology: Sendable {
    /// How much more often than a subscriber a queue delivers a message before it moves it to the dead letters by itself, without a reason.
    private static let redriveMargin = 5
    private static let suffix = "-dead-letter"

    var configuration: AWSEventBusConfiguration
    var sns: SNSClient
    var sqs: SQSClient

    /// Whether a queue, and one with the suffixes for dead letters and FIFO, can have this name: 80 characters at most (Amazon SQS).
    static func isQueueName(_ name: String) -> Bool {
        let letters = name.utf8
        return !letters.isEmpty && letters.count <= 80 - Self.suffix.utf8.count - ".fifo".utf8.count
            && letters.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// The topic's ARN; the topic is made where it is not there.
    func topic() async throws(LamassuEventsError) -> String {
        do throws(AWSError) {
            // The topic tells equal events apart by a digest of their text, which holds source and id.
            let attributes = self.configuration.isFIFO ? ["FifoTopic": "true", "ContentBasedDeduplication": "true"] : nil
            let topic = try await self.sns.send(
                CreateTopic(name: self.configuration.name(self.configuration.topic), attributes: attributes))
            return try Self.answered(topic.topicARN, by: "CreateTopic")
        } catch {
            throw LamassuEventsError(error)
        }
    }

    /// Sees to it that a subscription has its queues, and that the topic delivers to them what its filter wants.
    func setUp(_ subscription: Subscription) async throws(LamassuEventsError) -> QueueAddresses {
        let topicARN = try await self.topic()
        let policy = try FilterPolicy.text(of: subscription.filter)
        do throws(AWSError) {
            let deadLetterURL = try await self.queue(self.configuration.name(subscription.name + Self.suffix)) { [:] }
            let deadLetterARN = try await self.arn(of: deadLetterURL)
            let queueURL = try await self.queue(self.configuration.name(subscription.name)) { () throws(AWSError) in
                try self.attributes(of: subscription, topicARN: topicARN, deadLetterARN: deadLetterARN)
            }
            try await self.subscribe(self.arn(of: queueURL), to: topicARN, policy: policy)
            return QueueAddresses(queueURL: queueURL, deadLetterURL: deadLetterURL)
        } catch {
            throw LamassuEventsError(error)
        }
    }

    // MARK: Queues

    private func queue(_ name: String, _ attributes: () throws(AWSError) -> [String: String]) async throws(AWSError) -> String {
        do {
            return try Self.answered(try await self.sqs.send(GetQueueURL(queueName: name)).queueURL, by: "GetQueueUrl")
        } catch {
            guard error.code == .queueDoesNotExist || error.code == Self.olderQueueDoesNotExist else { throw error }
        }
        var attributes = try attributes()
        // A queue of a topic that tells equal events apart by their text does it too (Amazon SNS, "Message deduplication for FIFO topics").
        if self.configuration.isFIFO { attributes.merge(["FifoQueue": "true", "ContentBasedDeduplication": "true"]) { $1 } }
        return try Self.answered(try await self.sqs.send(CreateQueue(queueName: name, attributes: attributes)).queueURL, by: "CreateQueue")
    }

    private func arn(of queueURL: String) async throws(AWSError) -> String {
        let output = try await self.sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["QueueArn"]))
        return try Self.answered(output.attributes?["QueueArn"], by: "GetQueueAttributes")
    }

    private func attributes(
        of subscription: Subscription, topicARN: String, deadLetterARN: String
    ) throws(AWSError) -> [String: String] {
        let receives = min(1_000, (subscription.handling.maximumDeliveries ?? 1_000) + Self.redriveMargin)
        let redrive: JSONValue = ["deadLetterTargetArn": .string(deadLetterARN), "maxReceiveCount": .number(JSONNumber(receives))]
        // The queue is in the account and region of its dead-letter queue.
        let arn = deadLetterARN.split(separator: ":", omittingEmptySubsequences: false).dropLast().joined(separator: ":")
        let policy: JSONValue = [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Principal": ["Service": "sns.amazonaws.com"], "Action": "sqs:SendMessage",
                    "Resource": .string("\(arn):\(self.configuration.name(subscription.name))"),
                    "Condition": ["ArnEquals": ["aws:SourceArn": .string(topicARN)]],
                ]
            ],
        ]
        return [
            "VisibilityTimeout": "\(AWSEventBusConfiguration.seconds(self.configuration.visibilityTimeout, atMost: 43_200))",
            "RedrivePolicy": try Self.text(redrive), "Policy": try Self.text(policy),
        ]
    }

    // MARK: Subscriptions

    private func subscribe(_ queueARN: String, to topicARN: String, policy: String) async throws(AWSError) {
        guard let existing = try await self.subscription(of: queueARN, to: topicARN) else {
            _ = try await self.sns.send(
                Subscribe(
                    topicARN: topicARN, protocol: "sqs", endpoint: queueARN,
                    attributes: [
                        "RawMessageDelivery": "true", "FilterPolicy": policy, "FilterPolicyScope": self.configuration.filterScope.rawValue,
                    ], returnSubscriptionARN: true))
            return
        }
        for (name, value) in [("FilterPolicyScope", self.configuration.filterScope.rawValue), ("FilterPolicy", policy)] {
            try await self.sns.send(SetSubscriptionAttributes(subscriptionARN: existing, attributeName: name, attributeValue: value))
        }
    }

    private func subscription(of queueARN: String, to topicARN: String) async throws(AWSError) -> String? {
        var page: ListSubscriptionsByTopic? = ListSubscriptionsByTopic(topicARN: topicARN)
        while let operation = page, !Task.isCancelled {
            let output = try await self.sns.send(operation)
            if let found = output.subscriptions?.first(where: { $0.endpoint == queueARN }) { return found.subscriptionARN }
            page = operation.nextPage(after: output)
        }
        return nil
    }

    // MARK: Inside

    /// The code of the query protocol, which some answer in JSON too.
    private static let olderQueueDoesNotExist: AWSErrorCode = "AWS.SimpleQueueService.NonExistentQueue"

    private static func answered(_ value: String?, by operation: String) throws(AWSError) -> String {
        guard let value else {
            throw AWSError(.malformedResponse, code: "MalformedResponse", message: "\(operation): AWS answered without what was asked for")
        }
        return value
    }

    private static func text(_ value: JSONValue) throws(AWSError) -> String {
        do throws(JSONError) {
            return String(decoding: try value.encoded(), as: UTF8.self)
        } catch {
            throw AWSError(.invalidRequest, code: "InvalidRequest", message: "an attribute has no JSON form: \(error)")
        }
    }
}
