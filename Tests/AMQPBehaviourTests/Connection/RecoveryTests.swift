// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// What a connection is like after the broker has closed it by force and the client has made it anew.
@Suite(.timeLimit(.minutes(2))) struct RecoveryTests {
    /// Runs with a connection that the broker can be told to close, and a way to do that, which returns when it is back.
    private func withConnection(
        to broker: Broker, _ body: (AMQPConnection, _ lose: @Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        let name = freshName("recovery")
        var configuration = try broker.configuration()
        configuration.connectionName = name
        try await broker.withConnection(configuration) { connection in
            try await body(connection) {
                let count = connection.state.recoveries
                let process = try await RabbitMQ.control("list_connections", "pid", "client_properties")
                    .split(separator: "\n").first { $0.contains(name) }?.split(separator: "\t").first
                _ = try await RabbitMQ.control("close_connection", String(try #require(process)), "test of recovery")
                for await state in connection.states where state.recoveries > count && state.phase == .connected { return }
            }
        }
    }

    @Test(arguments: Broker.real)
    func `an exclusive queue of the broker's naming, its binding and its consumer are there again`(broker: Broker) async throws {
        try await self.withConnection(to: broker) { connection, lose in
            try await connection.withChannel { channel in
                let exchange = freshName("recovery")
                try await channel.declareExchange(exchange, type: .topic)
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.bindQueue(queue, to: exchange, routingKey: "#")
                let publisher = try await channel.publisher()
                try await channel.withDeliveries(from: queue, prefetch: 10) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    for number in 1...3 as ClosedRange<UInt8> {
                        try await publisher.publish([number], to: .exchange(exchange, routingKey: "a.b"), mandatory: true)
                        let delivery = try #require(try await iterator.next(isolation: #isolation))
                        #expect(delivery.body == [number])
                        try delivery.ack()
                        try await publisher.publish([number], to: .queue(queue), mandatory: true)
                        try #require(try await iterator.next(isolation: #isolation)).ack()
                        if number < 3 { try await lose() }
                    }
                }
                #expect(connection.state.recoveries == 2)
                #expect(connection.state.notRecovered == [])
                #expect(connection.state.renamedQueues[queue] != nil)
                let status = try await channel.declareQueue(queue, passive: true)
                #expect(status == AMQPQueueStatus(name: queue, messageCount: 0, consumerCount: 0))
                try await channel.deleteExchange(exchange)
            }
        }
    }

    @Test(arguments: Broker.real)
    func `every publish of several tasks is in the queue, whatever was on the way`(broker: Broker) async throws {
        try await self.withConnection(to: broker) { connection, lose in
            try await connection.withChannel { channel in
                let queue = freshName("recovery")
                try await channel.declareQueue(queue, durable: true)
                let publisher = try await channel.publisher(window: 20)
                let count = 2_000
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<10 {
                        group.addTask {
                            for number in 0..<count / 10 {
                                let properties = AMQPProperties(deliveryMode: .persistent, messageID: "\(task)-\(number)")
                                try await publisher.publish([1], properties: properties, to: .queue(queue), mandatory: true)
                            }
                        }
                    }
                    for _ in 0..<2 { try await lose() }
                    try await group.waitForAll()
                }
                var seen: Set<String> = []
                try await channel.withDeliveries(from: queue, prefetch: 100) { deliveries in
                    for try await delivery in deliveries {
                        seen.insert(delivery.properties.messageID ?? "")
                        try delivery.ack()
                        if seen.count == count { break }
                    }
                }
                #expect(seen.count == count)
                try await channel.deleteQueue(queue)
            }
        }
    }

    @Test(arguments: Broker.real)
    func `what was not settled comes again, and a settlement of before is not sent`(broker: Broker) async throws {
        try await self.withConnection(to: broker) { connection, lose in
            try await connection.withChannel { channel in
                let queue = freshName("recovery")
                try await channel.declareQueue(queue, durable: true)
                let publisher = try await channel.publisher()
                for number in 1...3 as ClosedRange<UInt8> { try await publisher.publish([number], to: .queue(queue), mandatory: true) }
                try await channel.withDeliveries(from: queue, prefetch: 10) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    let first = try #require(try await iterator.next(isolation: #isolation))
                    let second = try #require(try await iterator.next(isolation: #isolation))
                    try await lose()
                    try first.ack()
                    try second.nack(requeue: false)
                    var bodies: [[UInt8]] = []
                    for _ in 0..<3 {
                        let again = try #require(try await iterator.next(isolation: #isolation))
                        bodies.append(again.body)
                        #expect(again.redelivered)
                        try again.ack()
                    }
                    #expect(bodies == [[1], [2], [3]])
                }
                #expect(try await channel.deleteQueue(queue) == 0)
            }
        }
    }

    @Test(arguments: Broker.real)
    func `what was deleted stays deleted, and what was not is there`(broker: Broker) async throws {
        try await self.withConnection(to: broker) { connection, lose in
            let kept = freshName("kept")
            let deleted = freshName("deleted")
            try await connection.withChannel { channel in
                for queue in [kept, deleted] { try await channel.declareQueue(queue, exclusive: true) }
                try await channel.deleteQueue(deleted)
                try await lose()
                let status = try await channel.declareQueue(kept, passive: true)
                #expect(status.name == kept)
            }
            let code = await errorCode { try await connection.withChannel { try await $0.declareQueue(deleted, passive: true) } }
            #expect(code == .notFound)
        }
    }
}
