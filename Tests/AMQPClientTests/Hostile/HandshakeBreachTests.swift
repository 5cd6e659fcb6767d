// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// A peer that is no broker, or a broker that is none: the handshake ends in time, with an error that says what to look at.
@Suite(.timeLimit(.minutes(2))) struct HandshakeBreachTests {
    private typealias Step = HandshakeBreach.Step

    /// Plays the handshake up to a step.
    private func advance(_ broker: ScriptedBroker, to step: Step) async throws {
        guard step != .greeting else {
            _ = try await broker.nextFrame(on: 0)
            return
        }
        try await broker.greet()
        try await broker.nextMethod(on: 0)
        guard step == .opening else { return }
        try broker.send(.connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)), on: 0)
        try await broker.nextMethod(on: 0)
        try await broker.nextMethod(on: 0)
    }

    private func check(_ breach: HandshakeBreach, inPiecesOf size: Int?) async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await self.advance(broker, to: breach.step)
                    broker.sendBytes(breach.bytes, inPiecesOf: size)
                    #expect(try await broker.closeOfConnection() == nil, "what may not be a broker is not told")
                    broker.stream.handler.streamClosed(nil)
                }, client: { _ in })
        }
        #expect(error.code == breach.code)
        #expect(error.message.contains(breach.text), "\(error.message)")
        #expect(!error.description.contains("secret"))
    }

    @Test(arguments: try HandshakeBreach.greetings(), [nil, 1])
    func `a greeting that is none ends the attempt`(_ breach: HandshakeBreach, pieceSize: Int?) async throws {
        try await self.check(breach, inPiecesOf: pieceSize)
    }

    @Test(arguments: try HandshakeBreach.steps(), [nil, 1])
    func `a step out of order ends the attempt`(_ breach: HandshakeBreach, pieceSize: Int?) async throws {
        try await self.check(breach, inPiecesOf: pieceSize)
    }

    @Test(arguments: [
        (HandshakeBreach.Step.greeting, true, AMQPError.Code.connectionLost, "broke off"),
        (.tuning, true, .authenticationFailed, "it refuses them"),
        (.opening, true, .connectionLost, "maximumFrameBytes"),
        (.greeting, false, .connectionLost, "reset"),
        (.tuning, false, .connectionLost, "reset"),
        (.opening, false, .connectionLost, "reset"),
    ])
    func `a peer that hangs up is told by when and how it did`(
        step: HandshakeBreach.Step, isOrderly: Bool, code: AMQPError.Code, text: String
    ) async throws {
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await self.advance(broker, to: step)
                    broker.stream.handler.streamClosed(isOrderly ? nil : TransportError(.connectionClosed, message: "reset"))
                }, client: { _ in })
        }
        #expect(error.code == code)
        #expect(error.message.contains(text), "\(error.message)")
    }

    @Test(arguments: [HandshakeBreach.Step.greeting, .tuning, .opening])
    func `a peer that falls silent is given up at the deadline of the whole handshake`(step: HandshakeBreach.Step) async throws {
        let error = try await amqpError {
            try await Conversation { $0.handshakeTimeout = .seconds(3) }.runFromStart(
                broker: { broker in
                    try await self.advance(broker, to: step)
                    broker.advance(by: .milliseconds(2_999))
                    #expect(broker.stream.pendingEvents.isEmpty)
                    broker.advance(by: .milliseconds(1))
                    #expect(await broker.stream.nextEvent() == .aborted)
                    broker.stream.handler.streamClosed(nil)
                }, client: { _ in })
        }
        #expect(error.code == .timedOut)
        #expect(error.message.contains("is it an AMQP broker?"))
    }

    @Test func `bytes that drip do not move the deadline`() async throws {
        let error = try await amqpError {
            try await Conversation { $0.handshakeTimeout = .seconds(3) }.runFromStart(
                broker: { broker in
                    _ = try await broker.nextFrame(on: 0)
                    let start = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
                    for byte in try encoded(.connectionStart(start), on: 0).prefix(30) {
                        broker.sendBytes([byte])
                        broker.advance(by: .milliseconds(100))
                    }
                    #expect(await broker.stream.nextEvent() == .aborted)
                    broker.stream.handler.streamClosed(nil)
                }, client: { _ in })
        }
        #expect(error.code == .timedOut)
    }

    @Test func `a heartbeat in the handshake is a sign of life and nothing else`() async throws {
        try await Conversation().runFromStart(
            broker: { broker in
                broker.sendBytes(RawFrame.bytes(8, on: 0))
                try await self.advance(broker, to: .opening)
                broker.sendBytes(RawFrame.bytes(8, on: 0))
                try broker.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
                try await broker.serveUntilClosed()
            }, client: { _ in })
    }

    @Test(arguments: [
        (ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0), ConnectionTuneOk(channelMax: 2_047, frameMax: 131_072, heartbeat: 10)),
        (ConnectionTune(channelMax: 1, frameMax: 4_096, heartbeat: 1), ConnectionTuneOk(channelMax: 1, frameMax: 4_096, heartbeat: 1)),
        (
            ConnectionTune(channelMax: .max, frameMax: .max, heartbeat: .max),
            ConnectionTuneOk(channelMax: 2_047, frameMax: 131_072, heartbeat: 10)
        ),
        (
            ConnectionTune(channelMax: 1, frameMax: 0x8000_0000, heartbeat: 0),
            ConnectionTuneOk(channelMax: 1, frameMax: 131_072, heartbeat: 10)
        ),
    ])
    func `whatever limits the broker names, no side's own are exceeded`(tune: ConnectionTune, agreed: ConnectionTuneOk) async throws {
        let code = try await Conversation { $0.heartbeat = .seconds(10) }.runFromStart(
            broker: { broker in
                try await broker.greet()
                try await broker.nextMethod(on: 0)
                try broker.send(.connectionTune(tune), on: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionTuneOk(agreed))
                try await broker.nextMethod(on: 0)
                try broker.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
                try await broker.openChannel(1)
                if agreed.channelMax > 1 { try await broker.openChannel(2) }
                try await broker.serveUntilClosed()
            },
            client: { connection in
                await errorCode { try await connection.withChannel { _ in try await connection.withChannel { _ in } } }
            })
        #expect(code == (agreed.channelMax == 1 ? .channelLimitReached : nil))
    }
}
