// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct DeliveriesTests {
    /// Runs a client that consumes the queue `q`, and the script that follows its opening.
    private func run<Result: Sendable>(
        _ conversation: Conversation = Conversation(), prefetch: Int = 10,
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPDeliveries) async throws -> Result
    ) async throws -> Result {
        try await conversation.run(
            broker: { broker in
                try await broker.openConsumer()
                try await script(broker)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: prefetch) { try await client($0) }
                }
            })
    }

    @Test func `a consumer asks for what it was told, and ends with its scope`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                #expect(try await broker.answer(with: .basicQosOk(BasicQosOk())) == .basicQos(BasicQos(prefetchCount: 7)))
                #expect(
                    try await broker.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                        == .basicConsume(
                            BasicConsume(queue: "q", consumerTag: "lamassu-1", exclusive: true, arguments: ["x-priority": 5])))
                try broker.deliver(1, body: [1])
                try broker.deliver(2, body: [2])
                #expect(
                    try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                        == .basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                #expect(
                    try await broker.nextMethod(on: 1) == .basicNack(BasicNack(deliveryTag: 2, requeue: true)),
                    "what nobody took goes back")
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)), "what was taken is settled later")
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let taken = try await channel.withDeliveries(
                        from: "q", prefetch: 7, exclusive: true, arguments: ["x-priority": 5]
                    ) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try await iterator.next()
                        return delivery
                    }
                    try taken?.ack()
                }
            })
    }

    @Test func `a delivery carries all that the broker sent`() async throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let properties = AMQPProperties(contentType: "text/plain", headers: ["h": [1, 2]], messageID: "m", timestamp: 7)
        try await self.run(
            broker: { broker in
                let method = BasicDeliver(
                    consumerTag: "lamassu-1", deliveryTag: 9, redelivered: true, exchange: "x", routingKey: "a.b")
                var bytes: [UInt8] = []
                try FrameEncoder(maximumFrameSize: 131_072).encode(method, properties: properties, body: body, channel: 1, into: &bytes)
                // In pieces, as a stream has them.
                for start in stride(from: 0, to: bytes.count, by: 10_007) {
                    broker.sendBytes(Array(bytes[start..<min(start + 10_007, bytes.count)]))
                }
            },
            client: { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let delivery = try #require(try await iterator.next())
                #expect(delivery.body == body)
                #expect(delivery.properties == properties)
                #expect(delivery.exchange == "x")
                #expect(delivery.routingKey == "a.b")
                #expect(delivery.redelivered)
                #expect(delivery.deliveryTag == 9)
            })
    }

    @Test func `deliveries are settled each in its way, and once`() async throws {
        try await self.run(
            broker: { broker in
                for tag in 1...5 as ClosedRange<UInt64> { try broker.deliver(tag, body: []) }
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                #expect(try await broker.nextMethod(on: 1) == .basicNack(BasicNack(deliveryTag: 2, requeue: true)))
                #expect(try await broker.nextMethod(on: 1) == .basicNack(BasicNack(deliveryTag: 3, requeue: false)))
                #expect(try await broker.nextMethod(on: 1) == .basicReject(BasicReject(deliveryTag: 4, requeue: true)))
                #expect(try await broker.nextMethod(on: 1) == .basicReject(BasicReject(deliveryTag: 5, requeue: false)))
                #expect(try await broker.nextMethod(on: 1) == .basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                try broker.send(.basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
            },
            client: { deliveries in
                for try await delivery in deliveries {
                    switch delivery.deliveryTag {
                    case 1: try delivery.ack()
                    case 2: try delivery.nack(requeue: true)
                    case 3: try delivery.nack(requeue: false)
                    case 4: try delivery.reject(requeue: true)
                    default: try delivery.reject(requeue: false)
                    }
                    #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.ack() }
                    #expect(throws: AMQPError(.deliverySettled, message: "")) { try delivery.nack(requeue: true) }
                    if delivery.deliveryTag == 5 { break }
                }
            })
    }

    @Test func `a delivery of a channel that is gone is never settled on another`() async throws {
        try await Conversation().run(
            tune: ConnectionTune(channelMax: 1, frameMax: 0, heartbeat: 0),
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
                try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                try await broker.answer(with: .channelCloseOk(ChannelCloseOk()))
                try await broker.openConsumer()
                try broker.deliver(1)
                try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
            },
            client: { connection in
                func take() async throws -> AMQPDelivery {
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                            var iterator = deliveries.makeAsyncIterator()
                            return try #require(try await iterator.next())
                        }
                    }
                }
                let old = try await take()
                #expect(throws: AMQPError(.channelClosed, message: "")) { try old.ack() }
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        _ = try await iterator.next()
                        #expect(throws: AMQPError(.channelClosed, message: "")) { try old.ack() }
                    }
                }
            })
    }

    @Test func `several tasks share the deliveries`() async throws {
        let taken = try await self.run(
            broker: { broker in
                for tag in 1...9 as ClosedRange<UInt64> { try broker.deliver(tag) }
                var settled: Set<UInt64> = []
                while settled.count < 9 {
                    guard case .basicAck(let ack) = try await broker.nextMethod(on: 1) else {
                        throw ScriptedBroker.Unexpected(event: "no ack")
                    }
                    settled.insert(ack.deliveryTag)
                }
                try broker.send(.basicCancel(BasicCancel(consumerTag: "lamassu-1", noWait: true)))
            },
            client: { deliveries in
                await withTaskGroup(of: [UInt64].self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            var taken: [UInt64] = []
                            let code = await errorCode {
                                for try await delivery in deliveries {
                                    taken.append(delivery.deliveryTag)
                                    try delivery.ack()
                                }
                            }
                            #expect(code == .consumerCancelled)
                            return taken
                        }
                    }
                    return await group.reduce(into: []) { $0 += $1 }
                }
            })
        #expect(taken.sorted() == Array(1...9))
    }

    @Test func `a consumer that the broker ends throws behind its last delivery`() async throws {
        let code = try await self.run(
            broker: { broker in
                try broker.deliver(1)
                try broker.send(.basicCancel(BasicCancel(consumerTag: "lamassu-1", noWait: true)))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
            },
            client: { deliveries in
                await errorCode { for try await delivery in deliveries { try delivery.ack() } }
            })
        #expect(code == .consumerCancelled)
    }

    @Test func `a sequence that outlives its scope ends`() async throws {
        let escaped = try await self.run(broker: { _ in }, client: { $0 })
        #expect(await errorCode { for try await _ in escaped {} } == .connectionClosed)
        try await Conversation().run(
            broker: { broker in try await broker.openConsumer() },
            client: { connection in
                try await connection.withChannel { channel in
                    let escaped = try await channel.withDeliveries(from: "q", prefetch: 1) { $0 }
                    for try await _ in escaped { Issue.record("a delivery") }
                }
            })
    }

    @Test func `a task that is cancelled while it waits takes no delivery`() async throws {
        let isCancelled = Signal()
        try await self.run(
            broker: { broker in
                await isCancelled.wait()
                try broker.deliver(1)
            },
            client: { deliveries in
                let waiting = Task { await errorCode { for try await _ in deliveries {} } }
                await Task.yield()
                waiting.cancel()
                #expect(await waiting.value == .cancelled)
                isCancelled.send()
                var iterator = deliveries.makeAsyncIterator()
                let delivery = try await iterator.next()
                #expect(delivery?.deliveryTag == 1)
            })
    }

    @Test func `a cancelled task still ends its consumer at the broker`() async throws {
        let hasStarted = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                hasStarted.send()
                try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                try await broker.answer(with: .channelCloseOk(ChannelCloseOk()))
            },
            client: { connection in
                let consuming = Task {
                    await errorCode {
                        try await connection.withChannel { channel in
                            try await channel.withDeliveries(from: "q", prefetch: 1) { for try await _ in $0 {} }
                        }
                    }
                }
                await hasStarted.wait()
                consuming.cancel()
                #expect(await consuming.value == .cancelled)
            })
    }

    @Test func `a message that is too long closes its channel before it is taken in`() async throws {
        let code = try await self.run(
            Conversation { $0.maximumBodyBytes = 1_000 },
            broker: { broker in
                try broker.send(
                    BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, exchange: "", routingKey: "q"),
                    body: Array(repeating: 0, count: 1_000_000))
                guard case .channelClose(let close) = try await broker.nextMethod(on: 1) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                #expect(close.replyCode == .contentTooLarge)
                try broker.send(.channelCloseOk(ChannelCloseOk()))
            },
            client: { deliveries in await errorCode { for try await _ in deliveries {} } })
        #expect(code == .messageTooLarge)
    }

    @Test func `more deliveries than the prefetch are taken, as of a stream whose chunk is sent as a whole`() async throws {
        let count: UInt64 = 100
        let tags = try await self.run(
            prefetch: 2,
            broker: { broker in
                for tag in 1...count { try broker.deliver(tag) }
                for _ in 1...count { try await broker.nextMethod(on: 1) }
                try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
            },
            client: { deliveries in
                var tags: [UInt64] = []
                for try await delivery in deliveries {
                    tags.append(delivery.deliveryTag)
                    try delivery.ack()
                    if tags.count == count { break }
                }
                return tags
            })
        #expect(tags == Array(1...count))
    }
}
