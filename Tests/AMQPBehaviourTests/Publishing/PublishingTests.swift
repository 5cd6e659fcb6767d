// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct PublishingTests {
    @Test(arguments: Broker.all) func `a confirmed message is in its queue, with its properties and bytes`(broker: Broker) async throws {
        let queue = freshName("confirm")
        let properties = AMQPProperties(
            contentType: "application/json", headers: ["text": "grüße", "number": 7, "list": [1, true]], deliveryMode: .persistent,
            correlationID: "c", messageID: "m", timestamp: 1_700_000_000, type: "ca.create", appID: "test")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher()
            try await publisher.publish(Array("{}".utf8), properties: properties, to: .queue(queue), mandatory: true)
            try await publisher.publish([], to: .queue(queue), mandatory: true)
            #expect(try await channel.declareQueue(queue, passive: true).messageCount == 2)
            try await channel.withDeliveries(from: queue, prefetch: 10) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let first = try #require(try await iterator.next())
                #expect(first.body == Array("{}".utf8))
                #expect(first.properties == properties)
                #expect(first.exchange == "")
                #expect(first.routingKey == queue)
                #expect(!first.redelivered)
                try first.ack()
                let second = try #require(try await iterator.next())
                #expect(second.body.isEmpty)
                try second.ack()
            }
        }
    }

    @Test(arguments: Broker.all, [1, 131_064, 131_065, 1_048_576, 5_000_003])
    func `a body of any size comes back as it was`(broker: Broker, size: Int) async throws {
        let queue = freshName("size")
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            try await channel.publisher().publish(body, to: .queue(queue), mandatory: true)
            #expect(try await channel.drain(queue, count: 1) == [body])
        }
    }

    @Test(arguments: Broker.all) func `small frames carry a large body`(broker: Broker) async throws {
        let queue = freshName("frames")
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        var configuration = try broker.configuration()
        configuration.maximumFrameBytes = 4_096
        try await broker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.publisher().publish(body, to: .queue(queue), mandatory: true)
                #expect(try await channel.drain(queue, count: 1) == [body])
            }
        }
    }

    @Test(arguments: Broker.all) func `a message that no queue takes is an error of its call`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let publisher = try await channel.publisher()
            let nowhere = freshName("nowhere")
            do throws(AMQPError) {
                try await publisher.publish([1, 2, 3], to: .queue(nowhere), mandatory: true)
                Issue.record("confirmed")
            } catch {
                #expect(error.code == .returned)
                #expect(error.replyCode == .noRoute)
                #expect(error.returnedMessage?.routingKey == nowhere)
                #expect(error.returnedMessage?.exchange == "")
            }
            try await publisher.publish([1, 2, 3], to: .queue(nowhere), mandatory: false)
        }
    }

    @Test(arguments: Broker.all) func `a message for an exchange that is not there closes the channel`(broker: Broker) async throws {
        let code = await errorCode {
            try await broker.withChannel { channel in
                try await channel.publisher().publish([1], to: .exchange(freshName("nowhere")))
            }
        }
        #expect(code == .notFound)
    }

    @Test(arguments: Broker.all) func `a queue that is full and refuses is an error of the call`(broker: Broker) async throws {
        let queue = freshName("full")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true, arguments: ["x-max-length": 1, "x-overflow": "reject-publish"])
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            #expect(await errorCode { try await publisher.publish([2], to: .queue(queue)) } == .nacked)
        }
    }

    @Test(arguments: Broker.all) func `routable and unroutable messages in flight are told apart`(broker: Broker) async throws {
        let queue = freshName("mixed")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher(window: 200)
            let outcomes = await withTaskGroup(of: (Int, AMQPError.Code?).self) { group in
                for number in 0..<2_000 {
                    group.addTask {
                        let destination = number.isMultiple(of: 3) ? AMQPDestination.queue("nowhere") : .queue(queue)
                        return (
                            number,
                            await errorCode {
                                try await publisher.publish(Array("\(number)".utf8), to: destination, mandatory: true)
                            }
                        )
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes.keys.sorted() == (0..<2_000).filter { $0.isMultiple(of: 3) })
            #expect(outcomes.values.allSatisfy { $0 == .returned })
            #expect(try await channel.declareQueue(queue, passive: true).messageCount == 2_000 - outcomes.count)
        }
    }

    /// The hardest case for pairing returns: equal messages to one exchange with one key, whose binding comes and goes meanwhile.
    @Test(arguments: Broker.all) func `exactly those calls succeed whose message is in the queue, while its binding comes and goes`(
        broker: Broker
    ) async throws {
        let queue = freshName("flapping")
        let exchange = freshName("flapping")
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.declareExchange(exchange, type: .fanout)
                let publisher = try await channel.publisher(window: 300)
                let succeeded = try await connection.withChannel { flapping in
                    try await withThrowingTaskGroup(of: [Int].self) { group in
                        let isOver = Atomic(false)
                        group.addTask {
                            repeat {
                                try await flapping.bindQueue(queue, to: exchange)
                                try await flapping.unbindQueue(queue, from: exchange)
                            } while !isOver.load(ordering: .relaxed)
                            return []
                        }
                        // 60 messages are in flight at a time, and their tasks leave the flapping one its turns.
                        for first in 0..<60 {
                            group.addTask {
                                var succeeded: [Int] = []
                                for number in stride(from: first, to: 6_000, by: 60) {
                                    do throws(AMQPError) {
                                        try await publisher.publish(
                                            Array("\(100_000 + number)".utf8), to: .exchange(exchange, routingKey: "k"), mandatory: true)
                                        succeeded.append(number)
                                    } catch {
                                        guard error.code == .returned else { throw error }
                                    }
                                }
                                return succeeded
                            }
                        }
                        var succeeded: Set<Int> = []
                        for _ in 0..<60 { succeeded.formUnion(try await group.next() ?? []) }
                        isOver.store(true, ordering: .relaxed)
                        try await group.waitForAll()
                        return succeeded
                    }
                }
                let bodies = try await channel.drain(queue, count: succeeded.count)
                #expect(Set(bodies) == Set(succeeded.map { Array("\(100_000 + $0)".utf8) }))
                #expect(succeeded.count > 0 && succeeded.count < 6_000, "both outcomes occur")
                #expect(try await channel.declareQueue(queue, passive: true).messageCount == 0)
                try await channel.deleteExchange(exchange)
            }
        }
    }

    @Test(arguments: Broker.all) func `20,000 messages in flight are all confirmed and all there`(broker: Broker) async throws {
        let queue = freshName("many")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher(window: 1_000)
            try await withThrowingTaskGroup { group in
                for number in 0..<20_000 {
                    group.addTask { try await publisher.publish(Array("\(number)".utf8), to: .queue(queue), mandatory: true) }
                }
                try await group.waitForAll()
            }
            let bodies = try await channel.drain(queue, count: 20_000)
            #expect(Set(bodies).count == 20_000)
        }
    }

    @Test(arguments: Broker.all) func `messages of one task stay in order`(broker: Broker) async throws {
        let queue = freshName("order")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher()
            for number in 0..<200 as Range<UInt8> { try await publisher.publish([number], to: .queue(queue)) }
            #expect(try await channel.drain(queue, count: 200) == (0..<200).map { [$0] })
        }
    }
}
