// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// To whom a queue gives its messages, and in which order.
@Suite(.timeLimit(.minutes(2))) struct DispatchTests {
    /// Publishes messages of one byte each.
    private func fill(_ queue: String, _ bodies: some Sequence<UInt8>, priorities: [UInt8?] = [], on channel: AMQPChannel) async throws {
        let publisher = try await channel.publisher()
        for (index, byte) in bodies.enumerated() {
            let priority = index < priorities.count ? priorities[index] : nil
            try await publisher.publish([byte], properties: AMQPProperties(priority: priority), to: .queue(queue), mandatory: true)
        }
    }

    @Test(arguments: Broker.all) func `consumers of a queue take turns`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.withDeliveries(from: queue, prefetch: 10) { one in
                try await channel.withDeliveries(from: queue, prefetch: 10) { other in
                    try await self.fill(queue, 1...6, on: channel)
                    var (first, second) = (one.makeAsyncIterator(), other.makeAsyncIterator())
                    var shares: [[UInt8]] = [[], []]
                    for _ in 0..<3 {
                        shares[0] += try await first.one().body
                        shares[1] += try await second.one().body
                    }
                    #expect(Set(shares) == [[1, 3, 5], [2, 4, 6]])
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `a consumer of higher priority comes first, until it has its fill`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.withDeliveries(from: queue, prefetch: 10) { ordinary in
                try await channel.withDeliveries(from: queue, prefetch: 2, arguments: ["x-priority": 10]) { preferred in
                    try await self.fill(queue, 1...4, on: channel)
                    var (low, high) = (ordinary.makeAsyncIterator(), preferred.makeAsyncIterator())
                    #expect([try await high.one().body, try await high.one().body] == [[1], [2]])
                    #expect([try await low.one().body, try await low.one().body] == [[3], [4]])
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `a single active consumer is followed by the next when it ends`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true, arguments: ["x-single-active-consumer": true]).name
                try await connection.withChannel { spare in
                    try await channel.withDeliveries(from: queue, prefetch: 1) { active in
                        try await self.fill(queue, 1...3, on: channel)
                        var iterator = active.makeAsyncIterator()
                        let first = try await iterator.one()
                        try await spare.withDeliveries(from: queue, prefetch: 10) { waiting in
                            try first.ack()
                            #expect(try await iterator.one().body == [2], "the first one goes on being served alone")
                            _ = try await connection.withChannel { try await $0.deleteQueue(queue) }
                            let code = await errorCode { for try await delivery in waiting { Issue.record("\(delivery.body)") } }
                            #expect(code == .consumerCancelled)
                        }
                    }
                }
            }
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true, arguments: ["x-single-active-consumer": true]).name
                try await self.fill(queue, 1...2, on: channel)
                try await connection.withChannel { spare in
                    let first = try await connection.withChannel { brief in
                        try await brief.withDeliveries(from: queue, prefetch: 1) { active in
                            var iterator = active.makeAsyncIterator()
                            return try await iterator.one().body
                        }
                    }
                    #expect(first == [1])
                    // The first consumer is gone with its channel, its message came back.
                    #expect(try await spare.drain(queue, count: 2) == [[1], [2]])
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `nobody consumes exclusively where others consume`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.withDeliveries(from: queue, prefetch: 1) { _ in
                    let error = try await amqpError {
                        try await connection.withChannel { other in
                            try await other.withDeliveries(from: queue, prefetch: 1, exclusive: true) { _ in }
                        }
                    }
                    #expect(error.code == .accessRefused)
                    #expect(error.message.contains("queue '\(queue)' in vhost '/' in exclusive use"), "\(error)")
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `what is requeued goes back to its place`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await self.fill(queue, 1...5, on: channel)
            let held = try await channel.withDeliveries(from: queue, prefetch: 3) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                return [try await iterator.one(), try await iterator.one(), try await iterator.one()]
            }
            try held[2].nack(requeue: true)
            try held[1].ack()
            try held[0].reject(requeue: true)
            #expect(try await channel.drain(queue, count: 4) == [[1], [3], [4], [5]])
        }
    }

    @Test(arguments: Broker.all) func `what a channel had not acknowledged comes again when it closes, in order and marked`(broker: Broker)
        async throws
    {
        try await broker.withConnection { connection in
            try await connection.withChannel { keeper in
                let queue = try await keeper.declareQueue(exclusive: true).name
                try await self.fill(queue, 1...4, on: keeper)
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: queue, prefetch: 3) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        for _ in 0..<3 { _ = try await iterator.one() }
                    }
                }
                let again = try await keeper.take(4, from: queue)
                #expect(again.map(\.body) == [[1], [2], [3], [4]])
                #expect(again.map(\.redelivered) == [true, true, true, false])
            }
        }
    }

    @Test(arguments: Broker.all) func `a message of higher priority overtakes`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true, arguments: ["x-max-priority": 5]).name
            try await self.fill(queue, 1...7, priorities: [nil, 0, 3, 5, 200, 3, 1], on: channel)
            // None counts as zero, more than the queue knows as its highest.
            #expect(try await channel.drain(queue, count: 7) == [[4], [5], [3], [6], [7], [1], [2]])
        }
    }

    @Test(arguments: Broker.all) func `without priorities of its queue a message's priority means nothing`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await self.fill(queue, 1...3, priorities: [1, 9, 5], on: channel)
            let deliveries = try await channel.take(3, from: queue)
            #expect(deliveries.map(\.body) == [[1], [2], [3]])
            #expect(deliveries.map(\.properties.priority) == [1, 9, 5])
        }
    }

    @Test(arguments: Broker.all) func `an acknowledgement makes room for the next message`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await self.fill(queue, 1...50, on: channel)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                for number in 1...50 as ClosedRange<UInt8> {
                    let delivery = try await iterator.one()
                    #expect(delivery.body == [number])
                    #expect(delivery.deliveryTag == UInt64(number))
                    try delivery.ack()
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `a consumer gets what is published after it began`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.withDeliveries(from: queue, prefetch: 5) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                for number in 1...5 as ClosedRange<UInt8> {
                    try await self.fill(queue, [number], on: channel)
                    #expect(try await iterator.one().body == [number])
                }
            }
        }
    }

    @Test(arguments: Broker.all) func `a queue that another connection deletes ends its consumers with an error of its own`(broker: Broker)
        async throws
    {
        let queue = freshName("taken-away")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue)
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                _ = try await broker.withChannel { try await $0.deleteQueue(queue) }
                #expect(await errorCode { for try await _ in deliveries {} } == .consumerCancelled)
            }
            #expect(try await channel.declareQueue(exclusive: true).messageCount == 0, "the channel goes on")
        }
    }

    @Test(arguments: Broker.all) func `a consumer's priority is a number`(broker: Broker) async throws {
        let code = await errorCode {
            try await broker.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.withDeliveries(from: queue, prefetch: 1, arguments: ["x-priority": "high"]) { _ in }
            }
        }
        #expect(code == .preconditionFailed)
    }
}
