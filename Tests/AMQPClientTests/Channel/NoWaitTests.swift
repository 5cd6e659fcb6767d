// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct NoWaitTests {
    @Test func `requests go out one behind the other without an answer`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .queueDeclare(
                            QueueDeclare(queue: "q", durable: true, noWait: true, arguments: ["x-max-length": 5]))
                )
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .exchangeDeclare(
                            ExchangeDeclare(exchange: "x", type: "fanout", internal: true, noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .queueBind(QueueBind(queue: "q", exchange: "x", routingKey: "k", noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .exchangeBind(
                            ExchangeBind(destination: "x", source: "y", routingKey: "k", noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .exchangeUnbind(
                            ExchangeUnbind(destination: "x", source: "y", routingKey: "k", noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1) == .queuePurge(QueuePurge(queue: "q", noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .queueDelete(QueueDelete(queue: "q", noWait: true)))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .exchangeDelete(ExchangeDelete(exchange: "x", noWait: true)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.noWait.declareQueue("q", durable: true, arguments: ["x-max-length": 5])
                    try await channel.noWait.declareExchange("x", type: .fanout, isInternal: true)
                    try await channel.noWait.bindQueue("q", to: "x", routingKey: "k")
                    try await channel.noWait.bindExchange("x", to: "y", routingKey: "k")
                    try await channel.noWait.unbindExchange("x", from: "y", routingKey: "k")
                    try await channel.noWait.purgeQueue("q")
                    try await channel.noWait.deleteQueue("q")
                    try await channel.noWait.deleteExchange("x")
                    #expect(await errorCode { try await channel.noWait.declareQueue("") } == .invalidArgument)
                    #expect(
                        await errorCode {
                            try await channel.noWait.purgeQueue(String(repeating: "q", count: 256))
                        } == .invalidArgument)
                }
            })
    }

    @Test func `a deletion with a condition waits for the answer, and what the broker keeps is declared again`() async throws {
        let declared = AMQPMethod.queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 0, consumerCount: 0))
        try await Conversation.recovering().runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openChannel()
                try await first.answer(with: declared)
                try await first.answer(with: .exchangeDeleteOk(ExchangeDeleteOk()))
                let delete = try await first.answer(with: .channelClose(ChannelClose(replyCode: .preconditionFailed, replyText: "in use")))
                #expect(delete == .queueDelete(QueueDelete(queue: "q", ifUnused: true)))
                #expect(try await first.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.answer(with: declared) == .queueDeclare(QueueDeclare(queue: "q")))
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.declareQueue("q")
                    try await channel.noWait.deleteExchange("x", ifUnused: true)
                    #expect(await errorCode { try await channel.noWait.deleteQueue("q", ifUnused: true) } == .preconditionFailed)
                }
                for await state in connection.states where state.recoveries > 0 && state.phase == .connected { return }
            })
    }

    @Test func `a refusal closes the channel, which the next call learns`() async throws {
        let isRefused = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                try broker.send(.channelClose(ChannelClose(replyCode: .notFound, replyText: "no queue")))
                isRefused.send()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.noWait.purgeQueue("nowhere")
                    await isRefused.wait()
                    #expect(await errorCode { try await channel.noWait.purgeQueue("q") } == .notFound)
                }
            })
    }

    @Test func `while the transport is behind, the answer is waited for`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                broker.stream.setWritability(.full)
                #expect(
                    try await broker.nextMethod(on: 1) == .queuePurge(QueuePurge(queue: "a", noWait: true)))
                #expect(
                    try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 0)))
                        == .queuePurge(QueuePurge(queue: "b")))
                broker.stream.setWritability(.writable)
                broker.stream.handler.streamBecameWritable()
                try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 0)))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.noWait.purgeQueue("a")
                    try await channel.noWait.purgeQueue("b")
                    try await channel.purgeQueue("c")
                }
            })
    }
}
