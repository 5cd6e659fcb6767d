// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct RequesterTests {
    private func run<Result: Sendable>(
        _ conversation: Conversation = Conversation(),
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPRequester) async throws -> Result
    ) async throws -> Result {
        try await conversation.run(
            broker: { broker in
                try await broker.openChannel()
                let consume = try await broker.answer(
                    with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                #expect(
                    consume
                        == .basicConsume(
                            BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: "lamassu-1", noAck: true)))
                try await script(broker)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withRequester { try await client($0) }
                }
            })
    }

    @Test func `a request carries where to reply, and its call returns the reply`() async throws {
        try await self.run(
            broker: { broker in
                let request = try await broker.nextMessage()
                #expect(
                    request.method == BasicPublish(exchange: "", routingKey: "service", mandatory: true))
                #expect(request.body == [1])
                #expect(request.properties.replyTo == "amq.rabbitmq.reply-to")
                #expect(request.properties.contentType == "text/plain")
                try broker.reply(to: request, [2], tag: 1)
            },
            client: { requester in
                let reply = try await requester.call(
                    [1], properties: AMQPProperties(contentType: "text/plain"), to: .queue("service"))
                #expect(reply.body == [2])
                #expect(throws: AMQPError(.deliverySettled, message: "")) { try reply.ack() }
            })
    }

    @Test func `many calls at a time get each its own reply`() async throws {
        try await self.run(
            broker: { broker in
                var requests: [ScriptedBroker.Published] = []
                for _ in 0..<20 { requests.append(try await broker.nextMessage()) }
                for (index, request) in requests.reversed().enumerated() {
                    try broker.reply(to: request, request.body, tag: UInt64(index) + 1)
                }
            },
            client: { requester in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<20 as Range<UInt8> {
                        group.addTask {
                            try await requester.call([number], to: .queue("service")).body == [number]
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
            })
    }

    @Test func `a request that no queue takes fails its call alone`() async throws {
        try await self.run(
            broker: { broker in
                let lost = try await broker.nextMessage()
                let method = BasicReturn(
                    replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "nowhere")
                try broker.send(method, body: [1], properties: lost.properties)
                try broker.reply(to: try await broker.nextMessage(), [2], tag: 1)
            },
            client: { requester in
                let error = try await amqpError { try await requester.call([1], to: .queue("nowhere")) }
                #expect(error.code == .returned)
                #expect(!error.isDeliveryFateUnknown)
                #expect(try await requester.call([1], to: .queue("service"), mandatory: false).body == [2])
            })
    }

    @Test func `a call that is not answered times out, and its late reply is dropped`() async throws {
        try await self.run(
            broker: { broker in
                let first = try await broker.nextMessage()
                broker.advance(by: .seconds(2))
                try broker.reply(to: first, [1], tag: 1)
                try broker.reply(to: try await broker.nextMessage(), [2], tag: 2)
            },
            client: { requester in
                let error = try await amqpError {
                    try await requester.call([1], to: .queue("service"), timeout: .seconds(2))
                }
                #expect(error.code == .timedOut)
                #expect(error.isDeliveryFateUnknown)
                #expect(try await requester.call([1], to: .queue("service")).body == [2])
                #expect(
                    await errorCode { try await requester.call([1], to: .queue("service"), timeout: .zero) }
                        == .invalidArgument)
            })
    }

    @Test func `a call can be cancelled, and its late reply is dropped`() async throws {
        let isSent = Signal()
        let isCancelled = Signal()
        try await self.run(
            broker: { broker in
                let first = try await broker.nextMessage()
                isSent.send()
                await isCancelled.wait()
                try broker.reply(to: first, [1], tag: 1)
                try broker.reply(to: try await broker.nextMessage(), [2], tag: 2)
            },
            client: { requester in
                let code = await withTaskGroup(of: AMQPError.Code?.self) { group in
                    group.addTask { await errorCode { try await requester.call([1], to: .queue("service")) } }
                    await isSent.wait()
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(code == .cancelled)
                isCancelled.send()
                let reply = try await requester.call([1], to: .queue("service"))
                #expect(reply.body == [2])
            })
    }

    @Test func `a call waits while the connection is blocked`() async throws {
        let isBlocked = Signal()
        try await self.run(
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "memory")), on: 0)
                isBlocked.send()
                broker.advance(by: .seconds(1))
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                try broker.reply(to: try await broker.nextMessage(), [2], tag: 1)
            },
            client: { requester in
                await isBlocked.wait()
                let reply = try await requester.call([1], to: .queue("service"))
                #expect(reply.body == [2])
            })
    }

    @Test func `a call that waits behind another one waits no longer than it says, and is not sent after that`() async throws {
        let isBlocked = Signal()
        let isFirst = Signal()
        let isExpired = Signal()
        try await self.run(
            Conversation { $0.confirmTimeout = .seconds(3_600) },
            broker: { broker in
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "memory")), on: 0)
                // The timer that the requests before have left runs out.
                broker.advance(by: .seconds(30))
                isBlocked.send()
                try await eventually("the first call waits") { broker.stream.deadline == broker.clock.now + .seconds(3_600) }
                isFirst.send()
                try await eventually("the second call has timed out") {
                    broker.advance(by: .milliseconds(100))
                    return isExpired.isSent
                }
                try broker.send(.connectionUnblocked(ConnectionUnblocked()), on: 0)
                let request = try await broker.nextMessage()
                #expect(request.body == [1])
                try broker.reply(to: request, [2], tag: 1)
            },
            client: { requester in
                await isBlocked.wait()
                async let first = requester.call([1], to: .queue("service"), timeout: .seconds(3_600)).body
                await isFirst.wait()
                let error = try await amqpError { try await requester.call([3], to: .queue("service"), timeout: .seconds(1)) }
                isExpired.send()
                #expect(error.code == .timedOut)
                #expect(!error.isDeliveryFateUnknown)
                #expect(try await first == [2])
            })
    }

    @Test func `calls fail as unknown when the connection is lost`() async throws {
        let conversation = Conversation { $0.recovery = nil }
        let error = try await amqpError {
            try await self.run(
                conversation,
                broker: { broker in
                    _ = try await broker.nextMessage()
                    broker.stream.handler.streamClosed(TransportError(.connectionClosed, message: "cut"))
                },
                client: { requester in _ = try await requester.call([1], to: .queue("service")) })
        }
        #expect(error.code == .connectionLost)
        #expect(error.isDeliveryFateUnknown)
    }

    @Test func `a call that was not sent before a loss is sent after it`() async throws {
        let isBlocked = Signal()
        try await Conversation.recovering { $0.confirmTimeout = .seconds(3_600) }.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                let started = AMQPMethod.basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1"))
                try await first.answer(with: started)
                let armed = first.stream.deadline
                try first.send(.connectionBlocked(ConnectionBlocked(reason: "memory")), on: 0)
                isBlocked.send()
                // The call's time is over before any other's.
                try await eventually("the call waits") { first.stream.deadline != armed }
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await second.answer(with: started)
                try second.reply(to: try await second.nextMessage(), [2], tag: 1)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withRequester { requester in
                        await isBlocked.wait()
                        let reply = try await requester.call([1], to: .queue("service"), timeout: .seconds(2))
                        #expect(reply.body == [2])
                    }
                }
            })
    }

    @Test func `a channel has one requester, and no publisher beside it`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                try await broker.answer(with: .confirmSelectOk(ConfirmSelectOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withRequester { _ in
                        #expect(
                            await errorCode { try await channel.withRequester { _ in } } == .wrongChannelMode)
                    }
                    _ = try await channel.publisher()
                    #expect(await errorCode { try await channel.withRequester { _ in } } == .wrongChannelMode)
                }
            })
    }

    @Test(arguments: [true, false])
    func `a reply goes to the one who asked`(hasPublisher: Bool) async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                if hasPublisher { try await broker.answer(with: .confirmSelectOk(ConfirmSelectOk())) }
                try await broker.startConsumer()
                let method = BasicDeliver(
                    consumerTag: "lamassu-1", deliveryTag: 1, exchange: "", routingKey: "service")
                try broker.send(
                    method, body: [1],
                    properties: AMQPProperties(correlationID: "7", replyTo: "amq.rabbitmq.reply-to.x"))
                let reply = try await broker.nextMessage()
                #expect(reply.method == BasicPublish(exchange: "", routingKey: "amq.rabbitmq.reply-to.x"))
                #expect(reply.properties.correlationID == "7")
                #expect(reply.body == [2])
                if hasPublisher { try broker.ack(1) }
                try broker.deliver(2)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    if hasPublisher { _ = try await channel.publisher() }
                    try await channel.withDeliveries(from: "service", prefetch: 9) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let request = try #require(try await iterator.next())
                        try await request.reply([2])
                        let message = try #require(try await iterator.next())
                        #expect(await errorCode { try await message.reply([2]) } == .invalidArgument)
                    }
                }
            })
    }
}

extension ScriptedBroker {
    /// Replies to a request.
    fileprivate func reply(to request: Published, _ body: [UInt8], tag: UInt64) throws {
        let method = BasicDeliver(
            consumerTag: "lamassu-1", deliveryTag: tag, exchange: "",
            routingKey: "amq.rabbitmq.reply-to.x")
        try self.send(
            method, body: body,
            properties: AMQPProperties(correlationID: request.properties.correlationID))
    }
}
