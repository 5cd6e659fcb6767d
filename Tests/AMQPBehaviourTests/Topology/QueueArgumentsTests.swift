// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueueArgumentsTests {
    /// Declares a durable queue twice, which says that the broker took the arguments as they are, runs with it, and deletes it.
    private func withQueue(
        on broker: Broker, _ arguments: AMQPQueueArguments, _ body: (AMQPChannel, String) async throws -> Void = { _, _ in }
    ) async throws {
        let queue = freshName("arguments")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, durable: true, arguments: arguments)
            try await channel.declareQueue(queue, durable: true, arguments: arguments)
            do {
                try await body(channel, queue)
            } catch {
                _ = try? await broker.withChannel { try await $0.deleteQueue(queue) }
                throw error
            }
            try await channel.deleteQueue(queue)
        }
    }

    @Test(arguments: Broker.real) func `a classic queue takes all that the client knows of it`(broker: Broker) async throws {
        try await self.withQueue(
            on: broker,
            .classic(
                messageTTL: .seconds(60), expires: .seconds(600), maximumLength: 10, maximumBytes: 1_000,
                overflow: .rejectPublishAndDeadLetter, deadLettering: AMQPDeadLettering(to: "amq.fanout", routingKey: "dead"),
                maximumPriority: 10, isLazy: true, version: 2, singleActiveConsumer: true))
        try await self.withQueue(
            on: broker, .classic(messageTTL: .milliseconds(315_360_000_000), overflow: .dropHead, maximumPriority: 255, version: 1))
    }

    @Test(arguments: Broker.real) func `a quorum queue takes all that the client knows of it`(broker: Broker) async throws {
        try await self.withQueue(
            on: broker,
            .quorum(
                messageTTL: .seconds(60), expires: .seconds(600), maximumLength: 10, maximumBytes: 1_000, overflow: .rejectPublish,
                deadLettering: AMQPDeadLettering(to: "amq.fanout", routingKey: "dead", strategy: .atLeastOnce), deliveryLimit: 3,
                initialGroupSize: 1, leaderLocator: .balanced, singleActiveConsumer: true))
        try await self.withQueue(
            on: broker,
            .quorum(overflow: .dropHead, deadLettering: AMQPDeadLettering(to: "", strategy: .atMostOnce), leaderLocator: .clientLocal))
    }

    @Test(arguments: Broker.real) func `a stream takes all that the client knows of it`(broker: Broker) async throws {
        try await self.withQueue(
            on: broker,
            .stream(
                maximumBytes: 2_000_000_000, maximumAge: .seconds(86_400), maximumSegmentBytes: 3_000_000_000, filterBytes: 16,
                initialClusterSize: 1, leaderLocator: .clientLocal))
    }

    @Test(
        arguments: [
            ["x-message-ttl": -1], ["x-message-ttl": 315_360_000_001], ["x-expires": 0], ["x-max-length": -1], ["x-max-length-bytes": -1],
            ["x-max-priority": 256], ["x-queue-version": 3], ["x-overflow": "explode"], ["x-dead-letter-routing-key": "alone"],
            ["x-queue-type": "classic", "x-dead-letter-strategy": "at-least-once"],
            ["x-queue-type": "quorum", "x-quorum-initial-group-size": 0], ["x-queue-type": "quorum", "x-max-priority": 5],
            ["x-queue-type": "stream", "x-initial-cluster-size": 0], ["x-queue-type": "stream", "x-max-age": "1.5s"],
            ["x-queue-type": "stream", "x-stream-max-segment-size-bytes": 3_000_000_001], ["x-queue-type": "stream", "x-max-length": 5],
        ] as [AMQPQueueArguments])
    func `what the client does not let one say, the broker refuses`(arguments: AMQPQueueArguments) async throws {
        for broker in Broker.real.prefix(1) {
            let queue = freshName("refused")
            let code = await errorCode {
                try await broker.withChannel { try await $0.declareQueue(queue, durable: true, arguments: arguments) }
            }
            #expect(code == .preconditionFailed)
            try await broker.withChannel { _ = try await $0.deleteQueue(queue) }
        }
    }

    @Test(arguments: Broker.all) func `a full queue refuses what is too many`(broker: Broker) async throws {
        try await self.withQueue(on: broker, .classic(maximumLength: 1, overflow: .rejectPublish)) { channel, queue in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            #expect(await errorCode { try await publisher.publish([2], to: .queue(queue)) } == .nacked)
            #expect(try await channel.drain(queue, count: 1) == [[1]])
        }
    }

    @Test(arguments: Broker.all) func `a full queue drops the oldest message`(broker: Broker) async throws {
        try await self.withQueue(on: broker, .classic(maximumLength: 2, overflow: .dropHead)) { channel, queue in
            let publisher = try await channel.publisher()
            for number in 1...4 { try await publisher.publish([UInt8(number)], to: .queue(queue)) }
            #expect(try await channel.drain(queue, count: 2) == [[3], [4]])
        }
    }

    @Test(arguments: Broker.real) func `a message of higher priority overtakes`(broker: Broker) async throws {
        try await self.withQueue(on: broker, .classic(maximumPriority: 5)) { channel, queue in
            let publisher = try await channel.publisher()
            for priority in [1, 5, 3] as [UInt8] {
                try await publisher.publish([priority], properties: AMQPProperties(priority: priority), to: .queue(queue))
            }
            #expect(try await channel.drain(queue, count: 3) == [[5], [3], [1]])
        }
    }

    @Test(arguments: Broker.real) func `one consumer at a time is active, and the next follows`(broker: Broker) async throws {
        try await self.withQueue(on: broker, .quorum(singleActiveConsumer: true)) { channel, queue in
            let publisher = try await channel.publisher()
            try await channel.withDeliveries(from: queue, prefetch: 10) { active in
                var active = active.makeAsyncIterator()
                try await broker.withChannel { other in
                    try await other.withDeliveries(from: queue, prefetch: 10) { waiting in
                        for number in 1...3 { try await publisher.publish([UInt8(number)], to: .queue(queue)) }
                        for number in 1...3 {
                            let delivery = try await active.one()
                            #expect(delivery.body == [UInt8(number)])
                            try delivery.ack()
                        }
                        _ = waiting
                    }
                }
            }
        }
    }

    @Test(arguments: Broker.real) func `a consumer of higher priority is served first`(broker: Broker) async throws {
        try await self.withQueue(on: broker, .classic()) { channel, queue in
            let publisher = try await channel.publisher()
            try await channel.withDeliveries(from: queue, prefetch: 10, arguments: .queue(priority: -1)) { low in
                var low = low.makeAsyncIterator()
                try await channel.withDeliveries(
                    from: queue, prefetch: 1, arguments: .queue(priority: 10, cancelsOnFailover: true)
                ) { high in
                    var high = high.makeAsyncIterator()
                    for number in 1...2 { try await publisher.publish([UInt8(number)], to: .queue(queue)) }
                    let first = try await high.one()
                    let second = try await low.one()
                    #expect(first.body == [1])
                    #expect(second.body == [2], "the other's prefetch is used up")
                    try first.ack()
                    try second.ack()
                }
            }
        }
    }
}
