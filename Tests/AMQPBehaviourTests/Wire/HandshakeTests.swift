// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// The beginning of a connection, and what ends one, method by method.
@Suite(.timeLimit(.minutes(2))) struct HandshakeTests {
    @Test(arguments: Broker.all) func `the broker greets with what it can do`(broker: Broker) async throws {
        let client = try await WireClient.connect(to: broker)
        let start = try await client.greet()
        #expect(start.versionMajor == 0 && start.versionMinor == 9)
        #expect(Set(start.mechanisms.split(separator: " ")).isSuperset(of: ["PLAIN", "AMQPLAIN"]))
        #expect(start.locales == "en_US")
        let capabilities = try #require(start.serverProperties["capabilities"]?.tableValue)
        for name in [
            "publisher_confirms", "exchange_exchange_bindings", "basic.nack", "consumer_cancel_notify", "connection.blocked",
            "consumer_priorities", "authentication_failure_close", "per_consumer_qos", "direct_reply_to",
        ] {
            #expect(capabilities[name] == true, "\(name)")
        }
        client.close()
    }

    @Test(arguments: Broker.all, [Array("AMQP".utf8) + [0, 0, 9, 0], Array("GET / HT".utf8), Array("AMQP".utf8) + [1, 1, 0, 10]])
    func `who speaks another protocol is told ours, and no more`(broker: Broker, header: [UInt8]) async throws {
        let client = try await WireClient.connect(to: broker)
        client.write(header)
        #expect(await client.nextFrame()?.payload == .protocolHeader(.current))
        #expect(await client.nextFrame() == nil)
    }

    @Test(arguments: Broker.all, ["PLAIN", "AMQPLAIN"]) func `both mechanisms carry user and password`(
        broker: Broker, mechanism: String
    ) async throws {
        let client = try await WireClient.connect(to: broker)
        try await client.logIn(to: broker, mechanism: mechanism)
        try await client.open(1)
        client.close()
    }

    @Test(arguments: Broker.all) func `credentials that are wrong are refused with 403 to who wants to hear it`(broker: Broker) async throws
    {
        let client = try await WireClient.connect(to: broker)
        _ = try await client.greet()
        let properties: AMQPTable = ["capabilities": ["authentication_failure_close": true]]
        try client.send(
            .connectionStartOk(
                ConnectionStartOk(
                    clientProperties: properties, mechanism: "PLAIN", response: AMQPSecret(Array("\0nobody\0wrong".utf8)), locale: "en_US")),
            on: 0)
        let close = try await client.nextClose(on: 0)
        #expect(close.code == .accessRefused)
        #expect(
            close.text
                == "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.")
        #expect(await client.nextFrame() == nil)
    }

    @Test(arguments: Broker.all) func `the broker proposes limits that are no wider than the protocol's`(broker: Broker) async throws {
        let client = try await WireClient.connect(to: broker)
        _ = try await client.greet()
        try client.send(
            .connectionStartOk(
                ConnectionStartOk(
                    clientProperties: [:], mechanism: "PLAIN", response: try WireClient.response(to: broker), locale: "en_US")),
            on: 0)
        guard case .connectionTune(let tune) = try await client.nextMethod(on: 0) else {
            throw WireClient.Unexpected(description: "no tune")
        }
        #expect(tune == ConnectionTune(channelMax: 2_047, frameMax: 131_072, heartbeat: 60))
        client.close()
    }

    @Test(arguments: Broker.all) func `a virtual host that is not there is refused with 530`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.virtualHost = "nowhere"
        let error = try await amqpError { try await broker.withConnection(configuration) { _ in } }
        #expect(error.replyCode == .notAllowed)
        #expect(error.message.contains("NOT_ALLOWED - vhost nowhere not found"), "\(error)")
    }

    /// That the broker ends the stream too is not waited for: RabbitMQ leaves that to the client for 30 seconds.
    @Test(arguments: Broker.all) func `a close is agreed to`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let answer = try await client.call(
                .connectionClose(ConnectionClose(replyCode: .replySuccess, replyText: "bye", classID: 0, methodID: 0)), on: 0)
            #expect(answer == .connectionCloseOk(ConnectionCloseOk()))
        }
    }

    @Test(arguments: Broker.all) func `a new secret is agreed to`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let answer = try await client.call(
                .connectionUpdateSecret(ConnectionUpdateSecret(newSecret: AMQPSecret(Array("token".utf8)), reason: "renewed")), on: 0)
            #expect(answer == .connectionUpdateSecretOk(ConnectionUpdateSecretOk()))
        }
    }

    @Test(arguments: Broker.all) func `more channels than agreed end the connection`(broker: Broker) async throws {
        let tune = ConnectionTuneOk(channelMax: 2, frameMax: 131_072, heartbeat: 0)
        try await WireClient.run(on: broker, channels: 2, tune: tune) { client in
            try client.send(.channelOpen(ChannelOpen()), on: 3)
            let close = try await client.nextClose(on: 0)
            #expect(close.code == .notAllowed)
            #expect(close.text == "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)")
        }
    }

    @Test(arguments: Broker.all) func `a frame that is longer than agreed ends the connection`(broker: Broker) async throws {
        let tune = ConnectionTuneOk(channelMax: 2, frameMax: 4_096, heartbeat: 0)
        try await WireClient.run(on: broker, tune: tune) { client in
            try client.publish([UInt8](repeating: 1, count: 5_000), key: "q")
            #expect(try await client.nextClose(on: 0).code == .frameError)
        }
    }

    @Test(arguments: Broker.all) func `what the broker sends keeps to the frames that were agreed on`(broker: Broker) async throws {
        let tune = ConnectionTuneOk(channelMax: 2, frameMax: 4_096, heartbeat: 0)
        try await WireClient.run(on: broker, tune: tune) { client in
            let queue = try await client.declareQueue()
            let body = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
            try await broker.withChannel { try await $0.publisher().publish(body, to: .queue(queue), mandatory: true) }
            try client.send(.basicGet(BasicGet(queue: queue, noAck: true)))
            _ = try await client.nextMethod()
            _ = await client.nextFrame()
            var sizes: [Int] = []
            while sizes.reduce(0, +) < body.count {
                guard case .body(let part)? = await client.nextFrame()?.payload else { throw WireClient.Unexpected(description: "no body") }
                sizes.append(part.count)
            }
            #expect(sizes == [4_088, 4_088, 1_824])
        }
    }

    @Test(arguments: Broker.all) func `the broker sends heartbeats as often as agreed, and gives up on who sends none`(broker: Broker)
        async throws
    {
        let tune = ConnectionTuneOk(channelMax: 2, frameMax: 131_072, heartbeat: 1)
        try await WireClient.run(on: broker, tune: tune) { client in
            // No heartbeat of the client's comes, so the stream ends after a while.
            #expect(await client.nextFrame() == nil)
            #expect(client.heartbeatCount > 0)
        }
    }
}
