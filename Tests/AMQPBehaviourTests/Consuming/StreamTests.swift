// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct StreamTests {
    /// Makes a stream with messages 1 to 5, each confirmed before the next, runs with it, and deletes it.
    private func withStream(on broker: Broker, _ body: (AMQPChannel, AMQPPublisher, String) async throws -> Void) async throws {
        let stream = freshName("stream")
        try await broker.withChannel { channel in
            try await channel.declareQueue(stream, durable: true, arguments: .stream(maximumBytes: 10_000_000))
            let publisher = try await channel.publisher()
            do {
                for number in 1...5 { try await publisher.publish([UInt8(number)], to: .queue(stream)) }
                try await body(channel, publisher, stream)
            } catch {
                _ = try? await broker.withChannel { try await $0.deleteQueue(stream) }
                throw error
            }
            try await channel.deleteQueue(stream)
        }
    }

    /// The first message that a consumer gets.
    private func first(_ arguments: AMQPConsumerArguments, of stream: String, on channel: AMQPChannel) async throws -> AMQPDelivery {
        try await channel.withDeliveries(from: stream, prefetch: 10, arguments: arguments) { deliveries in
            var iterator = deliveries.makeAsyncIterator()
            let delivery = try await iterator.one()
            try delivery.ack()
            return delivery
        }
    }

    @Test(arguments: Broker.real) func `a stream is read from where one says, again and again`(broker: Broker) async throws {
        try await self.withStream(on: broker) { channel, _, stream in
            for _ in 1...2 {
                let delivery = try await self.first(.stream(from: .first), of: stream, on: channel)
                #expect(delivery.body == [1])
                #expect(delivery.streamOffset == 0)
            }
            let third = try await self.first(.stream(from: .offset(2)), of: stream, on: channel)
            #expect(third.body == [3])
            #expect(third.streamOffset == 2)
            #expect(try await self.first(.stream(from: .interval(.seconds(3_600))), of: stream, on: channel).body == [1])
            #expect(try await self.first(.stream(from: .timestamp(1_600_000_000)), of: stream, on: channel).body == [1])
            #expect(try await self.first(.stream(from: .last), of: stream, on: channel).streamOffset != nil)
        }
    }

    @Test(arguments: Broker.real) func `a consumer may wait for what comes next`(broker: Broker) async throws {
        try await self.withStream(on: broker) { channel, publisher, stream in
            try await channel.withDeliveries(from: stream, prefetch: 10, arguments: .stream()) { deliveries in
                try await publisher.publish([6], to: .queue(stream))
                var iterator = deliveries.makeAsyncIterator()
                let delivery = try await iterator.one()
                #expect(delivery.body == [6])
                #expect(delivery.streamOffset == 5)
                try delivery.ack()
            }
        }
    }
}
