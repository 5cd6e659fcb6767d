// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SNSClient
internal import SQSClient

/// Finds the topic, the queues and the subscriptions of a bus, and makes those that are not there.
struct AWSTopology: Sendable {
    private static let suffix = "-dead-letter"
    /// For how long a queue that is made here keeps what nobody fetches: 14 days, the longest (Amazon SQS).
    private static let retentionSeconds = 1_209_600

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
        let filterPolicy = try FilterPolicy.text(of: subscription.filter)
        let deadLetters = try await self.queue(self.configuration.name(subscription.name + Self.suffix), madeWith: [:])
        let plan = QueuePlan(
            topicARN: topicARN, deadLetterARN: deadLetters.arn, maximumDeliveries: subscription.handling.maximumDeliveries)
        let name = self.configuration.name(subscription.name)
        // A queue has its policy from the start: SNS does not repeat what a queue refuses, and a change takes effect after a while.
        let queue = try await self.queue(name, madeWith: try plan.attributes(ofQueueNamed: name))
        let changes = try plan.changes(of: queue.attributes)
        do throws(AWSError) {
            if !changes.isEmpty { try await self.sqs.send(SetQueueAttributes(queueURL: queue.url, attributes: changes)) }
            try await self.subscribe(queue.arn, to: topicARN, policy: filterPolicy)
        } catch {
            throw LamassuEventsError(error)
        }
        return QueueAddresses(queueURL: queue.url, deadLetterURL: deadLetters.url)
    }

    // MARK: Queues

    private struct Queue {
        var url: String
        var arn: String
        var attributes: [String: String]
    }

    /// The queue of a name; it is made where it is not there.
    private func queue(_ name: String, madeWith attributes: [String: String]) async throws(LamassuEventsError) -> Queue {
        do throws(AWSError) {
            let url = try await self.queueURL(name, madeWith: attributes)
            let output = try await self.sqs.send(
                GetQueueAttributes(queueURL: url, attributeNames: ["Policy", "QueueArn", "RedrivePolicy"]))
            let attributes = output.attributes ?? [:]
            return Queue(url: url, arn: try Self.answered(attributes["QueueArn"], by: "GetQueueAttributes"), attributes: attributes)
        } catch {
            throw LamassuEventsError(error)
        }
    }

    private func queueURL(_ name: String, madeWith others: [String: String]) async throws(AWSError) -> String {
        do {
            return try Self.answered(try await self.sqs.send(GetQueueURL(queueName: name)).queueURL, by: "GetQueueUrl")
        } catch {
            guard error.code == .queueDoesNotExist || error.code == Self.olderQueueDoesNotExist else { throw error }
        }
        var attributes = others
        attributes["MessageRetentionPeriod"] = "\(Self.retentionSeconds)"
        attributes["VisibilityTimeout"] = "\(AWSEventBusConfiguration.seconds(self.configuration.visibilityTimeout, atMost: 43_200))"
        // A queue of a topic that tells equal events apart by their text does it too (Amazon SNS, "Message deduplication for FIFO topics").
        if self.configuration.isFIFO { attributes.merge(["FifoQueue": "true", "ContentBasedDeduplication": "true"]) { $1 } }
        return try Self.answered(try await self.sqs.send(CreateQueue(queueName: name, attributes: attributes)).queueURL, by: "CreateQueue")
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
}
