// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// What RabbitMQ 3.12 to 4.3 do otherwise than 3.10, which the other suites run against, as their release notes have it.
@Suite(.timeLimit(.minutes(1))) struct NewerBrokerTests {
    /// Greets as a newer broker does, and returns the client's answer.
    private func greet(_ broker: ScriptedBroker, mechanisms: String = "ANONYMOUS PLAIN AMQPLAIN") async throws -> ConnectionStartOk {
        try await broker.greet(mechanisms: mechanisms)
        guard case .connectionStartOk(let startOk) = try await broker.nextMethod(on: 0) else {
            throw ScriptedBroker.Unexpected(event: "no start-ok")
        }
        return startOk
    }

    /// Closes the channel with a reason and returns what the client's closure threw.
    private func error(
        closingWith close: ChannelClose, after script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        _ body: @Sendable (AMQPChannel) async throws -> Void
    ) async throws -> AMQPError {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await script(broker)
                try broker.send(.channelClose(close))
                #expect(try await broker.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try await broker.openChannel(2)
            },
            client: { connection in
                let error = try await amqpError { try await connection.withChannel { try await body($0) } }
                // The connection goes on.
                try await connection.withChannel { _ in }
                return error
            })
    }

    // MARK: 4.0

    @Test func `a delivery of a quorum queue tells how often it came`() async throws {
        let headers: AMQPTable = ["x-delivery-count": .int64(20), "x-acquired-count": .int64(21)]
        let delivery = try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                let method = BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, redelivered: true, exchange: "", routingKey: "q")
                try broker.send(method, body: [1], properties: AMQPProperties(headers: headers))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        return try await iterator.next()
                    }
                }
            })
        #expect(delivery?.redelivered == true)
        #expect(delivery?.properties.headers?["x-delivery-count"]?.integerValue == 20)
        #expect(delivery?.properties.headers?["x-acquired-count"]?.integerValue == 21)
    }

    @Test func `a message of more than 16 MiB costs its channel, and the error has the broker's limit`() async throws {
        let text = "PRECONDITION_FAILED - message size 83413489 is larger than configured max size 16777216"
        let close = ChannelClose(replyCode: .preconditionFailed, replyText: text, classID: 60, methodID: 40)
        let error = try await self.error(closingWith: close) { broker in
            try await broker.answer(with: .confirmSelectOk(ConfirmSelectOk()))
            _ = try await broker.nextMessage()
        } _: { channel in
            try await channel.publisher().publish([1, 2, 3], to: .queue("q"))
        }
        #expect(error.code == .preconditionFailed)
        #expect(error.message.contains("16777216"))
        #expect(!error.isRetryable)
        #expect(error.isDeliveryFateUnknown, "which of the messages in flight is meant is not said")
    }

    @Test func `a broker without AMQPLAIN is greeted with PLAIN, and one without PLAIN is told from a wrong password`() async throws {
        try await Conversation().runFromStart(
            broker: { broker in
                #expect(try await self.greet(broker, mechanisms: "ANONYMOUS PLAIN").mechanism == "PLAIN")
                try broker.send(.connectionTune(ConnectionTune(channelMax: 2_047, frameMax: 131_072, heartbeat: 60)), on: 0)
                try await broker.nextMethod(on: 0)
                try await broker.nextMethod(on: 0)
                try broker.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
                try await broker.serveUntilClosed()
            }, client: { _ in })
        let error = try await amqpError {
            try await Conversation().runFromStart(
                broker: { broker in
                    try await broker.greet(mechanisms: "ANONYMOUS EXTERNAL")
                    try await broker.serveUntilClosed()
                }, client: { _ in })
        }
        #expect(error.code == .authenticationFailed)
        #expect(error.message.contains("ANONYMOUS EXTERNAL"))
    }

    // MARK: 4.1

    @Test func `what is asked for by default is above the least frame of 4_1`() async throws {
        try await Conversation().runFromStart(
            broker: { broker in
                _ = try await self.greet(broker)
                try broker.send(.connectionTune(ConnectionTune(channelMax: 2_047, frameMax: 131_072, heartbeat: 60)), on: 0)
                let tuneOk = ConnectionTuneOk(channelMax: 2_047, frameMax: 131_072, heartbeat: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionTuneOk(tuneOk))
                try await broker.nextMethod(on: 0)
                try broker.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
                try await broker.serveUntilClosed()
            }, client: { _ in })
    }

    @Test func `frames shorter than the least frame of 4_1 end in a silent close, whose error names the setting`() async throws {
        let error = try await amqpError {
            try await Conversation { $0.maximumFrameBytes = 4_096 }.runFromStart(
                broker: { broker in
                    _ = try await self.greet(broker)
                    try broker.send(.connectionTune(ConnectionTune(channelMax: 2_047, frameMax: 131_072, heartbeat: 60)), on: 0)
                    let tuneOk = ConnectionTuneOk(channelMax: 2_047, frameMax: 4_096, heartbeat: 0)
                    #expect(try await broker.nextMethod(on: 0) == .connectionTuneOk(tuneOk))
                    broker.stream.handler.streamClosed(nil)
                }, client: { _ in })
        }
        #expect(error.code == .connectionLost)
        #expect(error.message.contains("maximumFrameBytes below 8192"))
    }

    @Test func `a token of 8,000 bytes finds room before the limits are negotiated`() async throws {
        let token = String(repeating: "t", count: 7_500)
        try await Conversation { $0.credentials = .plain(username: "", password: token) }.runFromStart(
            broker: { broker in
                #expect(try await broker.handshake().response.bytes == [0, 0] + Array(token.utf8))
                try await broker.serveUntilClosed()
            }, client: { _ in })
    }

    // MARK: 4.3, and any version that is configured so

    @Test(arguments: [
        "Feature `transient_nonexcl_queues` is deprecated.\nBy default, this feature is not permitted anymore.",
        "Feature `global_qos` is deprecated.\nIts use is not permitted per the configuration",
    ])
    func `a deprecated feature closes the connection, and the error has the broker's words`(feature: String) async throws {
        let errors = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openChannel()
                guard case .queueDeclare = try await broker.nextMethod(on: 1) else { throw ScriptedBroker.Unexpected(event: "no declare") }
                let text = "INTERNAL_ERROR - \(feature)"
                let close = ConnectionClose(replyCode: .internalError, replyText: text, classID: 50, methodID: 10)
                try broker.send(.connectionClose(close), on: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionCloseOk(ConnectionCloseOk()))
                try await broker.serveUntilClosed()
            },
            client: { connection in
                let first = try await amqpError { try await connection.withChannel { try await $0.declareQueue("q") } }
                let second = try await amqpError { try await connection.withChannel { _ in } }
                return [first, second]
            })
        for error in errors {
            #expect(error.code == .connectionClosed)
            #expect(error.replyCode == .internalError)
            #expect(error.message.contains(feature))
        }
    }

    @Test(arguments: [
        "PRECONDITION_FAILED - invalid arg 'x-queue-mode' for queue 'q' in vhost '/'",
        "PRECONDITION_FAILED - invalid arg 'x-queue-version' for queue 'q' in vhost '/'",
    ])
    func `an argument that is not known any more costs its channel`(text: String) async throws {
        let close = ChannelClose(replyCode: .preconditionFailed, replyText: text, classID: 50, methodID: 10)
        let error = try await self.error(closingWith: close) { broker in
            try await broker.nextMethod(on: 1)
        } _: { channel in
            try await channel.declareQueue("q", durable: true, arguments: ["x-queue-mode": "lazy"])
        }
        #expect(error.code == .preconditionFailed)
        #expect(error.message.contains(text))
    }

    // MARK: The time that a delivery may be held

    @Test func `a delivery that is held too long costs its channel, and its acknowledgement is never sent on another`() async throws {
        let text = """
            PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms. This timeout value can \
            be configured, see consumers doc guide to learn more
            """
        let isTaken = Signal()
        let isClosed = Signal()
        let errors = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openConsumer()
                try broker.deliver(1)
                await isTaken.wait()
                try broker.send(.channelClose(ChannelClose(replyCode: .preconditionFailed, replyText: text)))
                #expect(try await broker.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                isClosed.send()
                #expect(try await broker.serveUntilClosed().isEmpty, "no acknowledgement")
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try #require(try await iterator.next())
                        isTaken.send()
                        await isClosed.wait()
                        return [try await amqpError { try delivery.ack() }, try await amqpError { for try await _ in deliveries {} }]
                    }
                }
            })
        for error in errors {
            #expect(error.code == .preconditionFailed)
            #expect(error.message.contains("1800000 ms"))
            #expect(!error.isRetryable)
        }
    }

    @Test func `a delivery of a quorum queue of 4_3 that is held too long ends its consumer, and can still be settled`() async throws {
        let error = try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
                try broker.send(.basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                #expect(try await broker.nextMethod(on: 1) == .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try await iterator.next()
                        let error = try await amqpError { for try await _ in deliveries {} }
                        try delivery?.ack()
                        return error
                    }
                }
            })
        #expect(error.code == .consumerCancelled)
        #expect(error.isRetryable)
    }

    // MARK: Maintenance

    @Test func `a node that is drained closes the connection, and another attempt may succeed`() async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openConsumer()
                let text = "CONNECTION_FORCED - Node was put into maintenance mode"
                try broker.send(.connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: text)), on: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionCloseOk(ConnectionCloseOk()))
                try await broker.serveUntilClosed()
            },
            client: { connection in
                try await amqpError {
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 2) { for try await _ in $0 {} }
                    }
                }
            })
        #expect(error.code == .connectionClosed)
        #expect(error.replyCode == .connectionForced)
        #expect(error.isRetryable)
    }
}
