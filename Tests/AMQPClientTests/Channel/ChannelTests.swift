// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ChannelTests {
    @Test func `requests carry their arguments and return what the broker says`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                let queue = QueueDeclare(
                    queue: "q", durable: true, exclusive: true, autoDelete: true, arguments: ["x-queue-type": "classic"])
                #expect(
                    try await broker.answer(with: .queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 3, consumerCount: 2)))
                        == .queueDeclare(queue))
                #expect(
                    try await broker.answer(with: .queueDeclareOk(QueueDeclareOk(queue: "amq.gen", messageCount: 0, consumerCount: 0)))
                        == .queueDeclare(QueueDeclare(passive: true)))
                let exchange = ExchangeDeclare(
                    exchange: "x", type: "topic", durable: true, autoDelete: true, internal: true, arguments: ["a": 1])
                #expect(try await broker.answer(with: .exchangeDeclareOk(ExchangeDeclareOk())) == .exchangeDeclare(exchange))
                #expect(
                    try await broker.answer(with: .queueBindOk(QueueBindOk()))
                        == .queueBind(QueueBind(queue: "q", exchange: "x", routingKey: "k", arguments: ["a": 2])))
                #expect(
                    try await broker.answer(with: .queueUnbindOk(QueueUnbindOk()))
                        == .queueUnbind(QueueUnbind(queue: "q", exchange: "x", routingKey: "k", arguments: ["a": 3])))
                #expect(
                    try await broker.answer(with: .exchangeBindOk(ExchangeBindOk()))
                        == .exchangeBind(ExchangeBind(destination: "d", source: "s", routingKey: "k", arguments: ["a": 4])))
                #expect(
                    try await broker.answer(with: .exchangeUnbindOk(ExchangeUnbindOk()))
                        == .exchangeUnbind(ExchangeUnbind(destination: "d", source: "s", routingKey: "k", arguments: ["a": 5])))
                #expect(
                    try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 4))) == .queuePurge(QueuePurge(queue: "q")))
                #expect(
                    try await broker.answer(with: .queueDeleteOk(QueueDeleteOk(messageCount: 5)))
                        == .queueDelete(QueueDelete(queue: "q", ifUnused: true, ifEmpty: true)))
                #expect(
                    try await broker.answer(with: .exchangeDeleteOk(ExchangeDeleteOk()))
                        == .exchangeDelete(ExchangeDelete(exchange: "x", ifUnused: true)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let status = try await channel.declareQueue(
                        "q", durable: true, exclusive: true, autoDelete: true, arguments: ["x-queue-type": "classic"])
                    #expect(status == AMQPQueueStatus(name: "q", messageCount: 3, consumerCount: 2))
                    #expect(try await channel.declareQueue(passive: true).name == "amq.gen")
                    try await channel.declareExchange(
                        "x", type: .topic, durable: true, autoDelete: true, isInternal: true, arguments: ["a": 1])
                    try await channel.bindQueue("q", to: "x", routingKey: "k", arguments: ["a": 2])
                    try await channel.unbindQueue("q", from: "x", routingKey: "k", arguments: ["a": 3])
                    try await channel.bindExchange("d", to: "s", routingKey: "k", arguments: ["a": 4])
                    try await channel.unbindExchange("d", from: "s", routingKey: "k", arguments: ["a": 5])
                    #expect(try await channel.purgeQueue("q") == 4)
                    #expect(try await channel.deleteQueue("q", ifUnused: true, ifEmpty: true) == 5)
                    try await channel.deleteExchange("x", ifUnused: true)
                }
            })
    }

    @Test(arguments: [
        (AMQPReplyCode.accessRefused, AMQPError.Code.accessRefused), (.notFound, .notFound), (.resourceLocked, .resourceLocked),
        (.preconditionFailed, .preconditionFailed), (.contentTooLarge, .channelClosed), (AMQPReplyCode(rawValue: 999), .channelClosed),
    ])
    func `a refusal closes its channel, has a code, and leaves the other channels alone`(
        replyCode: AMQPReplyCode, code: AMQPError.Code
    ) async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel(1)
                try await broker.openChannel(2)
                try await broker.nextMethod(on: 1)
                try broker.send(.channelClose(ChannelClose(replyCode: replyCode, replyText: "the reason")))
                #expect(try await broker.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 1)), on: 2)
            },
            client: { connection in
                try await connection.withChannel { first in
                    try await connection.withChannel { second in
                        let error = try await amqpError { try await first.declareQueue("q") }
                        #expect(error.code == code)
                        #expect(error.replyCode == replyCode)
                        #expect(error.message.contains("the reason"))
                        #expect(await errorCode { try await first.declareQueue("q") } == code, "it stays closed, for the same reason")
                        #expect(try await second.purgeQueue("q") == 1)
                    }
                }
            })
    }

    @Test func `a request that is cancelled ends at once, and its late reply is not the next one's`() async throws {
        let requestCame = Signal()
        let isCancelled = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                requestCame.send()
                await isCancelled.wait()
                try broker.send(.queueDeclareOk(QueueDeclareOk(queue: "first", messageCount: 1, consumerCount: 0)))
                try await broker.answer(with: .queueDeclareOk(QueueDeclareOk(queue: "second", messageCount: 2, consumerCount: 0)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let first = Task { await errorCode { try await channel.declareQueue("first") } }
                    await requestCame.wait()
                    first.cancel()
                    #expect(await first.value == .cancelled)
                    isCancelled.send()
                    let second = try await channel.declareQueue("second")
                    #expect(second.name == "second")
                }
            })
    }

    @Test func `a request that is not answered in time fails, and the channel goes on`() async throws {
        let hasFailed = Signal()
        try await Conversation { $0.requestTimeout = .seconds(5) }.run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                broker.advance(by: .seconds(5))
                await hasFailed.wait()
                try broker.send(.queuePurgeOk(QueuePurgeOk(messageCount: 1)))
                try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 2)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    #expect(await errorCode { try await channel.purgeQueue("q") } == .timedOut)
                    hasFailed.send()
                    let count = try await channel.purgeQueue("q")
                    #expect(count == 2)
                }
            })
    }

    @Test func `a reply that answers nothing closes the connection`() async throws {
        let code = try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                try broker.send(.queueDeleteOk(QueueDeleteOk(messageCount: 1)))
                guard case .connectionClose(let close) = try await broker.nextMethod(on: 0) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                #expect(close.replyCode == .commandInvalid)
            },
            client: { connection in await errorCode { try await connection.withChannel { try await $0.purgeQueue("q") } } })
        #expect(code == .protocolViolation)
    }

    @Test func `a name that is too long is refused here, and the channel goes on`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openPublisher()
                #expect(
                    try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 2))) == .queuePurge(QueuePurge(queue: "q")))
                #expect(try await broker.nextMessage().body == [2])
                try broker.ack(1)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    let long = String(repeating: "n", count: 256)
                    #expect(await errorCode { try await channel.declareQueue(long) } == .invalidArgument)
                    #expect(await errorCode { try await channel.withDeliveries(from: long, prefetch: 1) { _ in } } == .invalidArgument)
                    #expect(await errorCode { try await publisher.publish([1], to: .queue(long)) } == .invalidArgument)
                    let headers = AMQPProperties(headers: ["h": .string(String(repeating: "v", count: 200_000))])
                    #expect(
                        await errorCode { try await publisher.publish([1], properties: headers, to: .queue("q")) } == .invalidArgument
                    )
                    #expect(try await channel.purgeQueue("q") == 2)
                    try await publisher.publish([2], to: .queue("q"))
                }
            })
    }

    @Test(arguments: [0, -1, 65_536, Int.max])
    func `a prefetch that cannot be is refused here`(prefetch: Int) async throws {
        let code = try await Conversation().run(
            broker: { broker in try await broker.openChannel() },
            client: { connection in
                try await connection.withChannel { channel in
                    await errorCode { try await channel.withDeliveries(from: "q", prefetch: prefetch) { _ in } }
                }
            })
        #expect(code == .invalidArgument)
    }

    @Test func `as many channels as agreed can be open, and a closed one's number is used again`() async throws {
        try await Conversation().run(
            tune: ConnectionTune(channelMax: 2, frameMax: 0, heartbeat: 0),
            broker: { broker in
                try await broker.openChannel(1)
                try await broker.openChannel(2)
                try await broker.answer(with: .channelCloseOk(ChannelCloseOk()), on: 2)
                try await broker.openChannel(2)
                try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 1)), on: 2)
            },
            client: { connection in
                try await connection.withChannel { _ in
                    let old = try await connection.withChannel { second in
                        #expect(await errorCode { try await connection.withChannel { _ in } } == .channelLimitReached)
                        return second
                    }
                    try await connection.withChannel { new in
                        #expect(await errorCode { try await old.purgeQueue("q") } == .channelClosed, "it is not the new one")
                        let count = try await new.purgeQueue("q")
                        #expect(count == 1)
                    }
                }
            })
    }

    @Test func `a channel whose opening was cancelled is closed when it opens`() async throws {
        let openCame = Signal()
        let isClosed = Signal()
        let isCancelled = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.nextMethod(on: 1)
                openCame.send()
                await isCancelled.wait()
                try broker.send(.channelOpenOk(ChannelOpenOk()))
                guard case .channelClose = try await broker.nextMethod(on: 1) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                try broker.send(.channelCloseOk(ChannelCloseOk()))
                isClosed.send()
            },
            client: { connection in
                let attempt = Task { await errorCode { try await connection.withChannel { _ in } } }
                await openCame.wait()
                attempt.cancel()
                #expect(await attempt.value == .cancelled)
                isCancelled.send()
                await isClosed.wait()
            })
    }

    @Test func `a channel's close that meets the broker's is answered, and over`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                guard case .channelClose = try await broker.nextMethod(on: 1) else {
                    throw ScriptedBroker.Unexpected(event: "no close")
                }
                try broker.send(.channelClose(ChannelClose(replyCode: .preconditionFailed, replyText: "")))
                #expect(try await broker.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try broker.send(.channelCloseOk(ChannelCloseOk()))
            },
            client: { connection in try await connection.withChannel { _ in } })
    }

    @Test func `a channel's close that nobody answers is over at its deadline, and its number is not used again`() async throws {
        try await Conversation { $0.closeTimeout = .seconds(2) }.run(
            broker: { broker in
                try await broker.openChannel(1)
                try await broker.nextMethod(on: 1)
                broker.advance(by: .seconds(2))
                try await broker.openChannel(2)
            },
            client: { connection in
                try await connection.withChannel { _ in }
                try await connection.withChannel { _ in }
            })
    }
}
