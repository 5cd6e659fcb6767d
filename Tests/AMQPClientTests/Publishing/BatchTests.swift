// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct BatchTests {
    private func messages(_ count: UInt8, mandatory: Bool = false) -> [AMQPMessage] {
        (0..<count).map { AMQPMessage([$0], to: .exchange("x", routingKey: "k"), mandatory: mandatory) }
    }

    @Test func `a batch returns when its last confirm has come, whatever their order`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                for number in 0..<5 as Range<UInt8> { #expect(try await broker.nextMessage().body == [number]) }
                try broker.ack(5)
                try broker.ack(3, multiple: true)
                try broker.ack(4)
                #expect(try await broker.nextMessage().body == [9], "the batch was over by then")
                try broker.ack(6)
            },
            client: { publisher in
                try await publisher.publish(contentsOf: self.messages(5))
                try await publisher.publish([9], to: .queue("q"))
            })
    }

    @Test func `a batch without messages returns at once`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                #expect(try await broker.nextMessage().body == [1])
                try broker.ack(1)
            },
            client: { publisher in
                try await publisher.publish(contentsOf: [])
                try await publisher.publish([1], to: .queue("q"))
            })
    }

    @Test func `a batch is written in large pieces`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                let before = broker.stream.writeCount
                for _ in 0..<100 { _ = try await broker.nextMessage() }
                #expect(broker.stream.writeCount == before + 1)
                try broker.ack(100, multiple: true)
            }, client: { try await $0.publish(contentsOf: self.messages(100)) })
    }

    @Test func `a batch that is longer than the window waits for room like any other`() async throws {
        try await Conversation().runPublisher(
            window: 3,
            broker: { broker in
                var tag: UInt64 = 0
                while tag < 200 {
                    let count = min(3, 200 - tag)
                    for _ in 0..<count { _ = try await broker.nextMessage() }
                    #expect(broker.stream.pendingEvents.isEmpty)
                    tag += count
                    try broker.ack(tag, multiple: true)
                }
            }, client: { try await $0.publish(contentsOf: self.messages(200)) })
    }

    @Test func `batches and single messages share the window in the order of their calls`() async throws {
        let isFirstOut = Signal()
        try await Conversation().runPublisher(
            window: 2,
            broker: { broker in
                for expected in [[0], [1]] as [[UInt8]] { #expect(try await broker.nextMessage().body == expected) }
                isFirstOut.send()
                for _ in 0..<100 { await Task.yield() }
                try broker.ack(2, multiple: true)
                for expected in [[2], [9]] as [[UInt8]] { #expect(try await broker.nextMessage().body == expected) }
                try broker.ack(4, multiple: true)
            },
            client: { publisher in
                async let batch: Void = publisher.publish(contentsOf: self.messages(3))
                await isFirstOut.wait()
                try await publisher.publish([9], to: .queue("q"))
                try await batch
            })
    }

    @Test func `what fails in a batch is told by its place, and stops no other`() async throws {
        let error = try await amqpError {
            try await Conversation().runPublisher(
                broker: { broker in
                    var messages: [ScriptedBroker.Published] = []
                    for _ in 0..<6 { messages.append(try await broker.nextMessage()) }
                    let returned = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
                    try broker.send(returned, body: [4], properties: messages[4].properties)
                    try broker.ack(1)
                    try broker.send(.basicNack(BasicNack(deliveryTag: 2)))
                    try broker.ack(6, multiple: true)
                }, client: { try await $0.publish(contentsOf: self.messages(6, mandatory: true)) })
        }
        #expect(error.failedMessages.mapValues(\.code) == [1: .nacked, 4: .returned])
        #expect(error.code == .nacked, "that of the first")
        #expect(error.message.contains("2 of 6"))
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test func `a message that cannot be encoded fails alone`() async throws {
        let error = try await amqpError {
            try await Conversation().runPublisher(
                broker: { broker in
                    #expect(try await broker.nextMessage().body == [0])
                    #expect(try await broker.nextMessage().body == [2])
                    try broker.ack(2, multiple: true)
                },
                client: { publisher in
                    var messages = self.messages(3)
                    messages[1].destination = .queue(String(repeating: "q", count: 256))
                    try await publisher.publish(contentsOf: messages)
                })
        }
        #expect(error.failedMessages.mapValues(\.code) == [1: .invalidArgument])
    }

    @Test func `a batch that is cancelled says what was sent and takes the rest back`() async throws {
        let areSent = Signal()
        let isCancelled = Signal()
        let error = try await Conversation().runPublisher(
            window: 2,
            broker: { broker in
                for _ in 0..<2 { _ = try await broker.nextMessage() }
                try broker.ack(1)
                _ = try await broker.nextMessage()
                areSent.send()
                await isCancelled.wait()
                try broker.ack(3, multiple: true)
                #expect(try await broker.nextMessage().body == [9])
                try broker.ack(4)
            },
            client: { publisher in
                let batch = Task { try await amqpError { try await publisher.publish(contentsOf: self.messages(5)) } }
                await areSent.wait()
                batch.cancel()
                let error = try await batch.value
                isCancelled.send()
                try await publisher.publish([9], to: .queue("q"))
                return error
            })
        #expect(error.code == .cancelled)
        #expect(error.failedMessages.mapValues(\.code) == [1: .cancelled, 2: .cancelled, 3: .cancelled, 4: .cancelled])
        #expect(error.failedMessages.mapValues(\.isDeliveryFateUnknown) == [1: true, 2: true, 3: false, 4: false])
        #expect(error.isDeliveryFateUnknown)
    }

    @Test func `the channel's end fails all of a batch that is not confirmed`() async throws {
        let error = try await amqpError {
            try await Conversation().runPublisher(
                window: 2,
                broker: { broker in
                    for _ in 0..<2 { _ = try await broker.nextMessage() }
                    try broker.ack(1)
                    _ = try await broker.nextMessage()
                    let close = ChannelClose(replyCode: .notFound, replyText: "NOT_FOUND", classID: 60, methodID: 40)
                    try broker.send(.channelClose(close))
                }, client: { try await $0.publish(contentsOf: self.messages(4)) })
        }
        #expect(error.code == .notFound)
        #expect(error.failedMessages.mapValues(\.isDeliveryFateUnknown) == [1: true, 2: true, 3: false])
    }

    @Test func `a batch on a channel that is gone fails as a whole`() async throws {
        let error = try await Conversation().run(
            broker: { broker in try await broker.openPublisher() },
            client: { connection in
                let publisher = try await connection.withChannel { try await $0.publisher() }
                return try await amqpError { try await publisher.publish(contentsOf: self.messages(2)) }
            })
        #expect(error.failedMessages.mapValues(\.code) == [0: .channelClosed, 1: .channelClosed])
        #expect(!error.isDeliveryFateUnknown)
    }
}
