// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct DeathTests {
    /// Makes a queue whose dead letters go to another, runs with both and a publisher, and deletes them.
    private func withQueues(
        on broker: Broker, _ arguments: (AMQPDeadLettering) throws -> AMQPQueueArguments,
        _ body: (AMQPChannel, AMQPPublisher, String, String) async throws -> Void
    ) async throws {
        let (queue, exchange) = (freshName("work"), freshName("dead"))
        try await broker.withChannel { channel in
            try await channel.declareExchange(exchange, type: .fanout)
            let letters = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(letters, to: exchange)
            try await channel.declareQueue(
                queue, durable: true, arguments: arguments(AMQPDeadLettering(to: exchange, routingKey: "letter")))
            do {
                try await body(channel, channel.publisher(), queue, letters)
            } catch {
                _ = try? await broker.withChannel { try await $0.deleteQueue(queue) }
                throw error
            }
            try await channel.deleteQueue(queue)
            try await channel.deleteExchange(exchange)
        }
    }

    /// The only death of the message, which is the first one too, and that it is for this reason.
    private func death(of letter: AMQPDelivery, _ reason: AMQPDeath.Reason, in queue: String) throws -> AMQPDeath {
        let death = try #require(letter.deaths.first)
        #expect(letter.deaths.count == 1)
        #expect(letter.firstDeath == death)
        #expect(letter.routingKey == "letter")
        #expect(death.reason == reason)
        #expect(death.queue == queue)
        #expect(death.exchange == "")
        #expect(death.routingKeys == [queue])
        #expect(death.count == 1)
        #expect(death.time ?? 0 > 1_600_000_000)
        return death
    }

    @Test(arguments: Broker.all) func `a message that expires says what its time to live was`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .classic(deadLettering: $0) }) { channel, publisher, queue, letters in
            var properties = AMQPProperties()
            properties.timeToLive = .milliseconds(1)
            try await publisher.publish([1], properties: properties, to: .queue(queue))
            let letter = try #require(try await channel.take(1, from: letters).first)
            #expect(try self.death(of: letter, .expired, in: queue).originalExpiration == .milliseconds(1))
            #expect(letter.properties.timeToLive == nil)
        }
    }

    @Test(arguments: Broker.all) func `a queue's time to live is the message's death`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .classic(messageTTL: .milliseconds(1), deadLettering: $0) }) {
            channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            let letter = try #require(try await channel.take(1, from: letters).first)
            #expect(try self.death(of: letter, .expired, in: queue).originalExpiration == nil)
        }
    }

    @Test(arguments: Broker.all) func `a message that is rejected says so`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .classic(deadLettering: $0) }) { channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await iterator.one().reject(requeue: false)
            }
            let letter = try #require(try await channel.take(1, from: letters).first)
            _ = try self.death(of: letter, .rejected, in: queue)
        }
    }

    @Test(arguments: Broker.all) func `a message too many says so`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .classic(maximumLength: 1, deadLettering: $0) }) { channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            try await publisher.publish([2], to: .queue(queue))
            let letter = try #require(try await channel.take(1, from: letters).first)
            #expect(letter.body == [1])
            _ = try self.death(of: letter, .maximumLength, in: queue)
        }
    }

    @Test(arguments: Broker.all) func `deaths of the same kind are counted`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .classic(deadLettering: $0) }) { channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            var headers: AMQPTable?
            for count in 1...3 {
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    try await iterator.one().nack(requeue: false)
                }
                let letter = try #require(try await channel.take(1, from: letters).first)
                #expect(letter.deaths.map(\.count) == [count])
                headers = letter.properties.headers
                try await publisher.publish([1], properties: AMQPProperties(headers: headers), to: .queue(queue))
            }
        }
    }

    @Test(arguments: Broker.real) func `a message that is delivered too often says so, and how often before`(broker: Broker) async throws {
        try await self.withQueues(on: broker, { try .quorum(deadLettering: $0, deliveryLimit: 2) }) { channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                for before in [nil, 1, 2] {
                    let delivery = try await iterator.one()
                    #expect(delivery.deliveryCount == before)
                    #expect(delivery.redelivered == (before != nil))
                    try delivery.reject(requeue: true)
                }
            }
            let letter = try #require(try await channel.take(1, from: letters).first)
            _ = try self.death(of: letter, .deliveryLimit, in: queue)
        }
    }

    @Test(arguments: Broker.real) func `dead letters of a quorum queue arrive at least once`(broker: Broker) async throws {
        func arguments(_ deadLettering: AMQPDeadLettering) throws -> AMQPQueueArguments {
            var deadLettering = deadLettering
            deadLettering.strategy = .atLeastOnce
            return try .quorum(messageTTL: .milliseconds(1), overflow: .rejectPublish, deadLettering: deadLettering)
        }
        try await self.withQueues(on: broker, arguments) { channel, publisher, queue, letters in
            try await publisher.publish([1], to: .queue(queue))
            let letter = try #require(try await channel.take(1, from: letters).first)
            _ = try self.death(of: letter, .expired, in: queue)
        }
    }
}
