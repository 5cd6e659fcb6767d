// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// How what was declared is declared again.
@Suite struct TopologyRecoveryTests {
    private static func declared(_ queue: String) -> AMQPMethod {
        .queueDeclareOk(QueueDeclareOk(queue: queue, messageCount: 0, consumerCount: 0))
    }

    private static let exchangeDeclared = AMQPMethod.exchangeDeclareOk(ExchangeDeclareOk())
    private static let bound = AMQPMethod.queueBindOk(QueueBindOk())

    private static func exchange(_ name: String) -> AMQPMethod { .exchangeDeclare(ExchangeDeclare(exchange: name, type: "topic")) }

    private func waitForRecovery(of connection: AMQPConnection) async throws {
        for await state in connection.states where state.recoveries > 0 && state.phase == .connected { return }
        throw ScriptedBroker.Unexpected(event: "the end")
    }

    @Test func `what was declared is declared again on a channel of its own, before the others are opened`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.declared("q"))
                try await first.answer(with: Self.exchangeDeclared)
                try await first.answer(with: Self.bound)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.answer(with: Self.exchangeDeclared) == Self.exchange("x"))
                #expect(try await second.answer(with: Self.declared("q")) == .queueDeclare(QueueDeclare(queue: "q", durable: true)))
                let bind = QueueBind(queue: "q", exchange: "x", routingKey: "k")
                #expect(try await second.answer(with: Self.bound) == .queueBind(bind))
                guard case .channelClose = try await second.answer(with: .channelCloseOk(ChannelCloseOk())) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                try await second.openChannel()
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareQueue("q", durable: true)
                    try await channel.declareExchange("x", type: .topic)
                    try await channel.bindQueue("q", to: "x", routingKey: "k")
                    try await self.waitForRecovery(of: connection)
                }
            })
    }

    @Test func `a scope that ends while what was declared is being declared again does not wait for that`() async throws {
        let isOnTheWay = Signal()
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.exchangeDeclared)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.nextMethod(on: 1) == Self.exchange("x"))
                isOnTheWay.send()
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareExchange("x", type: .topic)
                    await isOnTheWay.wait()
                }
            })
    }

    @Test func `a queue that the broker named gets another name, which its bindings, consumers and messages follow`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.declared("amq.gen-1"))
                try await first.answer(with: Self.bound)
                try await first.startConsumer()
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                let declare = QueueDeclare(exclusive: true)
                #expect(try await second.answer(with: Self.declared("amq.gen-2")) == .queueDeclare(declare))
                let bind = QueueBind(queue: "amq.gen-2", exchange: "x", routingKey: "k")
                #expect(try await second.answer(with: Self.bound) == .queueBind(bind))
                try await second.answer(with: .channelCloseOk(ChannelCloseOk()))
                try await second.openChannel()
                try await second.answer(with: .basicQosOk(BasicQosOk()))
                let consume = BasicConsume(queue: "amq.gen-2", consumerTag: "lamassu-1")
                #expect(
                    try await second.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1"))) == .basicConsume(consume))
                try await second.answer(with: .confirmSelectOk(ConfirmSelectOk()))
                let message = try await second.nextMessage()
                #expect(message.method == BasicPublish(exchange: "", routingKey: "amq.gen-2", mandatory: true))
                let returned = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "amq.gen-2")
                try second.send(returned, body: message.body, properties: message.properties)
                try second.ack(1)
                let looked = try await second.answer(with: Self.declared("amq.gen-2"))
                #expect(looked == .queueDeclare(QueueDeclare(queue: "amq.gen-2", passive: true)))
                let deleted = try await second.answer(with: .queueDeleteOk(QueueDeleteOk(messageCount: 0)))
                #expect(deleted == .queueDelete(QueueDelete(queue: "amq.gen-2")))
                second.lose()
                let third = try await brokers.reopen()
                try await third.openChannel()
                #expect(try await third.nextMethod(on: 1) == .confirmSelect(ConfirmSelect()), "what was deleted stays deleted")
                try third.send(.confirmSelectOk(ConfirmSelectOk()))
                try await third.answer(with: .basicQosOk(BasicQosOk()))
                let gone = try await third.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                #expect(gone == .basicConsume(BasicConsume(queue: "amq.gen-1", consumerTag: "lamassu-1")))
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let queue = try await channel.declareQueue(exclusive: true).name
                    try await channel.bindQueue(queue, to: "x", routingKey: "k")
                    try await channel.withDeliveries(from: queue, prefetch: 1) { _ in
                        try await self.waitForRecovery(of: connection)
                        #expect(connection.state.renamedQueues == ["amq.gen-1": "amq.gen-2"])
                        let publisher = try await channel.publisher()
                        let error = try await amqpError { try await publisher.publish([1], to: .queue(queue), mandatory: true) }
                        #expect(error.returnedMessage?.routingKey == queue)
                        let looked = try await channel.declareQueue(queue, passive: true)
                        #expect(looked.name == queue)
                        try await channel.deleteQueue(queue)
                        for await state in connection.states where state.recoveries == 2 { return }
                    }
                }
            })
    }

    @Test func `what the broker refuses is told, and does not stop the rest`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                for _ in 0..<3 { try await first.answer(with: Self.exchangeDeclared) }
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.answer(with: Self.exchangeDeclared) == Self.exchange("a"))
                let refusal = ChannelClose(replyCode: .preconditionFailed, replyText: "inequivalent arg")
                #expect(try await second.answer(with: .channelClose(refusal)) == Self.exchange("b"))
                #expect(try await second.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try await second.openChannel(2)
                #expect(try await second.answer(with: Self.exchangeDeclared, on: 2) == Self.exchange("c"))
                try await second.answer(with: .channelCloseOk(ChannelCloseOk()), on: 2)
                try await second.openChannel()
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    for name in ["a", "b", "c"] { try await channel.declareExchange(name, type: .topic) }
                    try await self.waitForRecovery(of: connection)
                    #expect(connection.state.notRecovered == ["exchange 'b'"])
                }
            })
    }

    @Test func `an exclusive queue that the lost connection still holds is tried again, until the broker must have noticed`() async throws {
        try await Conversation.recovering { $0.heartbeat = .seconds(1) }.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.declared("q"))
                first.lose()
                let locked = ChannelClose(replyCode: .resourceLocked, replyText: "cannot obtain exclusive access")
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await second.answer(with: .channelClose(locked))
                #expect(try await second.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                #expect(await second.stream.nextEvent() == .aborted)
                let third = try await brokers.reopen()
                try await third.openChannel()
                third.clock.advance(by: .seconds(3))
                try await third.answer(with: .channelClose(locked))
                #expect(try await third.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try await third.openChannel()
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareQueue("q", exclusive: true)
                    try await self.waitForRecovery(of: connection)
                    #expect(connection.state.notRecovered == ["queue 'q'"])
                }
            })
    }

    @Test func `a loss while it is declared again starts over`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                for _ in 0..<2 { try await first.answer(with: Self.exchangeDeclared) }
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.answer(with: Self.exchangeDeclared) == Self.exchange("a"))
                _ = try await second.nextMethod(on: 1)
                second.lose()
                let third = try await brokers.reopen()
                try await third.openChannel()
                #expect(try await third.answer(with: Self.exchangeDeclared) == Self.exchange("a"))
                #expect(try await third.answer(with: Self.exchangeDeclared) == Self.exchange("b"))
                try await third.answer(with: .channelCloseOk(ChannelCloseOk()))
                try await third.openChannel()
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    for name in ["a", "b"] { try await channel.declareExchange(name, type: .topic) }
                    try await self.waitForRecovery(of: connection)
                    #expect(connection.state.recoveries == 1)
                    #expect(connection.state.notRecovered == [])
                }
            })
    }

    @Test func `an answer that does not come ends the attempt`() async throws {
        try await self.recoverAtSecondAttempt({ $0.requestTimeout = .seconds(7) }) { second in
            _ = try await second.nextMethod(on: 1)
        }
    }

    @Test func `a channel of its own that the broker does not close in time ends the attempt, and no channel of the user's`() async throws {
        try await self.recoverAtSecondAttempt({ $0.closeTimeout = .seconds(7) }) { second in
            try await second.answer(with: Self.exchangeDeclared)
            guard case .channelClose = try await second.nextMethod(on: 1) else { throw ScriptedBroker.Unexpected(event: "no close") }
        }
    }

    @Test func `it is left alone where that is asked for`() async throws {
        try await Conversation.recovering { $0.recovery?.recoversTopology = false }.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.exchangeDeclared)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.serveUntilClosed() == [])
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareExchange("a", type: .topic)
                    try await self.waitForRecovery(of: connection)
                }
            })
    }

    /// An exchange is to be declared again: the first attempt is given up after seven seconds, and the next one succeeds.
    ///
    /// - Parameters:
    ///   - change: what of the configuration makes the seven seconds too long.
    ///   - first: what the first attempt is answered until then, once its channel is open.
    private func recoverAtSecondAttempt(
        _ change: (inout AMQPConfiguration) -> Void, first attempt: @escaping @Sendable (ScriptedBroker) async throws -> Void
    ) async throws {
        try await Conversation.recovering(change).runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: Self.exchangeDeclared)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await attempt(second)
                second.advance(by: .seconds(7))
                #expect(await second.stream.nextEvent() == .aborted)
                let third = try await brokers.reopen()
                try await third.openChannel()
                try await third.answer(with: Self.exchangeDeclared)
                try await third.answer(with: .channelCloseOk(ChannelCloseOk()))
                try await third.openChannel()
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareExchange("a", type: .topic)
                    try await self.waitForRecovery(of: connection)
                    #expect(connection.state.notRecovered == [])
                }
            })
    }
}
