// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// Acknowledgements of every kind, and messages that are asked for.
@Suite(.timeLimit(.minutes(1))) struct SettlingTests {
    private func consume<Result: Sendable>(
        _ acknowledgement: AMQPAcknowledgement, prefetch: Int = 100,
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPDeliveries) async throws -> Result
    ) async throws -> Result {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                if acknowledgement != .automatic { try await broker.answer(with: .basicQosOk(BasicQosOk())) }
                try await broker.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                try await script(broker)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: prefetch, acknowledgement: acknowledgement) {
                        try await client($0)
                    }
                }
            })
    }

    @Test func `a multiple acknowledgement is one method`() async throws {
        try await self.consume(
            .explicit,
            broker: { broker in
                for tag in 1...3 as ClosedRange<UInt64> { try broker.deliver(tag) }
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 3, multiple: true)))
            },
            client: { deliveries in
                for try await delivery in deliveries where delivery.deliveryTag == 3 {
                    try delivery.ack(multiple: true)
                    #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.ack() }
                    break
                }
            })
    }

    @Test func `batched acknowledgements go out by count, by time and at the end`() async throws {
        let early = Signal()
        let late = Signal()
        try await self.consume(
            .batched(every: 3, within: .milliseconds(20)),
            broker: { broker in
                for tag in 1...6 as ClosedRange<UInt64> { try broker.deliver(tag) }
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 3, multiple: true)))
                await early.wait()
                broker.advance(by: .milliseconds(20))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 5, multiple: true)))
                late.send()
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 6)))
                #expect(try await broker.nextMethod(on: 1) == .basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                try broker.send(.basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
            },
            client: { deliveries in
                for try await delivery in deliveries {
                    try delivery.ack()
                    if delivery.deliveryTag == 5 {
                        early.send()
                        await late.wait()
                    }
                    if delivery.deliveryTag == 6 { break }
                }
            })
    }

    @Test func `with automatic acknowledgement, reading stops while too much waits`() async throws {
        let isFull = Signal()
        try await self.consume(
            .automatic, prefetch: 4,
            broker: { broker in
                for tag in 1...4 as ClosedRange<UInt64> { try broker.deliver(tag) }
                #expect(!broker.stream.isReading)
                isFull.send()
                #expect(try await broker.nextMethod(on: 1) == .basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                #expect(broker.stream.isReading)
                try broker.send(.basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
            },
            client: { deliveries in
                await isFull.wait()
                var taken: [UInt64] = []
                for try await delivery in deliveries {
                    #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.ack() }
                    taken.append(delivery.deliveryTag)
                    if taken.count == 2 { break }
                }
                #expect(taken == [1, 2])
            })
    }

    @Test func `a peer is not taken for dead while this side does not read`() async throws {
        let isFull = Signal()
        let isSilent = Signal()
        try await Conversation { $0.heartbeat = .seconds(10) }.run(
            tune: ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 10),
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                try broker.deliver(1)
                isFull.send()
                for _ in 0..<10 {
                    broker.advance(by: .seconds(5))
                    guard case .heartbeat = try await broker.nextFrame(on: 0) else {
                        throw ScriptedBroker.Unexpected(event: "no sign of life")
                    }
                }
                isSilent.send()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1, acknowledgement: .automatic) { deliveries in
                        await isFull.wait()
                        await isSilent.wait()
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try await iterator.next()
                        #expect(delivery?.deliveryTag == 1)
                    }
                }
            })
    }

    @Test(arguments: [
        AMQPAcknowledgement.batched(every: 0), .batched(within: .zero), .batched(within: .seconds(1_800)),
    ])
    func `a batch has its limits`(acknowledgement: AMQPAcknowledgement) async throws {
        try await Conversation().run(
            broker: { try await $0.openChannel() },
            client: { connection in
                try await connection.withChannel { channel in
                    let code = await errorCode {
                        try await channel.withDeliveries(from: "q", prefetch: 1, acknowledgement: acknowledgement) { _ in }
                    }
                    #expect(code == .invalidArgument)
                    let untagged = await errorCode {
                        try await channel.withDeliveries(from: "q", prefetch: 1, consumerTag: "") { _ in }
                    }
                    #expect(untagged == .invalidArgument)
                }
            })
    }

    @Test func `a consumer is known by the tag that was chosen`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.startConsumer("mine")
                try broker.deliver(1, to: "mine")
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1, consumerTag: "mine") { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try await iterator.next()
                        #expect(delivery?.deliveryTag == 1)
                        let code = await errorCode {
                            try await channel.withDeliveries(from: "q", prefetch: 1, consumerTag: "mine") { _ in }
                        }
                        #expect(code == .invalidArgument)
                    }
                }
            })
    }

    // MARK: Asked for

    @Test func `a message that is asked for comes with the count of those left`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                #expect(try await broker.nextMethod(on: 1) == .basicGet(BasicGet(queue: "q")))
                let properties = AMQPProperties(contentType: "text/plain")
                let method = BasicGetOk(deliveryTag: 1, redelivered: true, exchange: "x", routingKey: "k", messageCount: 3)
                try broker.send(method, body: [1, 2], properties: properties)
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                #expect(
                    try await broker.answer(with: .basicGetEmpty(BasicGetEmpty())) == .basicGet(BasicGet(queue: "q", noAck: true)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let delivery = try #require(try await channel.get(from: "q"))
                    #expect(delivery.body == [1, 2])
                    #expect(delivery.properties.contentType == "text/plain")
                    #expect(delivery.redelivered)
                    #expect(delivery.messageCount == 3)
                    try delivery.ack()
                    #expect(try await channel.get(from: "q", automaticallyAcknowledged: true) == nil)
                }
            })
    }

    @Test func `a message that comes after its call was cancelled goes back`() async throws {
        let isSent = Signal()
        let isCancelled = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                isSent.send()
                await isCancelled.wait()
                try broker.send(BasicGetOk(deliveryTag: 1, exchange: "", routingKey: "q", messageCount: 0), body: [1])
                #expect(try await broker.nextMethod(on: 1) == .basicNack(BasicNack(deliveryTag: 1, requeue: true)))
                try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 0)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let code = await withTaskGroup(of: AMQPError.Code?.self) { group in
                        group.addTask { await errorCode { try await channel.get(from: "q") } }
                        await isSent.wait()
                        group.cancelAll()
                        return await group.next() ?? nil
                    }
                    #expect(code == .cancelled)
                    isCancelled.send()
                    try await channel.purgeQueue("q")
                }
            })
    }

    @Test func `a get that is not answered in time, or whose channel ends, fails`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                broker.advance(by: .seconds(30))
                try broker.send(.basicGetEmpty(BasicGetEmpty()))
                try await broker.nextMethod(on: 1)
                try broker.send(.channelClose(ChannelClose(replyCode: .notFound, replyText: "no queue")))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    #expect(await errorCode { try await channel.get(from: "q") } == .timedOut)
                    #expect(await errorCode { try await channel.get(from: "nowhere") } == .notFound)
                    #expect(await errorCode { try await channel.get(from: "q") } == .notFound)
                }
            })
    }

    @Test func `a recovery has everything delivered again`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
                #expect(
                    try await broker.answer(with: .basicRecoverOk(BasicRecoverOk())) == .basicRecover(BasicRecover(requeue: true)))
                try broker.deliver(2)
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 2)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 9) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let first = try #require(try await iterator.next())
                        try await channel.recover()
                        #expect(throws: AMQPError(.deliverySettled, message: "")) { try first.ack() }
                        try await iterator.next()?.ack()
                    }
                }
            })
    }
}
