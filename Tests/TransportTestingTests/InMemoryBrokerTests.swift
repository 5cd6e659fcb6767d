// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing
import Transport
import TransportTesting

/// What the behaviour suite cannot reach: what a test does to the broker, and what no client would send.
@Suite(.timeLimit(.minutes(2))) struct InMemoryBrokerTests {
    private func declare(_ queue: String, _ arguments: AMQPTable = [:], durable: Bool = false, on client: RawClient) async throws {
        try client.send(.queueDeclare(QueueDeclare(queue: queue, durable: durable, arguments: arguments)))
        let answer = AMQPFrame.Payload.method(.queueDeclareOk(QueueDeclareOk(queue: queue, messageCount: 0, consumerCount: 0)))
        let frames = await client.wait { $0.contains { $0.payload == answer } }
        #expect(frames.contains { $0.payload == answer })
    }

    @Test func `a test looks into queues and puts messages in`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        #expect(broker.messages(in: "q") == nil)
        #expect(!broker.publish([1], routingKey: "q"))
        #expect(!broker.publish([1], exchange: "nowhere", routingKey: "q"))
        try await self.declare("q", on: client)
        #expect(broker.publish([1], properties: AMQPProperties(messageID: "m"), routingKey: "q"))
        let message = try #require(broker.messages(in: "q")?.first)
        #expect(message.body == [1])
        #expect(message.properties.messageID == "m")
        #expect(message.routingKey == "q")
        #expect(!message.isRedelivered)
        #expect(broker.queueNames == ["q"])
        #expect(broker.exchangeNames.contains("amq.topic"))
        #expect(broker.connectionCount == 1)
    }

    @Test func `time moves on when a test says so`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        try await self.declare("dead", on: client)
        try await self.declare(
            "q",
            [
                "x-message-ttl": 3_600_000, "x-expires": 7_200_000, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead",
            ], on: client)
        broker.publish([1], routingKey: "q")
        broker.advance(by: .seconds(3_599))
        #expect(broker.messages(in: "q")?.count == 1)
        broker.advance(by: .seconds(2))
        #expect(broker.messages(in: "q")?.count == 0)
        #expect(broker.messages(in: "dead")?.first?.properties.headers?["x-first-death-reason"] == "expired")
        broker.advance(by: .seconds(3_600))
        #expect(broker.messages(in: "q") == nil)
        #expect(broker.connectionCount == 1, "connections keep to real time")
    }

    @Test func `a restart keeps what is durable, and persistent messages in it`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        try await self.declare("durable", durable: true, on: client)
        try await self.declare("transient", on: client)
        broker.publish([1], properties: AMQPProperties(deliveryMode: .persistent), routingKey: "durable")
        broker.publish([2], routingKey: "durable")
        broker.stop()
        #expect(await client.waitUntilClosed() == nil)
        await #expect(throws: TransportError(.connectionRefused, message: "")) { try await RawClient.connect(to: broker) }
        broker.start()
        #expect(broker.queueNames == ["durable"])
        #expect(broker.messages(in: "durable")?.map(\.body) == [[1]])
        _ = try await RawClient.open(broker)
    }

    @Test func `connections break off without a word, or close with one`() async throws {
        let broker = InMemoryBroker()
        let dropped = try await RawClient.open(broker)
        broker.dropConnections()
        #expect(await dropped.waitUntilClosed() == TransportError(.connectionClosed, message: ""))
        let closed = try await RawClient.open(broker)
        broker.closeConnections("maintenance")
        let frames = await closed.wait { !$0.isEmpty }
        guard case .method(.connectionClose(let close))? = frames.first?.payload else {
            Issue.record("\(frames)")
            return
        }
        #expect(close.replyCode == .connectionForced)
        #expect(close.replyText == "CONNECTION_FORCED - maintenance")
    }

    @Test func `a blocked connection gets its first message in, and the others when it may`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        try await self.declare("q", on: client)
        broker.block("low on memory")
        try client.publish([1], key: "q")
        let blocked = AMQPFrame.Payload.method(.connectionBlocked(ConnectionBlocked(reason: "low on memory")))
        _ = await client.wait { $0.contains { $0.payload == blocked } }
        #expect(try client.publish([2], key: "q") == .writable)
        #expect(try client.publish([UInt8](repeating: 3, count: 2_000_000), key: "q") != .closed)
        #expect(try client.publish([4], key: "q") == .full)
        #expect(broker.messages(in: "q")?.map(\.body) == [[1]])
        broker.unblock()
        await client.waitUntilWritable()
        #expect(broker.messages(in: "q")?.map(\.body.count) == [1, 1, 2_000_000, 1])
        _ = await client.wait { $0.contains { $0.payload == .method(.connectionUnblocked(ConnectionUnblocked())) } }
    }

    @Test func `who does not read gets no more than a bounded share, and the rest when it reads`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        try await self.declare("q", on: client)
        client.setReading(false)
        try client.send(.basicConsume(BasicConsume(queue: "q", consumerTag: "c", noAck: true)))
        for _ in 0..<100 { broker.publish([UInt8](repeating: 1, count: 100_000), routingKey: "q") }
        #expect((broker.messages(in: "q")?.count ?? 0) > 80)
        client.setReading(true)
        _ = await client.wait { frames in frames.count { if case .body = $0.payload { true } else { false } } == 100 }
        #expect(broker.messages(in: "q")?.isEmpty == true)
    }

    @Test func `a chain of dead letters as long as a client likes needs no stack`() async throws {
        let broker = InMemoryBroker()
        let client = try await RawClient.open(broker)
        for number in 0..<300 {
            let arguments: AMQPTable = [
                "x-max-length": 0, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string("q\(number + 1)"),
            ]
            try client.send(.queueDeclare(QueueDeclare(queue: "q\(number)", noWait: true, arguments: arguments)))
        }
        try await self.declare("q300", on: client)
        broker.publish([1], routingKey: "q0")
        #expect(broker.messages(in: "q300")?.first?.properties.headers?["x-death"]?.arrayValue?.count == 300)
    }

    // MARK: Bytes that no client would send

    /// A session of many methods, as bytes.
    private func sampleSession() throws -> [UInt8] {
        var bytes: [UInt8] = []
        FrameEncoder.encodeProtocolHeader(into: &bytes)
        let encoder = FrameEncoder(maximumFrameSize: 131_072)
        let login = ConnectionStartOk(
            clientProperties: [:], mechanism: "PLAIN", response: AMQPSecret(Array("\0guest\0guest".utf8)), locale: "en_US")
        try encoder.encode(login, channel: 0, into: &bytes)
        try encoder.encode(ConnectionTuneOk(channelMax: 10, frameMax: 4_096, heartbeat: 0), channel: 0, into: &bytes)
        try encoder.encode(ConnectionOpen(virtualHost: "/"), channel: 0, into: &bytes)
        let methods: [AMQPMethod] = [
            .channelOpen(ChannelOpen()), .exchangeDeclare(ExchangeDeclare(exchange: "x", type: "topic", autoDelete: true)),
            .queueDeclare(QueueDeclare(queue: "q", arguments: ["x-max-length": 3, "x-dead-letter-exchange": "x"])),
            .queueBind(QueueBind(queue: "q", exchange: "x", routingKey: "#.a.*")), .confirmSelect(ConfirmSelect()),
            .basicQos(BasicQos(prefetchCount: 2)), .basicConsume(BasicConsume(queue: "q", consumerTag: "c")),
        ]
        for method in methods { try encoder.encode(method, channel: 1, into: &bytes) }
        for number in 0..<6 as Range<UInt8> {
            try encoder.encode(
                BasicPublish(exchange: "x", routingKey: "b.a.c", mandatory: true),
                properties: AMQPProperties(headers: ["CC": ["k.a.b"]], expiration: "1000"), body: [number, 1], channel: 1, into: &bytes)
        }
        let others: [AMQPMethod] = [
            .basicNack(BasicNack(deliveryTag: 1, multiple: false, requeue: false)), .basicGet(BasicGet(queue: "q")),
            .basicAck(BasicAck(deliveryTag: 0, multiple: true)), .basicRecover(BasicRecover(requeue: true)),
            .queuePurge(QueuePurge(queue: "q")), .queueDelete(QueueDelete(queue: "q")),
            .channelClose(ChannelClose(replyCode: .replySuccess, replyText: "", classID: 0, methodID: 0)),
        ]
        for method in others { try encoder.encode(method, channel: 1, into: &bytes) }
        return bytes
    }

    @Test func `a session that stops anywhere leaves a broker that works`() async throws {
        let bytes = try self.sampleSession()
        let broker = InMemoryBroker()
        for count in 0...bytes.count {
            let client = try await RawClient.connect(to: broker)
            client.write(Array(bytes[..<count]))
            client.close()
        }
        let client = try await RawClient.open(broker)
        try await self.declare("fresh", on: client)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func `bytes at random, and sessions with a few wrong ones, trap nowhere`(seed: UInt64)
        async throws
    {
        var generator = SeededGenerator(seed: seed)
        let session = try self.sampleSession()
        let broker = InMemoryBroker()
        for _ in 0..<200 {
            var bytes = session
            if Bool.random(using: &generator) {
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    bytes[Int.random(in: 8..<bytes.count, using: &generator)] = .random(in: .min ... .max, using: &generator)
                }
            } else {
                bytes = Array(session[..<Int.random(in: 0..<session.count, using: &generator)])
                bytes += (0..<200).map { _ in .random(in: .min ... .max, using: &generator) }
            }
            let client = try await RawClient.connect(to: broker)
            client.write(bytes)
            client.close()
        }
        broker.restart()
        let client = try await RawClient.open(broker)
        try await self.declare("fresh-\(seed)", on: client)
    }
}
