// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CoreMetrics
import InMemoryLogging
import Logging
import MetricsTestKit
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ObservabilityTests {
    /// A connection on which each thing that is logged or counted happens.
    private func live(_ conversation: Conversation) async throws {
        try await conversation.run(
            broker: { broker in
                try await broker.openPublisher()
                try await broker.startConsumer()
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                _ = try await broker.nextMessage()
                try broker.ack(1)
                _ = try await broker.nextMessage()
                try broker.send(.basicNack(BasicNack(deliveryTag: 2)))
                let message = try await broker.nextMessage()
                let returned = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "q")
                try broker.send(returned, body: [], properties: message.properties)
                try broker.ack(3)
                try broker.deliver(1)
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                try await broker.nextMethod(on: 1)
                try broker.send(.channelClose(ChannelClose(replyCode: .notFound, replyText: "gone")))
                try await broker.nextMethod(on: 1)
            },
            client: { connection in
                _ = try? await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        try await publisher.publish([1], to: .queue("q"))
                        _ = try? await publisher.publish([2], to: .queue("q"))
                        _ = try? await publisher.publish([3], to: .queue("q"), mandatory: true)
                        for try await delivery in deliveries {
                            try delivery.ack()
                            break
                        }
                        try await channel.purgeQueue("q")
                    }
                }
            })
    }

    @Test func `what happens is logged at info or below, with keys and without secrets`() async throws {
        let handler = InMemoryLogHandler()
        var conversation = Conversation()
        conversation.logger = Logger(label: "amqp", factory: { _ in handler })
        conversation.logger.logLevel = .trace
        try await self.live(conversation)
        let entries = handler.entries
        #expect(
            entries.map(\.message) == [
                "Connected to the broker", "The broker takes no messages for now", "The broker takes messages again", "A channel ended",
                "The connection to the broker ended",
            ])
        #expect(entries.allSatisfy { $0.level <= .info })
        #expect(entries.first?.metadata["amqp.server"] == "ScriptedBroker 1")
        #expect(entries.first?.metadata["amqp.host"] == "broker")
        #expect(entries.first?.metadata["amqp.frame_max"] == "131072")
        #expect(entries.first?.metadata["amqp.heartbeat"] == "0")
        #expect(!entries.contains { "\($0)".contains("secret") })
    }

    @TaskLocal private static var request: String?

    @Test func `what is logged for a task has the metadata of that task`() async throws {
        var handler = InMemoryLogHandler()
        handler.metadataProvider = Logger.MetadataProvider { Self.request.map { ["request": "\($0)"] } ?? [:] }
        var conversation = Conversation()
        conversation.logger = Logger(label: "amqp", factory: { [handler] _ in handler })
        conversation.logger.logLevel = .trace
        try await Self.$request.withValue("7") { [conversation] in try await self.live(conversation) }
        let connected = try #require(handler.entries.first { $0.message == "Connected to the broker" })
        #expect(connected.metadata["request"] == "7")
    }

    @Test func `what happens is counted`() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) { try await self.live(Conversation()) }
        let expected: [String: Int64] = [
            "connections": 1, "blocked": 1, "published": 3, "confirmed": 1, "nacked": 1, "returned": 1, "deliveries": 1, "losses": 0,
            "recoveries": 0, "recovery.failed_attempts": 0, "recovery.refused": 0, "republished": 0, "stale_settlements": 0,
            "late_replies": 0,
        ]
        for (name, count) in expected {
            #expect(try metrics.expectCounter("amqp.client.\(name)").totalValue == count, "\(name)")
        }
        #expect(metrics.counters.count == expected.count)
    }

    @Test func `how long a connection was away is measured`() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            try await Conversation.recovering { $0.recovery?.initialDelay = .seconds(3) }.runThroughLosses(
                broker: { brokers in
                    try await brokers.open().lose()
                    try await brokers.reopen().serveUntilClosed()
                },
                client: { connection in
                    for await state in connection.states where state.recoveries > 0 && state.phase == .connected { return }
                })
        }
        #expect(try metrics.expectTimer("amqp.client.recovery.duration").values == [3_000_000_000])
    }
}
