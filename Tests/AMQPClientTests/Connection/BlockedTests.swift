// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// A broker that is low on memory takes no messages, and everything else.
@Suite(.timeLimit(.minutes(1))) struct BlockedTests {
    @Test func `while the connection is blocked, publishes wait, and acknowledgements, requests and the close go`() async throws {
        let isBlocked = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openPublisher()
                try await broker.startConsumer()
                try broker.deliver(1)
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                #expect(try await broker.nextMethod(on: 1) == .basicAck(BasicAck(deliveryTag: 1)))
                #expect(try await broker.answer(with: .queuePurgeOk(QueuePurgeOk(messageCount: 0))) == .queuePurge(QueuePurge(queue: "q")))
                #expect(
                    try await broker.answer(with: .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1")))
                        == .basicCancel(BasicCancel(consumerTag: "lamassu-1")))
                guard case .channelClose = try await broker.nextMethod(on: 1) else { throw ScriptedBroker.Unexpected(event: "no close") }
                try broker.send(.channelCloseOk(ChannelCloseOk()))
            },
            client: { connection in
                let waiting = try await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    let waiting = Task {
                        await isBlocked.wait()
                        return await errorCode { try await publisher.publish([1], to: .queue("q")) }
                    }
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        await isBlocked.wait()
                        let cancelled = await withTaskGroup(of: AMQPError.Code?.self) { group in
                            group.addTask { await errorCode { try await publisher.publish([2], to: .queue("q")) } }
                            group.cancelAll()
                            return await group.next() ?? nil
                        }
                        #expect(cancelled == .cancelled)
                        var iterator = deliveries.makeAsyncIterator()
                        try await iterator.next()?.ack()
                        try await channel.purgeQueue("q")
                    }
                    return waiting
                }
                #expect(await waiting.value == .channelClosed)
            })
    }

    @Test func `a blocked broker that does not answer the close has it end in time`() async throws {
        let isBlocked = Signal()
        try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake(tune: ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 0))
                try broker.send(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
                isBlocked.send()
                guard case .connectionClose = try await broker.nextMethod(on: 0) else { throw ScriptedBroker.Unexpected(event: "no close") }
                broker.advance(by: .seconds(5))
                #expect(await broker.stream.nextEvent() == .aborted)
                broker.stream.handler.streamClosed(nil)
            },
            client: { _ in await isBlocked.wait() })
    }
}
