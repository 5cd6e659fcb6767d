// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    private struct Failure: Error {}

    @Test(arguments: Broker.all) func `what is published in a transaction is there when it is committed`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.withTransaction { transaction in
                for byte in 0..<10 as Range<UInt8> { try await transaction.publish([byte], to: .queue(queue)) }
                #expect(try await channel.depth(of: queue) == 0)
            }
            #expect(try await channel.depth(of: queue) == 10)
        }
    }

    @Test(arguments: Broker.all) func `what is rolled back was never published`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            await #expect(throws: Failure.self) {
                try await channel.withTransaction { transaction in
                    try await transaction.publish([1], to: .queue(queue))
                    throw Failure()
                }
            }
            try await channel.withTransaction { try await $0.publish([2], to: .queue(queue)) }
            #expect(try await channel.get(from: queue)?.body == [2])
            #expect(try await channel.get(from: queue) == nil)
        }
    }

    @Test(arguments: Broker.all) func `a message moves from queue to queue in one step, or stays`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            let source = freshName("source")
            let target = freshName("target")
            try await connection.withChannel { setup in
                try await setup.declareQueue(source, exclusive: true)
                try await setup.declareQueue(target, exclusive: true)
                try await setup.publisher().publish([7], to: .queue(source), mandatory: true)
            }
            try await connection.withChannel { channel in
                try await channel.withDeliveries(from: source, prefetch: 1) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    let delivery = try await iterator.one()
                    await #expect(throws: Failure.self) {
                        try await channel.withTransaction { transaction in
                            try await transaction.publish(delivery.body, to: .queue(target))
                            try delivery.ack()
                            throw Failure()
                        }
                    }
                    try await channel.withTransaction { transaction in
                        try await transaction.publish(delivery.body, to: .queue(target))
                        try delivery.ack()
                    }
                }
            }
            try await connection.withChannel { channel in
                let moved = try await channel.drain(target, count: 1)
                #expect(moved == [[7]])
                #expect(try await channel.depth(of: source) == 0)
                #expect(try await channel.depth(of: target) == 0)
            }
        }
    }

    @Test(arguments: Broker.all) func `an acknowledgement that is rolled back has the message come again when the channel closes`(
        broker: Broker
    ) async throws {
        try await broker.withConnection { connection in
            let queue = freshName("rollback")
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.publisher().publish([7], to: .queue(queue), mandatory: true)
            }
            try await connection.withChannel { channel in
                let delivery = try #require(try await channel.get(from: queue))
                await #expect(throws: Failure.self) {
                    try await channel.withTransaction { _ in
                        try delivery.ack()
                        throw Failure()
                    }
                }
            }
            try await connection.withChannel { channel in
                let again = try await channel.take(1, from: queue)
                #expect(again.map(\.redelivered) == [true])
            }
        }
    }

    @Test(arguments: Broker.all) func `a mandatory message that no queue takes is told of, and the others are committed`(
        broker: Broker
    ) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            let nowhere = freshName("nowhere")
            let error = try await amqpError {
                try await channel.withTransaction { transaction in
                    try await transaction.publish([1], to: .queue(queue))
                    try await transaction.publish([2], to: .queue(nowhere), mandatory: true)
                }
            }
            #expect(error.code == .returned)
            #expect(error.returnedMessage?.routingKey == nowhere)
            #expect(try await channel.depth(of: queue) == 1)
        }
    }

    @Test(arguments: Broker.all) func `a transaction with a publish to nowhere fails with its channel`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let code = await errorCode {
                try await channel.withTransaction { try await $0.publish([1], to: .exchange(freshName("nowhere"))) }
            }
            #expect(code == .notFound)
        }
    }
}
