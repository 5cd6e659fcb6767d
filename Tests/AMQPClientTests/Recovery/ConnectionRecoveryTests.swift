// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import InMemoryLogging
import Logging
import Testing
import Transport

/// How a connection is made anew, and what waits meanwhile.
@Suite struct ConnectionRecoveryTests {
    private let refused = TransportError(.connectionRefused, message: "nobody listens")

    @Test func `the states follow each other, and the last one is closed`() async throws {
        let conversation = Conversation.recovering()
        let isWatched = Signal()
        let states = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                await isWatched.wait()
                conversation.transport.fail(1, with: self.refused)
                first.lose()
                await brokers.clock.skipToNextDeadline()
                let second = try await brokers.reopen()
                try await second.serveUntilClosed()
            },
            client: { connection in
                var iterator = connection.states.makeAsyncIterator()
                var states: [AMQPConnectionState] = []
                states += [try #require(await iterator.next(isolation: #isolation))]
                isWatched.send()
                while states.last?.recoveries == 0 {
                    states += [try #require(await iterator.next(isolation: #isolation))]
                }
                return (states, connection)
            })
        #expect(states.0.first?.phase == .connected)
        #expect(states.0.first?.endpoint == AMQPEndpoint(host: "broker"))
        #expect(states.0.dropFirst().dropLast().allSatisfy { $0.phase == .recovering && $0.error != nil })
        #expect(states.0.map(\.attempt).max() == 2)
        #expect(states.0.last?.phase == .connected)
        #expect(states.0.last?.error == nil)
        #expect(states.0.last?.attempt == 0)
        var iterator = states.1.states.makeAsyncIterator()
        #expect(await iterator.next(isolation: #isolation)?.phase == .closed)
        #expect(await iterator.next(isolation: #isolation) == nil)
    }

