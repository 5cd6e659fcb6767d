// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConsumingTests {
    /// Runs with a channel and a queue that holds messages of one byte each.
    private func withQueue<Result>(on broker: Broker, _ bodies: [UInt8], _ body: (AMQPChannel, String) async throws -> Result) async throws
        -> Result
    {
        let queue = freshName("consume")
        return try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher()
            for byte in bodies { try await publisher.publish([byte], to: .queue(queue), mandatory: true) }
            return try await body(channel, queue)
        }
    }

    @Test(arguments: Broker.all) func `what is acknowledged is gone`(broker: Broker) async throws {
        try await self.withQueue(on: broker, [1, 2, 3]) { channel, queue in
            let bodies = try await channel.drain(queue, count: 3)
            #expect(bodies == [[1], [2], [3]])
            #expect(try await channel.declareQueue(queue, passive: true).messageCount == 0)
        }
    }

    @Test(arguments: Broker.all, [true, false])
    func `what is rejected with requeue comes again`(broker: Broker, isNack: Bool) async throws {
        try await self.withQueue(on: broker, [7]) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let first = try #require(try await iterator.next())
                #expect(!first.redelivered)
                if isNack { try first.nack(requeue: true) } else { try first.reject(requeue: true) }
                let second = try #require(try await iterator.next())
                #expect(second.body == [7])
                #expect(second.redelivered)
                try second.ack()
            }
        }
    }

    @Test(arguments: Broker.all, [true, false])
    func `what is rejected without requeue goes to the dead letters`(broker: Broker, isNack: Bool) async throws {
        let queue = freshName("work")
        let dead = freshName("dead")
        try await broker.withChannel { channel in
            try await channel.declareQueue(dead, exclusive: true)
            try await channel.declareQueue(
                queue, exclusive: true, arguments: ["x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(dead)])
            try await channel.publisher().publish([9], to: .queue(queue), mandatory: true)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let delivery = try #require(try await iterator.next())
                if isNack { try delivery.nack(requeue: false) } else { try delivery.reject(requeue: false) }
            }
            try await channel.withDeliveries(from: dead, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let delivery = try #require(try await iterator.next())
                #expect(delivery.body == [9])
                #expect(delivery.properties.headers?["x-death"]?.arrayValue?.first?.tableValue?["reason"] == "rejected")
                try delivery.ack()
            }
        }
    }

    @Test(arguments: Broker.all) func `what nobody took goes back when the scope ends, and what was taken can still be settled`(
        broker: Broker
    ) async throws {
        try await self.withQueue(on: broker, [1, 2, 3, 4, 5]) { channel, queue in
            let taken = try await channel.withDeliveries(from: queue, prefetch: 5) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                return try #require(try await iterator.next())
            }
            #expect(taken.body == [1])
            try taken.ack()
            #expect(try await channel.drain(queue, count: 4) == [[2], [3], [4], [5]])
        }
    }

    @Test(arguments: Broker.all) func `the broker sends no more than the prefetch`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...10)) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 3) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                var held: [AMQPDelivery] = []
                for _ in 0..<3 { held.append(try #require(try await iterator.next())) }
                #expect(try await channel.declareQueue(queue, passive: true).messageCount == 7)
                for delivery in held { try delivery.ack() }
            }
        }
    }

    @Test(arguments: Broker.all) func `two consumers of one channel have each its prefetch`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...10)) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 2) { first in
                try await channel.withDeliveries(from: queue, prefetch: 3) { second in
                    var one = first.makeAsyncIterator()
                    var other = second.makeAsyncIterator()
                    for _ in 0..<2 { _ = try await one.next() }
                    for _ in 0..<3 { _ = try await other.next() }
                    #expect(try await channel.declareQueue(queue, passive: true).messageCount == 5)
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `a queue that is deleted ends its consumer`(broker: Broker) async throws {
        try await self.withQueue(on: broker, []) { channel, queue in
            let code = try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                try await channel.deleteQueue(queue)
                return await errorCode { for try await _ in deliveries {} }
            }
            #expect(code == .consumerCancelled)
        }
    }

    @Test(arguments: Broker.all) func `a queue that is not there is an error of the call`(broker: Broker) async throws {
        let code = await errorCode {
            try await broker.withChannel { channel in
                try await channel.withDeliveries(from: freshName("nowhere"), prefetch: 1) { _ in }
            }
        }
        #expect(code == .notFound)
    }

    @Test(arguments: Broker.all) func `an exclusive consumer shuts others out`(broker: Broker) async throws {
        let code = await errorCode {
            try await self.withQueue(on: broker, []) { channel, queue in
                try await channel.withDeliveries(from: queue, prefetch: 1, exclusive: true) { _ in
                    try await channel.withDeliveries(from: queue, prefetch: 1) { _ in }
                }
            }
        }
        #expect(code == .accessRefused)
    }

    @Test(arguments: Broker.all) func `what is not settled when a connection ends comes again`(broker: Broker) async throws {
        let queue = freshName("unsettled")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, autoDelete: false)
            try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
        }
        try await broker.withChannel { channel in
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                _ = try await iterator.next()
            }
        }
        try await broker.withChannel { channel in
            #expect(try await channel.drain(queue, count: 1) == [[1]])
            try await channel.deleteQueue(queue)
        }
    }
}
