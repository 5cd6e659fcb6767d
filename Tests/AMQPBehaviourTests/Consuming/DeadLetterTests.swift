// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct DeadLetterTests {
    /// Runs with a channel, a queue of these arguments, and the queue that its dead letters go to.
    private func withQueues(
        on broker: Broker, _ arguments: AMQPTable, _ body: (AMQPChannel, _ queue: String, _ dead: String) async throws -> Void
    ) async throws {
        try await broker.withChannel { channel in
            let dead = try await channel.declareQueue(exclusive: true).name
            var arguments = arguments
            arguments["x-dead-letter-exchange"] = ""
            arguments["x-dead-letter-routing-key"] = .string(dead)
            let queue = try await channel.declareQueue(exclusive: true, arguments: AMQPQueueArguments(arguments)).name
            try await body(channel, queue, dead)
        }
    }

    /// The entries of a delivery's `x-death`, the time left out.
    private func deaths(of delivery: AMQPDelivery) -> [AMQPTable] {
        (delivery.properties.headers?["x-death"]?.arrayValue ?? []).compactMap(\.tableValue).map { entry in
            #expect((entry["time"].map { if case .timestamp(let time) = $0 { time > 1_600_000_000 } else { false } }) == true)
            return AMQPTable(entry.fields.filter { $0.name != "time" }.map { ($0.name, $0.value) })
        }
    }

    @Test(arguments: Broker.all) func `what waits longer than its queue allows is dead, and says all of it`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-message-ttl": 50]) { channel, queue, dead in
            try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
            let letter = try #require(try await channel.take(1, from: dead).first)
            #expect(letter.body == [1])
            #expect(letter.exchange == "")
            #expect(letter.routingKey == dead)
            #expect(!letter.redelivered)
            #expect(letter.properties.headers?["x-first-death-reason"] == "expired")
            #expect(letter.properties.headers?["x-first-death-queue"] == .string(queue))
            #expect(letter.properties.headers?["x-first-death-exchange"] == "")
            #expect(
                self.deaths(of: letter) == [
                    ["count": 1, "reason": "expired", "queue": .string(queue), "exchange": "", "routing-keys": [.string(queue)]]
                ])
        }
    }

    @Test(arguments: Broker.all) func `a message's own time goes over into its history, so that it does not die twice of it`(broker: Broker)
        async throws
    {
        try await self.withQueues(on: broker, [:]) { channel, queue, dead in
            try await channel.publisher().publish([1], properties: AMQPProperties(expiration: "50"), to: .queue(queue), mandatory: true)
            let letter = try #require(try await channel.take(1, from: dead).first)
            #expect(letter.properties.expiration == nil)
            #expect(self.deaths(of: letter).first?["original-expiration"] == "50")
        }
    }

    @Test(arguments: Broker.all, [("50", 3_600_000), ("3600000", 50)])
    func `the shorter of the queue's time and the message's counts`(broker: Broker, times: (own: String, queue: Int64)) async throws {
        try await self.withQueues(on: broker, ["x-message-ttl": .int64(times.queue)]) { channel, queue, dead in
            try await channel.publisher().publish(
                [1], properties: AMQPProperties(expiration: times.own), to: .queue(queue), mandatory: true)
            #expect(try await channel.drain(dead, count: 1) == [[1]])
        }
    }

    @Test(arguments: Broker.all, ["soon", "-1", "1.5", ""]) func `a time that is none is refused`(broker: Broker, expiration: String)
        async throws
    {
        let error = try await amqpError {
            try await broker.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.publisher().publish([1], properties: AMQPProperties(expiration: expiration), to: .queue(queue))
            }
        }
        #expect(error.code == .preconditionFailed)
        #expect(error.message.contains("invalid expiration"), "\(error)")
    }

    @Test(arguments: Broker.all) func `a time of zero is for those who wait already`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-message-ttl": 0]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue), mandatory: true)
            #expect(try await channel.drain(dead, count: 1) == [[1]])
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await publisher.publish([2], to: .queue(queue), mandatory: true)
                let delivery = try await iterator.one()
                #expect(delivery.body == [2])
                try delivery.ack()
            }
            #expect(try await channel.depth(of: dead) == 0)
        }
    }

    @Test(arguments: Broker.all) func `behind a message that waits none expires`(broker: Broker) async throws {
        try await self.withQueues(on: broker, [:]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            try await publisher.publish([2], properties: AMQPProperties(expiration: "1"), to: .queue(queue))
            // A second queue shows that the time is over.
            try await self.withQueues(on: broker, [:]) { other, witness, witnessed in
                try await other.publisher().publish([3], properties: AMQPProperties(expiration: "50"), to: .queue(witness))
                #expect(try await other.drain(witnessed, count: 1) == [[3]])
            }
            #expect(try await channel.depth(of: queue) == 2)
            #expect(try await channel.drain(queue, count: 1) == [[1]])
            #expect(try await channel.drain(dead, count: 1) == [[2]])
        }
    }

    @Test(arguments: Broker.all) func `a full queue drops its oldest messages`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-max-length": 2]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            for number in 1...5 as ClosedRange<UInt8> { try await publisher.publish([number], to: .queue(queue)) }
            let letters = try await channel.take(3, from: dead)
            #expect(letters.map(\.body) == [[1], [2], [3]])
            #expect(letters.allSatisfy { self.deaths(of: $0).first?["reason"] == "maxlen" })
            #expect(try await channel.drain(queue, count: 2) == [[4], [5]])
        }
    }

    @Test(arguments: Broker.all) func `a queue may be full of bytes`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-max-length-bytes": 10]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            for size in [6, 4, 1] { try await publisher.publish([UInt8](repeating: UInt8(size), count: size), to: .queue(queue)) }
            #expect(try await channel.drain(dead, count: 1).first?.count == 6)
            #expect(try await channel.drain(queue, count: 2).map(\.count) == [4, 1])
        }
    }

    @Test(arguments: Broker.all) func `what is delivered does not fill a queue`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-max-length": 1]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let first = try await iterator.one()
                try await publisher.publish([2], to: .queue(queue))
                #expect(try await channel.depth(of: dead) == 0)
                try first.ack()
                #expect(try await iterator.one().body == [2])
            }
        }
    }

    @Test(arguments: Broker.all) func `a full queue that refuses may bury what it refused`(broker: Broker) async throws {
        try await self.withQueues(on: broker, ["x-max-length": 1, "x-overflow": "reject-publish-dlx"]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            #expect(await errorCode { try await publisher.publish([2], to: .queue(queue)) } == .nacked)
            let letter = try #require(try await channel.take(1, from: dead).first)
            #expect(letter.body == [2])
            #expect(self.deaths(of: letter).first?["reason"] == "maxlen")
            #expect(try await channel.drain(queue, count: 1) == [[1]])
        }
    }

    @Test(arguments: Broker.all) func `without a key of its own a dead letter keeps its key`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let exchange = freshName("letters")
            try await channel.declareExchange(exchange, type: .topic)
            let queue = try await channel.declareQueue(exclusive: true, arguments: ["x-dead-letter-exchange": .string(exchange)]).name
            let dead = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: "amq.topic", routingKey: "\(queue).#")
            try await channel.bindQueue(dead, to: exchange, routingKey: "\(queue).created")
            try await channel.publisher().publish([1], to: .exchange("amq.topic", routingKey: "\(queue).created"), mandatory: true)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await iterator.one().reject(requeue: false)
            }
            let letter = try #require(try await channel.take(1, from: dead).first)
            #expect(letter.exchange == exchange)
            #expect(letter.routingKey == "\(queue).created")
            #expect(self.deaths(of: letter).first?["exchange"] == "amq.topic")
            #expect(self.deaths(of: letter).first?["routing-keys"] == [.string("\(queue).created")])
            try await channel.deleteExchange(exchange)
        }
    }

    @Test(arguments: Broker.all) func `a message that dies again of the same in the same queue is counted, of another it is told first`(
        broker: Broker
    ) async throws {
        try await broker.withChannel { channel in
            // Rejected by the worker, it waits in the second queue until it expires, and goes back: a retry with a delay.
            let (work, wait) = (freshName("work"), freshName("wait"))
            try await channel.declareQueue(
                work, exclusive: true, arguments: ["x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(wait)])
            try await channel.declareQueue(
                wait, exclusive: true,
                arguments: ["x-message-ttl": 20, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(work)])
            try await channel.publisher().publish([1], to: .queue(work), mandatory: true)
            try await channel.withDeliveries(from: work, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                for _ in 0..<2 { try await iterator.one().reject(requeue: false) }
                let third = try await iterator.one()
                let history = self.deaths(of: third)
                #expect(history.map { $0["queue"] } == [.string(wait), .string(work)])
                #expect(history.map { $0["reason"] } == ["expired", "rejected"])
                #expect(history.map { $0["count"]?.integerValue } == [2, 2])
                #expect(third.properties.headers?["x-first-death-reason"] == "rejected")
                try third.ack()
            }
        }
    }

    @Test(arguments: Broker.all) func `a message that goes round by itself is dropped`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = freshName("round")
            try await channel.declareQueue(
                queue, exclusive: true,
                arguments: ["x-message-ttl": 20, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(queue)])
            try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
            try await eventually { try await channel.depth(of: queue) == 0 }
        }
    }

    @Test(arguments: Broker.all) func `dead letters for nowhere are dropped, and harm nobody`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(
                exclusive: true, arguments: ["x-dead-letter-exchange": .string(freshName("nowhere"))]
            ).name
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue), mandatory: true)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await iterator.one().reject(requeue: false)
                try await publisher.publish([2], to: .queue(queue), mandatory: true)
                #expect(try await iterator.one().body == [2])
            }
        }
    }

    @Test(arguments: Broker.all) func `what is purged or deleted with its queue is no dead letter`(broker: Broker) async throws {
        try await self.withQueues(on: broker, [:]) { channel, queue, dead in
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            try await channel.purgeQueue(queue)
            try await publisher.publish([2], to: .queue(queue))
            try await channel.deleteQueue(queue)
            try await publisher.publish([3], to: .queue(dead), mandatory: true)
            #expect(try await channel.drain(dead, count: 1) == [[3]])
        }
    }

    @Test(arguments: Broker.all) func `a quorum queue counts how often a message came back, and gives up at its limit`(broker: Broker)
        async throws
    {
        try await broker.withChannel { channel in
            let (queue, dead) = (freshName("quorum"), try await channel.declareQueue(exclusive: true).name)
            try await channel.declareQueue(
                queue, durable: true,
                arguments: [
                    "x-queue-type": "quorum", "x-delivery-limit": 2, "x-dead-letter-exchange": "",
                    "x-dead-letter-routing-key": .string(dead),
                ])
            try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                var counts: [Int64?] = []
                for _ in 0..<3 {
                    let delivery = try await iterator.one()
                    counts.append(delivery.properties.headers?["x-delivery-count"]?.integerValue)
                    try delivery.nack(requeue: true)
                }
                #expect(counts == [nil, 1, 2])
            }
            let letter = try #require(try await channel.take(1, from: dead).first)
            #expect(self.deaths(of: letter).first?["reason"] == "delivery_limit")
            try await channel.deleteQueue(queue)
        }
    }
}
