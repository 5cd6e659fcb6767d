// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConfirmTests {
    @Test(arguments: Broker.all) func `a message that nobody takes is confirmed where nobody must`(broker: Broker) async throws {
        try await broker.withChannel { try await $0.publisher().publish([1], to: .queue(freshName("nowhere"))) }
    }

    @Test(arguments: Broker.all) func `a return tells where the message was going`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let publisher = try await channel.publisher()
            let error = try await amqpError {
                try await publisher.publish([1], to: .exchange("amq.topic", routingKey: freshName("no.way")), mandatory: true)
            }
            #expect(error.code == .returned)
            #expect(error.replyCode == .noRoute)
            #expect(error.returnedMessage?.exchange == "amq.topic")
            #expect(error.returnedMessage?.routingKey.contains("no.way") == true)
            #expect(error.returnedMessage?.replyText == "NO_ROUTE")
        }
    }

    @Test(arguments: Broker.all) func `an empty message is returned like any other`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await publisher.publish([], to: .queue(freshName("nowhere")), mandatory: true) } == .returned)
        }
    }

    @Test(arguments: Broker.all) func `a message of which one queue is full is refused, and in the others all the same`(broker: Broker)
        async throws
    {
        try await broker.withChannel { channel in
            let exchange = freshName("both")
            try await channel.declareExchange(exchange, type: .fanout)
            let full = try await channel.declareQueue(exclusive: true, arguments: ["x-max-length": 0, "x-overflow": "reject-publish"]).name
            let roomy = try await channel.declareQueue(exclusive: true).name
            for queue in [full, roomy] { try await channel.bindQueue(queue, to: exchange) }
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await publisher.publish([1], to: .exchange(exchange)) } == .nacked)
            #expect(try await channel.drain(roomy, count: 1) == [[1]])
            try await channel.deleteExchange(exchange)
        }
    }

    @Test(arguments: Broker.all) func `a queue that was full takes messages again when there is room`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true, arguments: ["x-max-length": 1, "x-overflow": "reject-publish"]).name
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .queue(queue))
            #expect(await errorCode { try await publisher.publish([2], to: .queue(queue)) } == .nacked)
            #expect(try await channel.drain(queue, count: 1) == [[1]])
            try await publisher.publish([3], to: .queue(queue))
            #expect(try await channel.drain(queue, count: 1) == [[3]])
        }
    }

    @Test(arguments: Broker.all, [1, 2, 7]) func `a window of any size lets all messages through, in order`(broker: Broker, window: Int)
        async throws
    {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            let publisher = try await channel.publisher(window: window)
            try await withThrowingTaskGroup { group in
                for number in 0..<100 as Range<UInt8> { group.addTask { try await publisher.publish([number], to: .queue(queue)) } }
                try await group.waitForAll()
            }
            #expect(Set(try await channel.drain(queue, count: 100)).count == 100)
        }
    }

    @Test(arguments: Broker.all) func `one channel's trouble is not another's`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            try await connection.withChannel { good in
                let queue = try await good.declareQueue(exclusive: true).name
                let publisher = try await good.publisher()
                let code = await errorCode {
                    try await connection.withChannel { bad in try await bad.publisher().publish([1], to: .exchange(freshName("nowhere"))) }
                }
                #expect(code == .notFound)
                try await publisher.publish([2], to: .queue(queue), mandatory: true)
                #expect(try await good.drain(queue, count: 1) == [[2]])
            }
        }
    }

    @Test(arguments: Broker.all) func `publishing and consuming share a channel`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            let publisher = try await channel.publisher()
            try await channel.withDeliveries(from: queue, prefetch: 10) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                try await publisher.publish([0], to: .queue(queue))
                for number in 1...100 as ClosedRange<UInt8> {
                    let delivery = try await iterator.one()
                    #expect(delivery.body == [number - 1])
                    try await publisher.publish([number], to: .queue(queue), mandatory: true)
                    try delivery.ack()
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `what was confirmed is there for another connection`(broker: Broker) async throws {
        let queue = freshName("shared")
        try await broker.withConnection { connection in
            _ = try await connection.withChannel { try await $0.declareQueue(queue) }
            try await broker.withChannel { try await $0.publisher().publish([1], to: .queue(queue), mandatory: true) }
            try await connection.withChannel { channel in
                #expect(try await channel.drain(queue, count: 1) == [[1]])
                try await channel.deleteQueue(queue)
            }
        }
    }

    @Test(arguments: Broker.all) func `a closed channel takes no messages, and says why it closed`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await channel.declareQueue(freshName("nowhere"), passive: true) } == .notFound)
            #expect(await errorCode { try await publisher.publish([1], to: .queue("q")) } == .notFound)
            #expect(await errorCode { try await channel.declareQueue(exclusive: true) } == .notFound)
        }
    }
}
