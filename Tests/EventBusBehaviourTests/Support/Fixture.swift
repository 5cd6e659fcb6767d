// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import AWSEventBus
import AWSRuntime
import AWSSigner
import CloudEvents
import CurlTransport
import JSONCoding
import LamassuEvents
import Logging
import SNSClient
import SQSClient
import TestSupport
import Transport
import TransportTesting

/// A bus with an exchange or a topic that no other test uses.
final class Fixture: Sendable {
    struct Letter: Hashable {
        var body: [UInt8]
        var reason: String
    }

    private static let username = "lamassu"

    let kind: BusKind
    let name = "test-bus-\(UInt64.random(in: .min ... .max))"
    private let broker = InMemoryBroker(users: [Fixture.username: "secret"])
    private let inProcess = InProcessEventBus(publishTimeout: .seconds(20), logger: .silent)

    init(_ kind: BusKind) { self.kind = kind }

    // MARK: Buses

    /// A bus; each call but one in process makes a new one of the same exchange or topic, as another process would.
    func bus() throws -> any EventBus {
        switch self.kind {
        case .inProcess: return self.inProcess
        case .inMemoryBroker, .rabbitMQ:
            var publishing = EventPublisherConfiguration(broker: try self.amqp(), source: .ca)
            publishing.topology = self.sink
            var configuration = AMQPEventBusConfiguration(broker: try self.amqp())
            configuration.exchange = self.name
            configuration.reconnectBackoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(500))
            return AMQPEventBus(
                configuration, publisher: LamassuEventPublisher(publishing, transport: self.transport, logger: .silent),
                transport: self.transport, logger: .silent)
        case .standardTopic, .fifoTopic:
            let client = try Self.client()
            return AWSEventBus(self.awsConfiguration(), sns: SNSClient(client), sqs: SQSClient(client), logger: .silent)
        }
    }

    /// A topic of this fixture's own, and short waits.
    func awsConfiguration() -> AWSEventBusConfiguration {
        var configuration = AWSEventBusConfiguration(topic: self.name)
        configuration.isFIFO = self.kind == .fifoTopic
        configuration.waitTime = .seconds(1)
        configuration.visibilityTimeout = .seconds(4)
        configuration.backoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(500))
        return configuration
    }

    /// A subscription that loses no time.
    func subscription(
        _ suffix: String = "one", filter: EventFilter = .all, _ configure: (inout HandlingConfiguration) -> Void = { _ in }
    ) -> Subscription {
        var handling = HandlingConfiguration()
        handling.backoff = Backoff(initial: .milliseconds(5), maximum: .milliseconds(50))
        configure(&handling)
        return Subscription("\(self.name)-\(suffix)", filter: filter, handling: handling)
    }

    /// Runs a bus with one subscription while a closure runs, from when events reach it, and drains it.
    func withSubscriber(
        _ subscription: Subscription, _ handler: any EventHandler, parkedStore: (any ParkedStore)? = nil,
        _ body: (any EventBus) async throws -> Void
    ) async throws {
        let bus = try self.bus()
        try bus.subscribe(subscription, handler: handler, parkedStore: parkedStore)
        try await self.withRunning(bus, [subscription], body)
    }

    /// Runs a bus while a closure runs, from when events reach its subscriptions, and drains it.
    func withRunning(_ bus: any EventBus, _ subscriptions: [Subscription], _ body: (any EventBus) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await eventually("the subscriptions are connected") {
                subscriptions.allSatisfy { bus.statistics(of: $0.name)?.isConnected == true }
            }
            try await body(bus)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    // MARK: Events

    func event(
        _ type: EventType = .caCreate, _ subject: EventSubject? = .ca("one"), _ payload: JSONValue = .null, source: EventSource = .ca
    ) throws -> CloudEvent {
        var event = try CloudEvent(
            id: .random(), source: source.rawValue, type: type.rawValue, subject: subject?.description, time: .now, json: payload)
        event[.sequence] = "0000000000001.0000000001"
        return event
    }

    /// Puts bytes into the queue of a subscription, past the bus.
    func send(_ body: String, to subscription: Subscription) async throws {
        if self.kind.isAWS {
            let sqs = SQSClient(try Self.client())
            let isFIFO = self.kind == .fifoTopic
            let queueURL = try await sqs.send(GetQueueURL(queueName: self.queueName(subscription.name))).queueURL ?? ""
            _ = try await sqs.send(
                SendMessage(
                    queueURL: queueURL, messageBody: body, messageDeduplicationID: isFIFO ? "d" : nil, messageGroupID: isFIFO ? "g" : nil))
        } else {
            try await self.withChannel { channel in
                let properties = AMQPProperties(contentType: "application/json")
                try await channel.publisher().publish(
                    Array(body.utf8), properties: properties, to: .queue(subscription.name), mandatory: true)
            }
        }
    }

    /// The dead letters of a subscription, each of them once; waits until there are as many.
    func deadLetters(_ count: Int, of subscription: Subscription) async throws -> [Letter] {
        var letters: [Letter] = []
        try await eventually("there are \(count) dead letters") {
            for letter in try await self.takeDeadLetters(of: subscription) where !letters.contains(letter) { letters.append(letter) }
            return letters.count >= count
        }
        return letters
    }

    private func takeDeadLetters(of subscription: Subscription) async throws -> [Letter] {
        switch self.kind {
        case .inProcess:
            return try self.inProcess.deadLetters.filter { $0.subscription == subscription.name }.map {
                Letter(body: try $0.event.encoded(as: .json), reason: $0.reason)
            }
        case .inMemoryBroker, .rabbitMQ:
            return try await self.withChannel { channel in
                guard let message = try await channel.get(from: "\(subscription.name).dead-letter") else { return [] }
                try message.ack()
                return [Letter(body: message.body, reason: message.properties.headers?["x-lamassu-reason"]?.stringValue ?? "")]
            }
        case .standardTopic, .fifoTopic:
            let sqs = SQSClient(try Self.client())
            let queueURL = try await sqs.send(GetQueueURL(queueName: self.queueName("\(subscription.name)-dead-letter"))).queueURL ?? ""
            let received = try await sqs.send(
                ReceiveMessage(queueURL: queueURL, messageAttributeNames: ["All"], maxNumberOfMessages: 10, waitTimeSeconds: 1))
            return try await (received.messages ?? []).asyncMap { message in
                try await sqs.send(DeleteMessage(queueURL: queueURL, receiptHandle: message.receiptHandle ?? ""))
                return Letter(
                    body: Array((message.body ?? "").utf8), reason: message.messageAttributes?["x-lamassu-reason"]?.stringValue ?? "")
            }
        }
    }

    // MARK: Servers

    /// Removes what the bus has made for these subscriptions.
    func remove(_ subscriptions: Subscription...) async throws {
        switch self.kind {
        case .inProcess, .inMemoryBroker: break
        case .rabbitMQ:
            try await self.withChannel { channel in
                for subscription in subscriptions {
                    try await channel.deleteQueue(subscription.name)
                    try await channel.deleteQueue("\(subscription.name).dead-letter")
                }
                try await channel.deleteQueue(self.sink.queue)
                try await channel.deleteQueue(self.sink.deadLetterQueue)
                try await channel.deleteExchange(self.name)
            }
        case .standardTopic, .fifoTopic:
            let sqs = SQSClient(try Self.client())
            for subscription in subscriptions {
                for name in [subscription.name, "\(subscription.name)-dead-letter"] {
                    let queueURL = try await sqs.send(GetQueueURL(queueName: self.queueName(name))).queueURL ?? ""
                    try await sqs.send(DeleteQueue(queueURL: queueURL))
                }
            }
        }
    }

    /// Cuts every connection to the broker.
    func cut() async throws {
        if self.kind == .rabbitMQ {
            try await TestServers.control(["close_all_connections", "a test"])
        } else {
            self.broker.dropConnections()
        }
    }

    /// Where a publisher's own queue is, which gets everything and belongs to nobody here.
    private var sink: EventTopology {
        EventTopology(exchange: self.name, queue: "\(self.name).sink", deadLetterQueue: "\(self.name).sink.dead-letter")
    }

    private func queueName(_ name: String) -> String { self.kind == .fifoTopic ? "\(name).fifo" : name }

    private func amqp() throws -> AMQPConfiguration {
        self.kind == .rabbitMQ
            ? try AMQPConfiguration(uri: TestServers.amqpURL)
            : AMQPConfiguration(host: "in-memory", credentials: .plain(username: Self.username, password: "secret"))
    }

    private var transport: any ByteStreamTransport { self.kind == .rabbitMQ ? .curl : self.broker.transport }

    private func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        try await AMQPClient.withConnection(to: self.amqp(), over: self.transport, logger: .silent) { connection in
            try await connection.withChannel(body)
        }
    }

    static func client() throws -> AWSClient {
        AWSClient(
            AWSConfiguration(
                region: "eu-west-1",
                credentials: StaticCredentialsProvider(
                    AWSCredentials(accessKeyID: try TestServers.awsAccessKeyID, secretAccessKey: try TestServers.awsSecretAccessKey)),
                endpoint: try AWSEndpoint(url: try TestServers.awsEndpoint)),
            transport: .curl, logger: .silent)
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