    @Test func `the pauses grow, and each endpoint is called on in each round`() async throws {
        let conversation = Conversation.recovering { configuration in
            configuration.endpoints = AMQPEndpointList(AMQPEndpoint(host: "a"), AMQPEndpoint(host: "b"), order: .inOrder)
            configuration.recovery?.initialDelay = .seconds(1)
        }
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                conversation.transport.fail(5, with: self.refused)
                first.lose()
                #expect(await brokers.clock.skipToNextDeadline() == .seconds(1))
                #expect(await brokers.clock.skipToNextDeadline() == .seconds(2))
                #expect(await brokers.clock.skipToNextDeadline() == .seconds(4))
                let second = try await brokers.open()
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await self.waitForRecovery(of: connection)
                #expect(connection.state.endpoint.host == "b")
            })
        #expect(conversation.transport.targets.map(\.host) == ["a", "a", "b", "a", "b", "a", "b"])
    }

    @Test func `after the last attempt everything ends with what happened last`() async throws {
        let conversation = Conversation.recovering { $0.recovery?.maximumAttempts = 2 }
        let error = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                conversation.transport.fail(with: self.refused)
                first.lose()
                await brokers.clock.skipToNextDeadline()
                await brokers.clock.skipToNextDeadline()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let end = await connection.waitUntilEnded()
                    #expect(end?.code == .connectFailed)
                    #expect(connection.state.phase == .closed)
                    return try await amqpError { try await channel.declareQueue("q") }
                }
            })
        #expect(error.code == .connectFailed)
        #expect(error.transportError?.code == .connectionRefused)
    }

    @Test func `a refusal of the credentials on the way is told at warning, and tried again`() async throws {
        let handler = InMemoryLogHandler()
        var conversation = Conversation.recovering()
        conversation.logger = Logger(label: "amqp", factory: { _ in handler })
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                first.lose()
                await brokers.clock.skipToNextDeadline()
                let second = await brokers.accept()
                try await second.greet()
                _ = try await second.nextMethod(on: 0)
                try second.send(.connectionClose(ConnectionClose(replyCode: .accessRefused, replyText: "rotated")), on: 0)
                let third = try await brokers.reopen()
                try await third.serveUntilClosed()
            },
            client: { try await self.waitForRecovery(of: $0) })
        let lines = handler.entries.filter { $0.level == .warning }.map { "\($0.message)" }
        #expect(lines == ["The connection to the broker is lost, and will be made anew", "No connection to the broker yet"])
        let recovered = handler.entries.first { $0.message == "The connection to the broker is there again" }
        #expect(recovered?.level == .info)
        #expect(recovered?.metadata["amqp.attempt"] == "2")
        #expect(!handler.entries.contains { "\($0)".contains("secret") })
    }

    @Test(arguments: [AMQPReplyCode.connectionForced, .internalError, .frameError])
    func `a connection that the broker closes is made anew`(code: AMQPReplyCode) async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try first.send(.connectionClose(ConnectionClose(replyCode: code, replyText: "maintenance")), on: 0)
                let second = try await brokers.reopen()
                try await second.serveUntilClosed()
            },
            client: { try await self.waitForRecovery(of: $0) })
    }

    @Test func `a loss while channels are opened again starts over`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher()
                let sent = try await first.nextMessage()
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.nextMethod(on: 1) == .confirmSelect(ConfirmSelect()))
                second.lose()
                let third = try await brokers.reopen()
                try await third.openPublisher()
                #expect(try await third.nextMessage() == sent)
                try third.ack(1)
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.publisher().publish([1], to: .queue("q"), mandatory: true)
                }
                #expect(connection.state.recoveries == 1)
            })
    }

    /// A channel loses its connection, and is not opened on the next one, which is given up after seven seconds.
    private static func leaveChannelUnopened(_ brokers: ScriptedBrokers) async throws {
        let first = try await brokers.open()
        try await first.openChannel()
        first.lose()
        let second = try await brokers.reopen()
        #expect(try await second.nextMethod(on: 1) == .channelOpen(ChannelOpen()))
        second.advance(by: .seconds(7))
        #expect(await second.stream.nextEvent() == .aborted)
    }

    @Test func `channels that are not open again in time end the attempt`() async throws {
        try await Conversation.recovering { $0.requestTimeout = .seconds(7) }.runThroughLosses(
            broker: { brokers in
                try await Self.leaveChannelUnopened(brokers)
                let third = try await brokers.reopen()
                try await third.openChannel()
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { _ in try await self.waitForRecovery(of: connection) }
            })
    }

    @Test func `an attempt that was given up sends nothing more, and the next one begins with the protocol header`() async throws {
        let conversation = Conversation.recovering { configuration in
            configuration.heartbeat = .seconds(10)
            configuration.requestTimeout = .seconds(7)
            configuration.recovery?.initialDelay = .seconds(8)
        }
        try await conversation.runThroughLosses(
            broker: { brokers in
                try await Self.leaveChannelUnopened(brokers)
                // Longer than half the interval of the heartbeats, of which none is due without a connection.
                #expect(await brokers.clock.skipToNextDeadline() == .seconds(16))
                let third = try await brokers.open()
                try await third.openChannel()
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { _ in try await self.waitForRecovery(of: connection) }
            })
    }

    @Test func `a request that was sent fails, one that is asked meanwhile waits`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                _ = try await first.nextMethod(on: 1)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                let reply = AMQPMethod.queueDeclareOk(QueueDeclareOk(queue: "b", messageCount: 0, consumerCount: 0))
                #expect(try await second.answer(with: reply) == .queueDeclare(QueueDeclare(queue: "b")))
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    #expect(await errorCode { try await channel.declareQueue("a") } == .connectionLost)
                    let queue = try await channel.declareQueue("b")
                    #expect(queue.name == "b")
                }
            })
    }

    @Test func `deadlines hold without a connection`() async throws {
        let conversation = Conversation.recovering { configuration in
            configuration.requestTimeout = .seconds(5)
            configuration.confirmTimeout = .seconds(6)
            configuration.recovery?.initialDelay = .seconds(100)
            configuration.recovery?.maximumDelay = .seconds(100)
        }
        let isLost = Signal()
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher()
                first.lose()
                isLost.send()
                // Whoever is woken gives way to the next: three waits, then the pause.
                for _ in 0..<3 { await brokers.clock.skipToNextDeadline() }
                let second = try await brokers.reopen()
                try await second.openPublisher()
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    await isLost.wait()
                    #expect(await errorCode { try await channel.declareQueue("q") } == .timedOut)
                    let unsent = try await amqpError { try await publisher.publish([1], to: .queue("q")) }
                    #expect(unsent.code == .timedOut)
                    #expect(!unsent.isDeliveryFateUnknown)
                    #expect(await errorCode { try await connection.withChannel { _ in } } == .connectionLost)
                    try await self.waitForRecovery(of: connection)
                }
            })
    }

    @Test func `whoever waits without a connection can be cancelled`() async throws {
        let conversation = Conversation.recovering()
        let isLost = Signal()
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                try await first.answer(with: .confirmSelectOk(ConfirmSelectOk()))
                first.lose()
                isLost.send()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        let publisher = try await channel.publisher()
                        await isLost.wait()
                        let codes = await withTaskGroup(of: AMQPError.Code?.self) { group in
                            group.addTask { await errorCode { try await publisher.publish([1], to: .queue("q")) } }
                            group.addTask { await errorCode { try await channel.declareQueue("q") } }
                            group.addTask { await errorCode { try await connection.withChannel { _ in } } }
                            group.addTask { await errorCode { for try await _ in deliveries {} } }
                            group.cancelAll()
                            return await group.reduce(into: []) { $0.append($1) }
                        }
                        #expect(codes == [.cancelled, .cancelled, .cancelled, .cancelled])
                    }
                }
            })
    }

    @Test func `a channel that was being opened fails, and another is opened when the connection is back`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                _ = try await first.nextMethod(on: 1)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await second.serveUntilClosed()
            },
            client: { connection in
                #expect(await errorCode { try await connection.withChannel { _ in } } == .connectionLost)
                try await connection.withChannel { _ in #expect(connection.state.recoveries == 1) }
            })
    }

    @Test func `a scope that ends without a connection ends at once`() async throws {
        let conversation = Conversation.recovering()
        let isLost = Signal()
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                first.lose()
                isLost.send()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { _ in await isLost.wait() }
                }
                #expect(connection.state.phase == .recovering)
            })
        #expect(conversation.transport.attempts == 1)
    }

    @Test func `a scope that ends in the middle of a recovery says goodbye and does not wait`() async throws {
        let isOnTheWay = Signal()
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                first.lose()
                let second = try await brokers.reopen()
                _ = try await second.nextMethod(on: 1)
                isOnTheWay.send()
                guard case .channelClose = try await second.nextMethod(on: 1) else { throw ScriptedBroker.Unexpected(event: "no close") }
                try second.send(.channelOpenOk(ChannelOpenOk()))
                try second.send(.channelCloseOk(ChannelCloseOk()))
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { _ in await isOnTheWay.wait() }
            })
    }

    @Test func `a connection whose task is cancelled is not made anew`() async throws {
        let conversation = Conversation.recovering()
        let isOpen = Signal()
        let isCancelled = Signal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await conversation.runThroughLosses(
                    broker: { brokers in
                        let first = try await brokers.open()
                        isOpen.send()
                        await isCancelled.wait()
                        first.lose()
                    },
                    client: { connection in
                        #expect(await connection.waitUntilEnded() == nil)
                        isCancelled.send()
                        // The close of the scope is quick either way, and nothing connects.
                    })
            }
            await isOpen.wait()
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(conversation.transport.attempts == 1)
    }

    @Test func `a broker that now allows fewer channels ends those beyond alone`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel(1)
                try await first.openChannel(2)
                first.lose()
                let second = try await brokers.reopen(tune: ConnectionTune(channelMax: 1, frameMax: 131_072, heartbeat: 0))
                try await second.openChannel(1)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { _ in
                    try await connection.withChannel { channel in
                        try await self.waitForRecovery(of: connection)
                        #expect(await errorCode { try await channel.declareQueue("q") } == .channelLimitReached)
                        #expect(connection.state.notRecovered == ["channel 2"])
                    }
                }
            })
    }

    @Test func `a new secret that comes without a connection is what the next attempt shows`() async throws {
        let isUpdated = Signal()
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                first.lose()
                await isUpdated.wait()
                await brokers.clock.skipToNextDeadline()
                let second = await brokers.accept()
                let startOk = try await second.handshake()
                #expect(startOk.response == AMQPSecret(Array("\0user\0token".utf8)))
                try await second.serveUntilClosed()
            },
            client: { connection in
                for await state in connection.states where state.phase == .recovering { break }
                try await connection.updateSecret("token", reason: "expired")
                isUpdated.send()
                try await self.waitForRecovery(of: connection)
            })
    }

    @Test func `a new secret that a lost connection has not answered for is what the next one shows`() async throws {
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.nextMethod(on: 0)
                first.lose()
                await brokers.clock.skipToNextDeadline()
                let second = await brokers.accept()
                let startOk = try await second.handshake()
                #expect(startOk.response == AMQPSecret(Array("\0user\0token".utf8)))
                try await second.answer(with: .connectionUpdateSecretOk(ConnectionUpdateSecretOk()), on: 0)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.updateSecret("token", reason: "due")
                try await self.waitForRecovery(of: connection)
                try await connection.updateSecret("another", reason: "due")
            })
    }

    private func waitForRecovery(of connection: AMQPConnection) async throws {
        for await state in connection.states where state.recoveries > 0 && state.phase == .connected { return }
        throw ScriptedBroker.Unexpected(event: "the end")
    }
}
