// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// What becomes of consumers and their deliveries when their connection is lost.
@Suite struct ConsumerRecoveryTests {
    @Test func `a sequence goes on after a loss, and settlements of before it are not sent`() async throws {
        let conversation = Conversation.recovering()
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                try first.deliver(1, body: [1])
                try first.deliver(2, body: [2])
                // The first is in the client's hands when the connection goes.
                _ = try await first.nextMethod(on: 1)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                #expect(try await second.answer(with: .basicQosOk(BasicQosOk())) == .basicQos(BasicQos(prefetchCount: 5)))
                let consume = try await second.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                #expect(consume == .basicConsume(BasicConsume(queue: "q", consumerTag: "lamassu-1")))
                try second.deliver(1, body: [2])
                #expect(try await second.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 5) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let one = try #require(try await iterator.next(isolation: #isolation))
                        let two = try #require(try await iterator.next(isolation: #isolation))
                        try one.ack()
                        let again = try #require(try await iterator.next(isolation: #isolation))
                        #expect(again.body == [2])
                        // Its number means the other delivery now: an ack of it must not go out.
                        try one.ack()
                        try two.nack(requeue: true)
                        try again.ack()
                    }
                }
            })
    }

    @Test func `an exclusive consumer that the lost connection still has is tried again`() async throws {
        try await Conversation.recovering { $0.heartbeat = .seconds(10) }.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await second.answer(with: .basicQosOk(BasicQosOk()))
                let refusal = ChannelClose(replyCode: .accessRefused, replyText: "queue 'q' in exclusive use")
                let consume = try await second.answer(with: .channelClose(refusal))
                #expect(consume == .basicConsume(BasicConsume(queue: "q", consumerTag: "lamassu-1", exclusive: true)))
                #expect(await second.stream.nextEvent() == .aborted)
                let third = try await brokers.reopen()
                try await third.openConsumer()
                try third.deliver(1, body: [7])
                try await third.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 5, exclusive: true) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let seven = try await iterator.next(isolation: #isolation)
                        #expect(seven?.body == [7])
                        #expect(connection.state.notRecovered == [])
                    }
                }
            })
    }

    @Test func `consumers that take long to be started again are waited for, as long as the broker answers`() async throws {
        try await Conversation.recovering { $0.requestTimeout = .seconds(7) }.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                first.lose()
                let second = try await brokers.reopen()
                second.advance(by: .seconds(5))
                try await second.openChannel()
                second.advance(by: .seconds(5))
                try await second.answer(with: .basicQosOk(BasicQosOk()))
                second.advance(by: .seconds(5))
                try await second.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                try second.deliver(1, body: [7])
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 5) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let seven = try await iterator.next(isolation: #isolation)
                        #expect(seven?.body == [7])
                        #expect(connection.state.recoveries == 1)
                    }
                }
            })
    }

    @Test func `a consumer that the broker does not take again fails its sequence alone`() async throws {
        let conversation = Conversation.recovering()
        try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openConsumer()
                try await first.startConsumer("lamassu-2")
                first.lose()
                let second = try await brokers.reopen()
                try await second.openChannel()
                try await second.answer(with: .basicQosOk(BasicQosOk()))
                try await second.answer(with: .channelClose(ChannelClose(replyCode: .notFound, replyText: "no queue 'gone'")))
                #expect(try await second.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try await second.openChannel()
                try await second.startConsumer("lamassu-2")
                try second.deliver(1, body: [7], to: "lamassu-2")
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "gone", prefetch: 5) { gone in
                        try await channel.withDeliveries(from: "q", prefetch: 5) { deliveries in
                            var there = deliveries.makeAsyncIterator()
                            let seven = try await there.next(isolation: #isolation)
                            #expect(seven?.body == [7])
                            var iterator = gone.makeAsyncIterator()
                            let code = await errorCode { try await iterator.next(isolation: #isolation) }
                            #expect(code == .notFound)
                        }
                    }
                }
                #expect(connection.state.notRecovered == ["consumer 'lamassu-1' of channel 1"])
            })
    }
}
