// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization
import TestSupport
import Testing
import TransportTesting

/// Many tasks at a time on one connection, which may break at any moment; for the thread sanitizer above all.
@Suite(.timeLimit(.minutes(3))) struct StressTests {
    private let broker = InMemoryBroker(users: ["user": "secret"])

    private func connect<Result>(_ body: (AMQPConnection) async throws -> Result) async throws -> Result {
        let conversation = Conversation()
        return try await AMQPClient.withConnection(
            to: conversation.configuration, over: self.broker.transport, logger: conversation.logger, body)
    }

    private func declareQueue() async throws {
        try await self.connect { connection in
            _ = try await connection.withChannel { try await $0.declareQueue("q", durable: true) }
        }
    }

    // MARK: Publishes, cancellations, closes

    /// What became of messages.
    private struct Tally {
        var published = 0
        var confirmed = 0
        var acknowledged = 0

        static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                published: left.published + right.published, confirmed: left.confirmed + right.confirmed,
                acknowledged: left.acknowledged + right.acknowledged)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `publishes, acknowledgements, cancellations and closes at a time leave nobody waiting and lose nothing`(seed: UInt64) async throws
    {
        try await self.declareQueue()
        let tally = try await self.connect { connection in
            try await withThrowingTaskGroup { group in
                for worker in 0..<8 as Range<UInt64> {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed * 8 + worker)
                        var tally = Tally()
                        for _ in 0..<6 {
                            tally = tally + (try await self.publish(on: connection, cancelling: .random(using: &generator)))
                            tally = tally + (try await self.consume(on: connection, count: .random(in: 0..<3, using: &generator)))
                        }
                        return tally
                    }
                }
                return try await group.reduce(Tally(), +)
            }
        }
        let left = try #require(self.broker.messages(in: "q")).count
        #expect(left + tally.acknowledged >= tally.confirmed, "what was confirmed is in the queue, or was taken from it")
        #expect(left + tally.acknowledged <= tally.published, "nothing is there twice")
        #expect(tally.confirmed > 0)
    }

    /// Publishes from many tasks through a small window, on a channel of its own, and cancels some or none of them.
    private func publish(on connection: AMQPConnection, cancelling: Bool) async throws -> Tally {
        try await connection.withChannel { channel in
            let publisher = try await channel.publisher(window: 3)
            return await withTaskGroup { group in
                for _ in 0..<10 {
                    group.addTask {
                        (try? await publisher.publish([1], to: .queue("q"), mandatory: true)) == nil ? 0 : 1
                    }
                }
                if cancelling { group.cancelAll() }
                return Tally(published: 10, confirmed: await group.reduce(0, +))
            }
        }
    }

    /// Takes deliveries and settles each from two tasks at a time, of which one may have its way.
    private func consume(on connection: AMQPConnection, count: Int) async throws -> Tally {
        guard count > 0 else { return Tally() }
        let acknowledged = Counter()
        try await connection.withChannel { channel in
            try await channel.withDeliveries(from: "q", prefetch: 5) { deliveries in
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await delivery in deliveries.prefix(count) {
                            await withTaskGroup { settling in
                                for _ in 0..<2 { settling.addTask { if (try? delivery.ack()) != nil { acknowledged.increment() } } }
                            }
                        }
                    }
                    // Others may have been faster: a delivery that may never come is not waited for.
                    group.addTask { for _ in 0..<20 { try await channel.declareQueue("q", passive: true) } }
                    _ = await group.nextResult()
                    group.cancelAll()
                }
            }
        }
        return Tally(acknowledged: acknowledged.value)
    }

    /// A count that many tasks raise.
    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { self.count.withLock { $0 } }

        func increment() { self.count.withLock { $0 += 1 } }
    }

    // MARK: A connection that is lost

    @Test func `no message is lost when many tasks acknowledge while the connection breaks`() async throws {
        let count = 600
        try await self.declareQueue()
        for number in 0..<count { self.broker.publish([UInt8(number >> 8), UInt8(number & 255)], routingKey: "q") }
        var seen: Set<[UInt8]> = []
        var losses = 0
        while seen.count < count {
            do {
                try await self.connect { connection in
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 32) { deliveries in
                            try await withThrowingTaskGroup { group in
                                var taken = 0
                                for try await delivery in deliveries {
                                    taken += 1
                                    seen.insert(delivery.body)
                                    if taken == 100 { group.addTask { self.broker.dropConnections() } }
                                    for _ in 0..<2 { group.addTask { try? delivery.ack() } }
                                    if seen.count == count { break }
                                }
                            }
                        }
                    }
                }
            } catch let error as AMQPError where error.code == .connectionLost {
                losses += 1
            }
        }
        #expect(losses > 0)
    }

    /// The messages that are still to be confirmed, and how often the connections were dropped.
    private final class Work: Sendable {
        let pending: Mutex<[Int]>
        let drops = Counter()

        init(count: Int) { self.pending = Mutex(Array(0..<count)) }
    }

    @Test func `every message that was confirmed is in the queue, through connections that break under many publishers`() async throws {
        let count = 400
        try await self.declareQueue()
        let work = Work(count: count)
        while work.pending.withLock({ !$0.isEmpty }) {
            try? await self.connect { connection in
                await withThrowingTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await connection.withChannel { channel in
                                let publisher = try await channel.publisher(window: 4)
                                while let number = work.pending.withLock({ $0.popLast() }) {
                                    do {
                                        try await publisher.publish([UInt8(number >> 8), UInt8(number & 255)], to: .queue("q"))
                                    } catch {
                                        work.pending.withLock { $0.append(number) }
                                        throw error
                                    }
                                    if number.isMultiple(of: 40) {
                                        work.drops.increment()
                                        self.broker.dropConnections()
                                    }
                                }
                            }
                        }
                    }
                    while let result = await group.nextResult() { _ = result }
                }
            }
        }
        let bodies = try #require(self.broker.messages(in: "q")).map(\.body)
        #expect(Set(bodies).count == count)
        #expect(work.drops.value == count / 40)
    }

    @Test func `all that waits is told when the connection breaks under it, and all that comes later too`() async throws {
        try await self.declareQueue()
        for _ in 0..<10 {
            let told = try await self.connect { connection in
                try await withThrowingTaskGroup { group in
                    for index in 0..<12 {
                        group.addTask {
                            while true {
                                let error = await errorCode {
                                    switch index % 3 {
                                    case 0: try await connection.withChannel { try await $0.publisher().publish([1], to: .queue("q")) }
                                    case 1: _ = try await connection.withChannel { try await $0.declareQueue("q", passive: true) }
                                    default:
                                        try await connection.withChannel { channel in
                                            try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                                                for try await delivery in deliveries { try delivery.ack() }
                                            }
                                        }
                                    }
                                }
                                if let error { return error }
                            }
                        }
                    }
                    group.addTask { await connection.waitUntilEnded()?.code ?? .cancelled }
                    for _ in 0..<20 { await Task.yield() }
                    self.broker.dropConnections()
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(told.count == 13)
            #expect(told.allSatisfy { $0 == .connectionLost })
        }
    }
}
