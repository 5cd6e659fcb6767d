// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct PublisherTests {
    @Test func `a message arrives as it is, and its confirm is the call's return`() async throws {
        let properties = AMQPProperties(contentType: "application/json", headers: ["h": "v"], deliveryMode: .persistent)
        try await Conversation().runPublisher(
            broker: { broker in
                let first = try await broker.nextMessage()
                #expect(first.method == BasicPublish(exchange: "x", routingKey: "k"))
                #expect(first.properties == properties)
                #expect(first.body == [1, 2, 3])
                try broker.ack(1)
                let second = try await broker.nextMessage()
                #expect(second.method == BasicPublish(exchange: "", routingKey: "q"))
                #expect(second.body == [])
                #expect(second.bodyFrames == 0)
                try broker.ack(2)
            },
            client: { publisher in
                try await publisher.publish([1, 2, 3], properties: properties, to: .exchange("x", routingKey: "k"))
                try await publisher.publish([], to: .queue("q"))
            })
    }

    @Test func `a body is cut at the agreed frame size less eight`() async throws {
        let body = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        var conversation = Conversation()
        conversation.transport = ScriptedTransport(maximumFrameSize: 4_096)
        try await conversation.run(
            tune: ConnectionTune(channelMax: 0, frameMax: 4_096, heartbeat: 0),
            broker: { broker in
                try await broker.openPublisher()
                let message = try await broker.nextMessage()
                #expect(message.body == body)
                #expect(message.bodyFrames == 3)
                try broker.ack(1)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.publisher().publish(body, to: .queue("q"))
                }
            })
    }

    @Test func `each message is written at once, with one call`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                let before = broker.stream.writeCount
                _ = try await broker.nextMessage()
                #expect(broker.stream.writeCount == before + 1)
                try broker.ack(1)
            }, client: { try await $0.publish([1, 2, 3], to: .queue("q")) })
    }

    @Test func `a refused message is an error of its call`() async throws {
        let error = try await amqpError {
            try await Conversation().runPublisher(
                broker: { broker in
                    _ = try await broker.nextMessage()
                    try broker.send(.basicNack(BasicNack(deliveryTag: 1)))
                }, client: { try await $0.publish([1], to: .queue("q")) })
        }
        #expect(error.code == .nacked)
        #expect(error.isRetryable)
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test func `returns reach the calls they mean, in the middle of others`() async throws {
        let codes = try await Conversation().runPublisher(
            broker: { broker in
                var messages: [ScriptedBroker.Published] = []
                for _ in 0..<20 { messages.append(try await broker.nextMessage()) }
                #expect(Set(messages.map(\.properties.messageID)).count == 20)
                for message in messages where message.body[0].isMultiple(of: 3) {
                    let returned = BasicReturn(
                        replyCode: .noRoute, replyText: "NO_ROUTE", exchange: message.method.exchange,
                        routingKey: message.method.routingKey)
                    try broker.send(returned, body: message.body, properties: message.properties)
                }
                try broker.ack(20, multiple: true)
            },
            client: { publisher in
                try await withThrowingTaskGroup(of: (UInt8, AMQPError?).self) { group in
                    for number in 0..<20 as Range<UInt8> {
                        group.addTask {
                            do throws(AMQPError) {
                                try await publisher.publish([number], to: .exchange("x", routingKey: "k"), mandatory: true)
                                return (number, nil)
                            } catch {
                                return (number, error)
                            }
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
            })
        #expect(Set(codes.keys) == [0, 3, 6, 9, 12, 15, 18])
        for error in codes.values {
            #expect(error.code == .returned)
            #expect(
                error.returnedMessage
                    == AMQPReturnedMessage(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k"))
            #expect(error.replyCode == .noRoute)
            #expect(!error.isDeliveryFateUnknown)
        }
    }

    @Test func `a mandatory message keeps the id it has`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                #expect(try await broker.nextMessage().properties.messageID == "mine")
                try broker.ack(1)
                #expect(try await broker.nextMessage().properties.messageID == nil, "a message that is not mandatory needs none")
                try broker.ack(2)
            },
            client: { publisher in
                try await publisher.publish([1], properties: AMQPProperties(messageID: "mine"), to: .queue("q"), mandatory: true)
                try await publisher.publish([1], to: .queue("q"))
            })
    }

    @Test func `the window holds messages back`() async throws {
        try await Conversation().runPublisher(
            window: 2,
            broker: { broker in
                _ = try await broker.nextMessage()
                _ = try await broker.nextMessage()
                #expect(broker.stream.pendingEvents.isEmpty)
                try broker.ack(2)
                #expect(broker.stream.pendingEvents.isEmpty, "the oldest is not confirmed")
                try broker.ack(1)
                _ = try await broker.nextMessage()
                _ = try await broker.nextMessage()
                #expect(broker.stream.pendingEvents.isEmpty)
                try broker.ack(4, multiple: true)
                _ = try await broker.nextMessage()
                try broker.ack(5)
            },
            client: { publisher in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<5 { group.addTask { try await publisher.publish([1], to: .queue("q")) } }
                    try await group.waitForAll()
                }
            })
    }

    @Test func `a full stream holds messages back`() async throws {
        try await Conversation().runPublisher(
            broker: { broker in
                _ = try await broker.nextMessage()
                try broker.ack(1)
                broker.stream.setWritability(.full)
                _ = try await broker.nextMessage()
                try broker.ack(2)
                #expect(broker.stream.pendingEvents.isEmpty)
                broker.stream.setWritability(.writable)
                broker.stream.handler.streamBecameWritable()
                _ = try await broker.nextMessage()
                try broker.ack(3)
            },
            client: { publisher in
                try await publisher.publish([1], to: .queue("q"))
                try await publisher.publish([2], to: .queue("q"))
                try await publisher.publish([3], to: .queue("q"))
            })
    }

    @Test func `a blocked connection holds messages back until it is unblocked`() async throws {
        let isBlocked = Signal()
        try await Conversation().runPublisher(
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                for _ in 0..<100 { await Task.yield() }
                #expect(broker.stream.pendingEvents.isEmpty)
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                #expect(try await broker.nextMessage().body == [1])
                try broker.ack(1)
            },
            client: { publisher in
                await isBlocked.wait()
                try await publisher.publish([1], to: .queue("q"))
            })
    }

    @Test func `a publish that is cancelled while it waits is never sent`() async throws {
        let isBlocked = Signal()
        let isCancelled = Signal()
        try await Conversation().runPublisher(
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                await isCancelled.wait()
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                #expect(try await broker.nextMessage().body == [2])
                try broker.ack(1)
            },
            client: { publisher in
                await isBlocked.wait()
                let publish = Task { try await amqpError { try await publisher.publish([1], to: .queue("q")) } }
                await Task.yield()
                publish.cancel()
                let error = try await publish.value
                #expect(error.code == .cancelled)
                #expect(!error.isDeliveryFateUnknown)
                isCancelled.send()
                try await publisher.publish([2], to: .queue("q"))
            })
    }

    @Test func `a publish that is cancelled after it was sent says that its fate is unknown`() async throws {
        let messageCame = Signal()
        let isCancelled = Signal()
        try await Conversation().runPublisher(
            broker: { broker in
                _ = try await broker.nextMessage()
                messageCame.send()
                await isCancelled.wait()
                try broker.ack(1)
                _ = try await broker.nextMessage()
                try broker.ack(2)
            },
            client: { publisher in
                let publish = Task { try await amqpError { try await publisher.publish([1], to: .queue("q")) } }
                await messageCame.wait()
                publish.cancel()
                let error = try await publish.value
                #expect(error.code == .cancelled)
                #expect(error.isDeliveryFateUnknown)
                isCancelled.send()
                try await publisher.publish([2], to: .queue("q"))
            })
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        let error = try await Conversation().runPublisher(
            broker: { _ in },
            client: { publisher in
                let publish = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await amqpError { try await publisher.publish([1], to: .queue("q")) }
                }
                publish.cancel()
                return try await publish.value
            })
        #expect(error.code == .cancelled)
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test func `a publish that is not confirmed in time fails, and says whether it was sent`() async throws {
        let errors = try await Conversation { $0.confirmTimeout = .seconds(7) }.runPublisher(
            window: 1,
            broker: { broker in
                _ = try await broker.nextMessage()
                // The second publish may not have come to wait when time passes: then its own time passes.
                broker.advance(by: .seconds(7))
                for _ in 0..<100 { await Task.yield() }
                broker.advance(by: .seconds(7))
            },
            client: { publisher in
                async let first = amqpError { try await publisher.publish([1], to: .queue("q")) }
                async let second = amqpError { try await publisher.publish([2], to: .queue("q")) }
                return try await [first, second]
            })
        #expect(errors.map(\.code) == [.timedOut, .timedOut])
        #expect(errors.map(\.isDeliveryFateUnknown).filter { $0 }.count == 1)
        #expect(errors.allSatisfy { $0.isRetryable })
    }

    @Test(arguments: [0, -1])
    func `a window that cannot be is refused here`(window: Int) async throws {
        let code = try await Conversation().run(
            broker: { broker in try await broker.openChannel() },
            client: { connection in
                try await connection.withChannel { channel in await errorCode { _ = try await channel.publisher(window: window) } }
            })
        #expect(code == .invalidArgument)
    }

    @Test func `a return that means no message closes the connection`() async throws {
        let error = try await amqpError {
            try await Conversation().runPublisher(
                broker: { broker in
                    _ = try await broker.nextMessage()
                    let returned = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "other", routingKey: "k")
                    try broker.send(returned, body: [])
                    try await broker.nextMethod(on: 0)
                }, client: { try await $0.publish([1], to: .queue("q"), mandatory: true) })
        }
        #expect(error.code == .protocolViolation)
        #expect(error.isDeliveryFateUnknown)
    }
}
