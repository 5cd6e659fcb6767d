// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct UnconfirmedPublishingTests {
    private func run<Result: Sendable>(
        _ conversation: Conversation = Conversation(), broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPChannel) async throws -> Result
    ) async throws -> Result {
        try await conversation.run(
            broker: { broker in
                try await broker.openChannel()
                try await script(broker)
            }, client: { try await $0.withChannel(client) })
    }

    @Test func `messages go out at once, in order, before the channel is closed`() async throws {
        let properties = AMQPProperties(contentType: "text/plain", deliveryMode: .transient)
        try await self.run(
            broker: { broker in
                for number in 0..<10 as Range<UInt8> {
                    let message = try await broker.nextMessage()
                    #expect(message.method == BasicPublish(exchange: "x", routingKey: "k"))
                    #expect(message.properties == properties)
                    #expect(message.body == [number])
                }
            },
            client: { channel in
                for number in 0..<10 as Range<UInt8> {
                    try await channel.publish([number], properties: properties, to: .exchange("x", routingKey: "k"))
                }
            })
    }

    @Test func `a full stream makes the caller wait`() async throws {
        let isFull = Signal()
        try await self.run(
            broker: { broker in
                broker.stream.setWritability(.full)
                isFull.send()
                let first = try await broker.nextMessage()
                #expect(first.body == [1])
                for _ in 0..<100 { await Task.yield() }
                #expect(broker.stream.pendingEvents.isEmpty)
                broker.stream.setWritability(.writable)
                broker.stream.handler.streamBecameWritable()
                #expect(try await broker.nextMessage().body == [2])
                #expect(try await broker.nextMessage().body == [3])
            },
            client: { channel in
                await isFull.wait()
                for number in 1...3 as ClosedRange<UInt8> { try await channel.publish([number], to: .queue("q")) }
            })
    }

    @Test func `one that waits too long is never sent`() async throws {
        let isBlocked = Signal()
        let hasFailed = Signal()
        let error = try await self.run(
            Conversation { $0.confirmTimeout = .seconds(7) },
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                while !hasFailed.isSent {
                    broker.advance(by: .seconds(7))
                    await Task.yield()
                }
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                #expect(try await broker.nextMessage().body == [2])
            },
            client: { channel in
                await isBlocked.wait()
                let error = try await amqpError { try await channel.publish([1], to: .queue("q")) }
                hasFailed.send()
                try await channel.publish([2], to: .queue("q"))
                return error
            })
        #expect(error.code == .timedOut)
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test func `one that is cancelled while it waits is never sent`() async throws {
        let isBlocked = Signal()
        let isCancelled = Signal()
        try await self.run(
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                await isCancelled.wait()
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                #expect(try await broker.nextMessage().body == [2])
            },
            client: { channel in
                await isBlocked.wait()
                let publish = Task { try await amqpError { try await channel.publish([1], to: .queue("q")) } }
                await Task.yield()
                publish.cancel()
                #expect(try await publish.value.code == .cancelled)
                isCancelled.send()
                try await channel.publish([2], to: .queue("q"))
            })
    }

    @Test func `one that waits fails with its channel`() async throws {
        let isBlocked = Signal()
        let error = try await self.run(
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                for _ in 0..<100 { await Task.yield() }
                let close = ChannelClose(replyCode: .preconditionFailed, replyText: "", classID: 0, methodID: 0)
                try broker.send(.channelClose(close))
            },
            client: { channel in
                await isBlocked.wait()
                return try await amqpError { try await channel.publish([1], to: .queue("q")) }
            })
        #expect(error.code == .preconditionFailed)
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test func `a message that cannot be encoded is refused`() async throws {
        let code = try await self.run(
            broker: { _ in },
            client: { channel in
                await errorCode { try await channel.publish([1], to: .queue(String(repeating: "q", count: 256))) }
            })
        #expect(code == .invalidArgument)
    }

    @Test func `a channel with a publisher sends nothing without a confirm`() async throws {
        let code = try await self.run(
            broker: { broker in try await broker.answer(with: .confirmSelectOk(ConfirmSelectOk())) },
            client: { channel in
                _ = try await channel.publisher()
                return await errorCode { try await channel.publish([1], to: .queue("q")) }
            })
        #expect(code == .wrongChannelMode)
    }
}
