// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    @Test func `a connection introduces itself, and closes in order`() async throws {
        let conversation = Conversation {
            $0.connectionName = "ca-service"
            $0.virtualHost = "lamassu"
        }
        let closing = try await conversation.runFromStart(
            broker: { broker in
                let startOk = try await broker.handshake()
                #expect(startOk.mechanism == "PLAIN")
                #expect(startOk.response.bytes == [0] + Array("user".utf8) + [0] + Array("secret".utf8))
                #expect(startOk.clientProperties["connection_name"] == "ca-service")
                let capabilities = startOk.clientProperties["capabilities"]?.tableValue
                for name in [
                    "publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked", "authentication_failure_close",
                    "exchange_exchange_bindings",
                ] {
                    #expect(capabilities?[name] == true, "\(name)")
                }
                guard case .connectionClose(let close) = try await broker.nextMethod(on: 0) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                #expect(close.replyCode == .replySuccess)
                try broker.send(.connectionCloseOk(ConnectionCloseOk()), on: 0)
                #expect(try await broker.serveUntilClosed().isEmpty)
            }, client: { _ in 7 })
        #expect(closing == 7)
    }

    @Test func `the error of the closure comes out, behind an orderly close`() async throws {
        struct Mine: Error {}
        await #expect(throws: Mine.self) {
            try await Conversation().run(
                broker: { broker in
                    guard case .connectionClose = try await broker.nextMethod(on: 0) else {
                        throw ScriptedBroker.Unexpected(event: "no close")
                    }
                    try broker.send(.connectionCloseOk(ConnectionCloseOk()), on: 0)
                }, client: { _ in throw Mine() })
        }
    }

    @Test func `no stream is a typed error that holds the transport's`() async throws {
        let transport = ScriptedTransport(error: TransportError(.connectionRefused, message: "nobody listens"))
        let error = try await amqpError {
            try await AMQPClient.withConnection(to: Conversation().configuration, over: transport, logger: Conversation().logger) { _ in }
        }
        #expect(error.code == .connectFailed)
        #expect(error.transportError?.code == .connectionRefused)
        #expect(error.isRetryable)
        let verification = ScriptedTransport(error: TransportError(.tlsVerificationFailed, message: "unknown CA"))
        let refused = try await amqpError {
            try await AMQPClient.withConnection(to: Conversation().configuration, over: verification, logger: Conversation().logger) { _ in
            }
        }
        #expect(refused.code == .connectFailed)
        #expect(!refused.isRetryable)
    }

    @Test(arguments: [true, false])
    func `a wrong password is told, with a close or without`(saysWhy: Bool) async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await broker.greet()
                    try await broker.nextMethod(on: 0)
                    guard saysWhy else {
                        broker.stream.handler.streamClosed(nil)
                        return
                    }
                    let text = "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN"
                    try broker.send(.connectionClose(ConnectionClose(replyCode: .accessRefused, replyText: text)), on: 0)
                    #expect(try await broker.nextMethod(on: 0) == .connectionCloseOk(ConnectionCloseOk()))
                    try await broker.serveUntilClosed()
                }, client: { _ in })
        }
        #expect(error.code == .authenticationFailed)
        #expect(error.message.contains("Login was refused") == saysWhy)
        #expect(!error.isRetryable)
        #expect(!error.description.contains("secret"))
    }

    @Test func `a password is not sent to a broker without PLAIN`() async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await broker.greet(mechanisms: "EXTERNAL")
                    #expect(try await broker.serveUntilClosed().isEmpty)
                }, client: { _ in })
        }
        #expect(error.code == .authenticationFailed)
    }

    @Test func `an unknown virtual host is told`() async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await broker.greet()
                    try await broker.nextMethod(on: 0)
                    try broker.send(.connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)), on: 0)
                    try await broker.nextMethod(on: 0)
                    try await broker.nextMethod(on: 0)
                    let text = "NOT_ALLOWED - vhost / not found"
                    try broker.send(.connectionClose(ConnectionClose(replyCode: .notAllowed, replyText: text)), on: 0)
                    try await broker.serveUntilClosed()
                }, client: { _ in })
        }
        #expect(error.code == .accessRefused)
        #expect(error.replyCode == .notAllowed)
        #expect(error.message.contains("vhost / not found"))
    }

    @Test func `a peer that says nothing is given up at the handshake's deadline`() async throws {
        let error = try await amqpError {
            try await Conversation { $0.handshakeTimeout = .seconds(3) }.runFromStart(
                broker: { broker in
                    _ = try await broker.nextFrame(on: 0)
                    broker.advance(by: .milliseconds(2_999))
                    #expect(broker.stream.pendingEvents.isEmpty)
                    broker.advance(by: .milliseconds(1))
                    #expect(await broker.stream.nextEvent() == .aborted)
                    broker.stream.handler.streamClosed(nil)
                }, client: { _ in })
        }
        #expect(error.code == .timedOut)
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{46}", "AMQP\0\u{1}\0\0", "SSH-2.0-OpenSSH_9.2\r\n",
    ])
    func `a peer that speaks something else is told from a broker`(greeting: String) async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    _ = try await broker.nextFrame(on: 0)
                    broker.sendBytes(Array(greeting.utf8))
                    #expect(try await broker.serveUntilClosed().isEmpty, "it is not told")
                }, client: { _ in })
        }
        #expect(error.code == .handshakeFailed)
    }

    @Test func `a stream that breaks in the handshake is a lost connection`() async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    _ = try await broker.nextFrame(on: 0)
                    broker.stream.handler.streamClosed(TransportError(.connectionClosed, message: "reset"))
                }, client: { _ in })
        }
        #expect(error.code == .connectionLost)
        #expect(error.transportError?.code == .connectionClosed)
    }

    @Test func `a virtual host that is too long is an error of its own`() async throws {
        let error = try await amqpError {
            try await Conversation { $0.virtualHost = String(repeating: "v", count: 256) }.runFromStart(
                broker: { broker in
                    try await broker.greet()
                    try await broker.nextMethod(on: 0)
                    try broker.send(.connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)), on: 0)
                    try await broker.serveUntilClosed()
                }, client: { _ in })
        }
        #expect(error.code == .invalidArgument)
    }

    @Test func `a cancelled attempt leaves no stream behind`() async throws {
        let conversation = Conversation()
        let attempt = Task {
            await errorCode {
                try await AMQPClient.withConnection(
                    to: conversation.configuration, over: conversation.transport, logger: conversation.logger
                ) { _ in }
            }
        }
        let broker = ScriptedBroker(stream: await conversation.transport.nextStream(), clock: conversation.clock)
        _ = try await broker.nextFrame(on: 0)
        attempt.cancel()
        #expect(await broker.stream.nextEvent() == .aborted)
        broker.stream.handler.streamClosed(nil)
        #expect(await attempt.value == .cancelled)
    }

    @Test func `a close that nobody answers is over at its deadline`() async throws {
        try await Conversation { $0.closeTimeout = .seconds(2) }.runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.nextMethod(on: 0)
                broker.advance(by: .seconds(1))
                #expect(broker.stream.pendingEvents.isEmpty)
                broker.advance(by: .seconds(1))
                #expect(await broker.stream.nextEvent() == .aborted)
                broker.stream.handler.streamClosed(nil)
            }, client: { _ in })
    }

    // MARK: Heartbeats

    @Test func `a heartbeat goes out when nothing else did for half an interval`() async throws {
        try await Conversation { $0.heartbeat = .seconds(10) }.run(
            tune: ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 60),
            broker: { broker in
                broker.advance(by: .seconds(4))
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                broker.advance(by: .milliseconds(4_999))
                #expect(broker.stream.pendingEvents.isEmpty)
                broker.advance(by: .milliseconds(1))
                #expect(try await broker.nextFrame(on: 0) == .heartbeat)
                try broker.send(.queueDeleteOk(QueueDeleteOk(messageCount: 0)))
            },
            client: { connection in
                _ = try await connection.withChannel { channel in try await channel.deleteQueue("q") }
            })
    }

    @Test func `a peer that is silent for two intervals is dead to everybody`() async throws {
        try await Conversation { $0.heartbeat = .seconds(10) }.runFromStart(
            broker: { broker in
                try await broker.handshake(tune: ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 60))
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                for _ in 0..<3 {
                    broker.advance(by: .seconds(5))
                    #expect(try await broker.nextFrame(on: 0) == .heartbeat)
                }
                broker.advance(by: .seconds(5))
                #expect(await broker.stream.nextEvent() == .aborted)
                broker.stream.handler.streamClosed(nil)
            },
            client: { connection in
                #expect(await errorCode { try await connection.withChannel { try await $0.purgeQueue("q") } } == .connectionLost)
                #expect(await errorCode { try await connection.withChannel { _ in } } == .connectionLost)
            })
    }

    // MARK: The end

    /// Starts a request, a publish that is sent, one that waits, and a wait for a delivery, and says how they ended.
    private func endOfAll(in connection: AMQPConnection) async throws -> [AMQPError] {
        try await connection.withChannel { channel in
            let publisher = try await channel.publisher(window: 1)
            return try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                async let sent = amqpError { try await publisher.publish([1], to: .queue("q")) }
                async let waiting = amqpError { try await publisher.publish([2], to: .queue("q")) }
                async let request = amqpError { try await channel.purgeQueue("q") }
                async let delivery = amqpError { for try await _ in deliveries {} }
                return try await [sent, waiting, request, delivery]
            }
        }
    }

    /// The broker's side of ``endOfAll(in:)``, up to the end.
    @Sendable private func openAll(_ broker: ScriptedBroker) async throws {
        try await broker.openPublisher()
        try await broker.startConsumer()
        var frames = 0
        // One message of three frames and one request, in the order in which their tasks run.
        while frames < 4 {
            _ = try await broker.nextFrame(on: 1)
            frames += 1
        }
    }

    @Test func `when the stream breaks, everything fails at once`() async throws {
        let errors = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await self.openAll(broker)
                broker.stream.handler.streamClosed(TransportError(.connectionClosed, message: "reset"))
            }, client: { try await self.endOfAll(in: $0) })
        #expect(errors.map(\.code) == Array(repeating: .connectionLost, count: 4))
        #expect(errors.allSatisfy { $0.isRetryable })
        #expect(errors.map(\.isDeliveryFateUnknown).filter { $0 }.count == 1, "one message had been sent")
        #expect(errors[0].transportError?.code == .connectionClosed)
    }

    @Test func `when the broker closes the connection, everything fails at once`() async throws {
        let errors = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await self.openAll(broker)
                let close = ConnectionClose(replyCode: .connectionForced, replyText: "CONNECTION_FORCED - closed by operator")
                try broker.send(.connectionClose(close), on: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionCloseOk(ConnectionCloseOk()))
                try await broker.serveUntilClosed()
            }, client: { try await self.endOfAll(in: $0) })
        #expect(errors.map(\.code) == Array(repeating: .connectionClosed, count: 4))
        #expect(errors.allSatisfy { $0.isRetryable && $0.replyCode == .connectionForced })
    }

    @Test func `garbage closes the connection, says why, and fails everything`() async throws {
        let errors = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await self.openAll(broker)
                broker.sendBytes([1, 0, 1, 0, 0, 0, 1, 0xAA, 0xAA])
                guard case .connectionClose(let close) = try await broker.nextMethod(on: 0) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                #expect(close.replyCode == .frameError)
                broker.sendBytes([1, 2, 3])
                try await broker.serveUntilClosed()
            }, client: { try await self.endOfAll(in: $0) })
        #expect(errors.map(\.code) == Array(repeating: .protocolViolation, count: 4))
    }

    @Test func `a frame for a channel that is not open closes the connection`() async throws {
        let code = try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                try broker.ack(1, on: 2)
                guard case .connectionClose(let close) = try await broker.nextMethod(on: 0) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                #expect(close.replyCode == .channelError)
            },
            client: { connection in await errorCode { try await connection.withChannel { try await $0.purgeQueue("q") } } })
        #expect(code == .protocolViolation)
    }

    @Test func `leaving the scope fails what other tasks still wait for`() async throws {
        let requestCame = Signal()
        let code = try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                requestCame.send()
            },
            client: { connection in
                try await withThrowingTaskGroup(of: AMQPError.Code?.self) { group in
                    try await connection.withChannel { channel in
                        group.addTask { await errorCode { try await channel.purgeQueue("q") } }
                        await requestCame.wait()
                    }
                    return try await group.next() ?? nil
                }
            })
        #expect(code == .channelClosed)
    }

    @Test func `a connection that is closed is of no use any more`() async throws {
        let escaped = try await Conversation().run(broker: { _ in }, client: { $0 })
        #expect(await errorCode { try await escaped.withChannel { _ in } } == .connectionClosed)
    }

    @Test func `one who has nothing to ask learns that the connection has ended, and why`() async throws {
        let isWaiting = Signal()
        let told = try await Conversation().run(
            broker: { broker in
                await isWaiting.wait()
                try broker.send(.connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: "a test")), on: 0)
            },
            client: { connection in
                async let early = connection.waitUntilEnded()
                isWaiting.send()
                return [await early, await connection.waitUntilEnded()]
            })
        #expect(told.map { $0?.code } == [.connectionClosed, .connectionClosed])
        #expect(told[0]?.replyCode == .connectionForced)
    }

    @Test func `a wait for the end of the connection ends with its task`() async throws {
        let told = try await Conversation().run(
            broker: { _ in },
            client: { connection in
                await withTaskGroup(of: AMQPError?.self) { group in
                    group.addTask { await connection.waitUntilEnded() }
                    group.cancelAll()
                    return await group.next() ?? nil
                }
            })
        #expect(told == nil)
    }
}
