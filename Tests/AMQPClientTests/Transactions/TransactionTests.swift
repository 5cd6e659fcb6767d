// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct TransactionTests {
    private struct Failure: Error {}

    @Test func `a transaction is committed when its closure returns`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
                #expect(try await broker.answer(with: .txSelectOk(TxSelectOk())) == .txSelect(TxSelect()))
                let message = try await broker.nextMessage()
                #expect(message.body == [1])
                #expect(message.method == BasicPublish(exchange: "", routingKey: "q"))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                #expect(try await broker.answer(with: .txCommitOk(TxCommitOk())) == .txCommit(TxCommit()))
                #expect(try await broker.answer(with: .txCommitOk(TxCommitOk())) == .txCommit(TxCommit()), "the mode is selected once")
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 9) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try #require(try await iterator.next())
                        let result = try await channel.withTransaction { transaction in
                            try await transaction.publish([1], to: .queue("q"))
                            try delivery.ack()
                            return 7
                        }
                        #expect(result == 7)
                        #expect(await errorCode { try await channel.publish([], to: .queue("q")) } == .wrongChannelMode)
                        try await channel.withTransaction { _ in }
                    }
                }
            })
    }

    @Test func `a transaction is rolled back when its closure throws, and its deliveries are to be settled anew`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                #expect(try await broker.answer(with: .txRollbackOk(TxRollbackOk())) == .txRollback(TxRollback()))
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                try await broker.answer(with: .txCommitOk(TxCommitOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 9) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try #require(try await iterator.next())
                        await #expect(throws: Failure.self) {
                            try await channel.withTransaction { _ in
                                try delivery.ack()
                                throw Failure()
                            }
                        }
                        #expect(throws: AMQPError(.wrongChannelMode, message: "")) { try delivery.ack() }
                        try await channel.withTransaction { _ in try delivery.ack() }
                    }
                }
            })
    }

    @Test func `a mandatory message that no queue took is told of when the transaction is committed`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                #expect(try await broker.nextMessage().method.mandatory)
                try await broker.nextMethod(on: 1)
                try broker.send(BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "nowhere"), body: [1])
                try broker.send(.txCommitOk(TxCommitOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let error = try await amqpError {
                        try await channel.withTransaction { try await $0.publish([1], to: .queue("nowhere"), mandatory: true) }
                    }
                    #expect(error.code == .returned)
                    #expect(error.returnedMessage?.routingKey == "nowhere")
                    #expect(error.message.contains("committed"))
                }
            })
    }

    @Test func `a transaction on a channel with confirms is refused before anything is sent`() async throws {
        try await Conversation().run(
            broker: { try await $0.openPublisher() },
            client: { connection in
                try await connection.withChannel { channel in
                    _ = try await channel.publisher()
                    #expect(await errorCode { try await channel.withTransaction { _ in } } == .wrongChannelMode)
                }
            })
    }

    @Test func `confirms and a second transaction are refused on a channel with one`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                try await broker.answer(with: .txCommitOk(TxCommitOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withTransaction { _ in
                        #expect(await errorCode { _ = try await channel.publisher() } == .wrongChannelMode)
                        #expect(await errorCode { try await channel.withTransaction { _ in } } == .wrongChannelMode)
                    }
                }
            })
    }

    @Test func `a commit that is not answered leaves its fate unknown, and what follows is rolled back`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                #expect(try await broker.nextMethod(on: 1) == .txCommit(TxCommit()))
                broker.advance(by: .seconds(30))
                try broker.send(.txCommitOk(TxCommitOk()))
                try await broker.answer(with: .txRollbackOk(TxRollbackOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let error = try await amqpError { try await channel.withTransaction { _ in } }
                    #expect(error.code == .timedOut)
                    #expect(error.isDeliveryFateUnknown)
                }
            })
    }

    @Test func `a channel whose rollback is not answered is closed`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                #expect(try await broker.nextMethod(on: 1) == .txRollback(TxRollback()))
                broker.advance(by: .seconds(5))
                guard case .channelClose = try await broker.nextMethod(on: 1) else { throw ScriptedBroker.Unexpected(event: "no close") }
                try broker.send(.channelCloseOk(ChannelCloseOk()))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    await #expect(throws: Failure.self) { try await channel.withTransaction { _ in throw Failure() } }
                    #expect(await errorCode { try await channel.declareQueue("q") } == .channelClosed)
                }
            })
    }

    @Test func `a transaction that the broker refuses fails with its reason`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.answer(with: .txSelectOk(TxSelectOk()))
                _ = try await broker.nextMessage()
                try await broker.nextMethod(on: 1)
                try broker.send(.channelClose(ChannelClose(replyCode: .notFound, replyText: "no exchange")))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let error = try await amqpError {
                        try await channel.withTransaction { try await $0.publish([], to: .exchange("nowhere")) }
                    }
                    #expect(error.code == .notFound)
                    #expect(!error.isDeliveryFateUnknown)
                }
            })
    }
}
