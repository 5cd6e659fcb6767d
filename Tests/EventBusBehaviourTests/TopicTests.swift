// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSEventBus
import CloudEvents
import JSONCoding
import LamassuEvents
import SNSClient
import SQSClient
import TestSupport
import Testing

/// What is particular to the bus over SNS and SQS.
@Suite(.timeLimit(.minutes(3))) struct TopicTests {
    @Test(arguments: [BusKind.standardTopic, .fifoTopic])
    func `a filter that has changed is that of the topic from the next run on`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        for (filter, wanted) in [("ca.#", "ca/one"), ("device.create", "device/one")] {
            let journal = Journal()
            let subscription = fixture.subscription(filter: EventFilter(types: [EventPattern(rawValue: filter)]))
            try await fixture.withSubscriber(subscription, journal) { bus in
                try await bus.publish(fixture.event(.caCreate, .ca("one")))
                try await bus.publish(fixture.event(.deviceCreate, .device("one")))
                try await journal.wait(for: 1)
                try await eventually("it is settled") { bus.statistics(of: subscription.name)?.done == 1 }
                // SNS has left out what is not wanted.
                #expect(bus.statistics(of: subscription.name)?.filtered == 0)
            }
            #expect(journal.events.map(\.event.subject) == [wanted])
        }
        try await fixture.remove(fixture.subscription())
    }

    @Test func `what is there is used, and an event is read from the envelope of a subscription that is not raw`() async throws {
        let fixture = Fixture(.standardTopic)
        let subscription = fixture.subscription()
        let (sns, sqs) = (SNSClient(try Fixture.client()), SQSClient(try Fixture.client()))
        let topicARN = try #require(try await sns.send(CreateTopic(name: fixture.name)).topicARN)
        let queueURL = try #require(try await sqs.send(CreateQueue(queueName: subscription.name)).queueURL)
        let attributes = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["QueueArn"])).attributes
        let queueARN = try #require(attributes?["QueueArn"])
        let made = try await sns.send(Subscribe(topicARN: topicARN, protocol: "sqs", endpoint: queueARN)).subscriptionARN
        let journal = Journal()
        let event = try fixture.event(.caCreate, .ca("one"), ["name": "ü & <x>"])
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(event)
            try await journal.wait(for: 1)
        }
        #expect(journal.events.map(\.event) == [event])
        let found = try await sns.send(ListSubscriptionsByTopic(topicARN: topicARN)).subscriptions
        #expect(found?.map(\.subscriptionARN) == [made])
        // It had no policy, and a queue without one takes nothing from a topic.
        let policies = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["Policy", "RedrivePolicy"])).attributes
        #expect(policies?["Policy"]?.contains(topicARN) == true)
        #expect(policies?["RedrivePolicy"]?.contains("\(subscription.name)-dead-letter") == true)
        try await sns.send(Unsubscribe(subscriptionARN: try #require(made)))
        #expect(try await sns.send(ListSubscriptionsByTopic(topicARN: topicARN)).subscriptions ?? [] == [])
        try await fixture.remove(subscription)
    }

    private static func receives(_ attributes: [String: String]?) throws -> Int? {
        let policy = try JSONValue(parsing: Array((attributes?["RedrivePolicy"] ?? "").utf8))
        return policy["maxReceiveCount"]?.numberValue?.integer(as: Int.self)
    }

    @Test func `a queue that belongs to a subscription to another topic is refused, and left as it is`() async throws {
        let fixture = Fixture(.standardTopic)
        let subscription = fixture.subscription { $0.maximumDeliveries = 4 }
        try await fixture.withSubscriber(subscription, Journal()) { _ in }
        let sqs = SQSClient(try Fixture.client())
        let queueURL = try #require(try await sqs.send(GetQueueURL(queueName: subscription.name)).queueURL)
        let before = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["All"])).attributes
        #expect(try Self.receives(before) == 9)
        #expect(before?["MessageRetentionPeriod"] == "1209600")
        let other = try Fixture(.standardTopic).bus()
        try other.subscribe(subscription, handler: Journal())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await other.run() }
            try await eventually("it is refused") { other.statistics(of: subscription.name)?.lastError?.code == .subscriptionRefused }
            #expect(other.statistics(of: subscription.name)?.isConnected == false)
            group.cancelAll()
            try await group.waitForAll()
        }
        let left = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["All"])).attributes
        #expect(left?["Policy"] == before?["Policy"])

        // What follows the subscription is brought to it.
        try await fixture.withSubscriber(fixture.subscription { $0.maximumDeliveries = 5 }, Journal()) { _ in }
        let after = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: ["RedrivePolicy"])).attributes
        #expect(try Self.receives(after) == 10)
        try await fixture.remove(subscription)
    }

    @Test func `events of a publisher that sets no attributes are filtered by their text`() async throws {
        let fixture = Fixture(.standardTopic)
        var configuration = fixture.awsConfiguration()
        configuration.filterScope = .messageBody
        let client = try Fixture.client()
        let bus = AWSEventBus(configuration, sns: SNSClient(client), sqs: SQSClient(client), logger: .silent)
        let subscription = fixture.subscription(filter: EventFilter(types: ["ca.create"], sources: [.ca]))
        let journal = Journal()
        try bus.subscribe(subscription, handler: journal)
        try await fixture.withRunning(bus, [subscription]) { _ in
            let topicARN = try #require(try await SNSClient(client).send(CreateTopic(name: fixture.name)).topicARN)
            let entries = try [fixture.event(.caDelete), fixture.event(.caCreate, .ca("two"))].enumerated().map { index, event in
                PublishBatchRequestEntry(id: "\(index)", message: String(decoding: try event.encoded(as: .json), as: UTF8.self))
            }
            let published = try await SNSClient(client).send(PublishBatch(topicARN: topicARN, publishBatchRequestEntries: entries))
            #expect(published.successful?.map(\.id) == ["0", "1"])
            try await journal.wait(for: 1)
            #expect(bus.statistics(of: subscription.name)?.filtered == 0)
        }
        #expect(journal.events.map(\.subject) == [.ca("two")])
        try await fixture.remove(subscription)
    }

    @Test func `an event that is too large is refused before it is sent, and a name that is none before anything is made`() async throws {
        let bus = try Fixture(.standardTopic).bus()
        let event = try Fixture(.standardTopic).event(.caCreate, .ca("one"), .string(String(repeating: "x", count: 300_000)))
        await #expect(throws: LamassuEventsError(.eventTooLarge, message: "")) { try await bus.publish(event) }
        for name in ["", "a.b", "ü", String(repeating: "x", count: 64)] {
            #expect(throws: LamassuEventsError(.subscriptionRefused, message: "")) {
                try bus.subscribe(Subscription(name), handler: Journal())
            }
        }
    }
}
