// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// Acknowledgements of every kind, messages that are asked for, and recovery.
@Suite(.timeLimit(.minutes(2))) struct SettlingTests {
    /// Runs with a channel and a queue that holds messages of one byte each.
    private func withQueue(on broker: Broker, _ count: UInt8, _ body: (AMQPChannel, String) async throws -> Void) async throws {
        let queue = freshName("settle")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            for byte in 0..<count { try await channel.publish([byte], to: .queue(queue)) }
            try await channel.waitFor(Int(count), in: queue)
            try await body(channel, queue)
        }
    }

    @Test(arguments: Broker.all) func `one acknowledgement settles all before it`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 5) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 5) { deliveries in
                for try await delivery in deliveries where delivery.body == [3] {
                    try delivery.ack(multiple: true)
                    break
                }
            }
            #expect(try await channel.drain(queue, count: 1) == [[4]])
            #expect(try await channel.depth(of: queue) == 0)
        }
    }

    @Test(arguments: Broker.all) func `one acknowledgement leaves the deliveries of other consumers alone`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 1) { channel, queue in
            let other = try await channel.declareQueue(exclusive: true).name
            try await channel.publish([7], to: .queue(other))
            try await channel.withDeliveries(from: other, prefetch: 1) { others in
                var iterator = others.makeAsyncIterator()
                let kept = try await iterator.one()
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    try await iterator.one().ack(multiple: true)
                }
                try kept.nack(requeue: true)
                #expect(try await iterator.one().redelivered)
            }
        }
    }

    @Test(arguments: Broker.all) func `acknowledgements in batches settle all that was acknowledged, and nothing else`(
        broker: Broker
    ) async throws {
        try await self.withQueue(on: broker, 50) { channel, queue in
            try await channel.withDeliveries(
                from: queue, prefetch: 50, acknowledgement: .batched(every: 7, within: .milliseconds(20))
            ) { deliveries in
                var count = 0
                for try await delivery in deliveries {
                    if delivery.body[0] % 10 != 3 { try delivery.ack() }
                    count += 1
                    if count == 50 { break }
                }
            }
            try await channel.recover()
            #expect(try await channel.drain(queue, count: 5).map { $0[0] }.sorted() == [3, 13, 23, 33, 43])
            #expect(try await channel.depth(of: queue) == 0)
        }
    }

    @Test(arguments: Broker.all) func `a batch goes on when the prefetch is used up`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 20) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 2, acknowledgement: .batched(every: 1_000, within: .seconds(600))) {
                deliveries in
                var count = 0
                for try await delivery in deliveries {
                    try delivery.ack()
                    count += 1
                    if count == 20 { break }
                }
            }
            #expect(try await channel.depth(of: queue) == 0)
        }
    }

    @Test(arguments: Broker.all) func `with automatic acknowledgement more comes than the prefetch says, and nothing comes back`(
        broker: Broker
    ) async throws {
        try await self.withQueue(on: broker, 100) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 4, acknowledgement: .automatic) { deliveries in
                var bodies: [UInt8] = []
                for try await delivery in deliveries {
                    #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.ack() }
                    bodies += delivery.body
                    if bodies.count == 100 { break }
                }
                #expect(bodies == Array(0..<100))
            }
            #expect(try await channel.depth(of: queue) == 0)
        }
    }

    @Test(arguments: Broker.all) func `a consumer's tag may be chosen`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 1) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 1, consumerTag: "chosen") { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await iterator.one().ack()
            }
        }
    }

    // MARK: Asked for

    @Test(arguments: Broker.all) func `a message that is asked for tells how many are left`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 3) { channel, queue in
            for byte in 0..<3 as Range<UInt8> {
                let delivery = try #require(try await channel.get(from: queue))
                #expect(delivery.body == [byte])
                #expect(delivery.messageCount == 2 - Int(byte))
                #expect(delivery.routingKey == queue)
                try delivery.ack()
            }
            #expect(try await channel.get(from: queue) == nil)
        }
    }

    @Test(arguments: Broker.all) func `a message that was asked for and is rejected comes again`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 1) { channel, queue in
            try #require(try await channel.get(from: queue)).nack(requeue: true)
            var again = try await channel.get(from: queue)
            while again == nil { again = try await channel.get(from: queue) }
            #expect(again?.redelivered == true)
            try again?.reject(requeue: false)
            #expect(try await channel.get(from: queue) == nil)
        }
    }

    @Test(arguments: Broker.all) func `a message that is acknowledged automatically is gone at once`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 2) { channel, queue in
            let delivery = try #require(try await channel.get(from: queue, automaticallyAcknowledged: true))
            #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.ack() }
            try await channel.recover()
            #expect(try await channel.drain(queue, count: 1) == [[1]])
        }
    }

    @Test(arguments: Broker.all) func `to ask a queue that does not exist closes the channel`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            #expect(await errorCode { try await channel.get(from: freshName("nowhere")) } == .notFound)
            #expect(await errorCode { try await channel.get(from: freshName("nowhere")) } == .notFound)
        }
    }

    // MARK: Recovery

    @Test(arguments: Broker.all) func `a recovery has the same consumer get everything again`(broker: Broker) async throws {
        try await self.withQueue(on: broker, 3) { channel, queue in
            try await channel.withDeliveries(from: queue, prefetch: 3) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let first = try await iterator.one()
                try await iterator.one().ack()
                try await channel.recover()
                #expect(throws: AMQPError(.deliverySettled, message: "")) { try first.ack() }
                var bodies: [UInt8] = []
                for _ in 0..<2 {
                    let delivery = try await iterator.one()
                    #expect(delivery.redelivered || delivery.body == [2], "the last may not have been sent before")
                    bodies += delivery.body
                    try delivery.ack()
                }
                #expect(bodies.sorted() == [0, 2])
            }
        }
    }
}

extension AMQPChannel {
    /// Waits until so many messages are in a queue: those without confirms take their time.
    fileprivate func waitFor(_ count: Int, in queue: String) async throws {
        while try await self.depth(of: queue) < count { await Task.yield() }
    }
}
