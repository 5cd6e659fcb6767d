// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// A broker that breaks the protocol: the connection is closed with the code that the specification has for it, and everybody is told.
@Suite(.timeLimit(.minutes(2))) struct BreachTests {
    /// Runs a publisher and a consumer against a broker that sends these bytes, and checks how they end.
    private func check(_ breach: Breach, inPiecesOf pieceSize: Int? = nil) async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake(tune: ConnectionTune(channelMax: 10, frameMax: 8_192, heartbeat: 0))
                try await broker.openPublisher()
                _ = try await broker.nextMessage()
                try broker.ack(1)
                try await broker.startConsumer()
                broker.sendBytes(breach.bytes, inPiecesOf: pieceSize)
                let close = try await broker.closeOfConnection()
                #expect(close?.replyCode == breach.replyCode)
                #expect(close?.replyText.contains(breach.text) == true, "\(close?.replyText ?? "no close")")
                // What a broker sends now is not looked at any more.
                broker.sendBytes(breach.bytes)
                broker.stream.handler.streamClosed(nil)
            },
            client: { connection in
                try await amqpError {
                    try await connection.withChannel { channel in
                        try await channel.publisher().publish([1], to: .queue("q"))
                        try await channel.withDeliveries(from: "q", prefetch: 2) { deliveries in
                            for try await delivery in deliveries { try delivery.ack() }
                        }
                    }
                }
            })
        #expect(error.code == .protocolViolation)
        #expect(error.replyCode == breach.replyCode)
        #expect(error.message.contains(breach.text), "\(error.message)")
        #expect(!error.isDeliveryFateUnknown)
    }

    @Test(arguments: Breach.frames)
    func `a frame that is none closes the connection`(_ breach: Breach) async throws {
        try await self.check(breach)
    }

    @Test(arguments: Breach.payloads)
    func `a frame that cannot be read closes the connection`(_ breach: Breach) async throws {
        try await self.check(breach)
    }

    @Test(arguments: Breach.frames + Breach.payloads)
    func `what is wrong is wrong in any number of pieces`(_ breach: Breach) async throws {
        try await self.check(breach, inPiecesOf: 1)
    }

    @Test(arguments: try Breach.contents())
    func `a content out of order closes the connection`(_ breach: Breach) async throws {
        try await self.check(breach)
    }

    @Test(arguments: try Breach.methods())
    func `a method that nobody asked for closes the connection`(_ breach: Breach) async throws {
        try await self.check(breach)
    }

    @Test func `the answer to another request closes the connection, and fails the request`() async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openChannel()
                try await broker.answer(with: .queueDeleteOk(QueueDeleteOk(messageCount: 0)))
                #expect(try await broker.closeOfConnection()?.replyCode == .commandInvalid)
                broker.stream.handler.streamClosed(nil)
            },
            client: { connection in
                try await amqpError { try await connection.withChannel { try await $0.purgeQueue("q") } }
            })
        #expect(error.code == .protocolViolation)
    }

    @Test func `a publish whose confirm a breach has cut off says that its fate is unknown`() async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openPublisher()
                _ = try await broker.nextMessage()
                broker.sendBytes(RawFrame.bytes(4))
                #expect(try await broker.closeOfConnection()?.replyCode == .frameError)
                broker.stream.handler.streamClosed(nil)
            },
            client: { connection in
                try await amqpError {
                    try await connection.withChannel { try await $0.publisher().publish([1], to: .queue("q")) }
                }
            })
        #expect(error.code == .protocolViolation)
        #expect(error.isDeliveryFateUnknown)
    }
}
