// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing
import Transport

/// A broker that sends whatever it likes: the client neither traps nor hangs, and everybody who waits is told.
@Suite(.timeLimit(.minutes(2))) struct HostileBrokerTests {
    /// A publish, a request and a consumer, each of which ends in an error or in peace.
    private func use(_ connection: AMQPConnection) async -> Int {
        let code = await errorCode {
            try await connection.withChannel { channel in
                let publisher = try await channel.publisher(window: 2)
                try await channel.withDeliveries(from: "q", prefetch: 3) { deliveries in
                    await withTaskGroup { group in
                        for _ in 0..<4 { group.addTask { _ = try? await publisher.publish([1], to: .queue("q"), mandatory: true) } }
                        group.addTask { _ = try? await channel.purgeQueue("q") }
                        group.addTask { _ = await errorCode { for try await delivery in deliveries { try delivery.ack() } } }
                    }
                }
            }
        }
        return code == nil ? 0 : 1
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `no order of frames makes the client trap or hang`(seed: UInt64) async throws {
        _ = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openPublisher()
                try await broker.startConsumer()
                var generator = SeededGenerator(seed: seed)
                for _ in 0..<Int.random(in: 1..<60, using: &generator) {
                    broker.sendBytes(try Self.randomFrame(&generator))
                    if Int.random(in: 0..<4, using: &generator) == 0 { await Task.yield() }
                }
                broker.stream.handler.streamClosed(TransportError(.connectionClosed, message: "the end"))
            }, client: { await self.use($0) })
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `no bytes make the client trap or hang`(seed: UInt64) async throws {
        _ = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openPublisher()
                try await broker.startConsumer()
                var generator = SeededGenerator(seed: seed)
                var bytes = try (0..<8).flatMap { _ in try Self.randomFrame(&generator) }
                for _ in 0..<Int.random(in: 1..<5, using: &generator) {
                    let index = Int.random(in: bytes.indices, using: &generator)
                    bytes[index] = .random(in: .min ... .max, using: &generator)
                }
                while !bytes.isEmpty {
                    let count = Int.random(in: 1...min(bytes.count, 100), using: &generator)
                    broker.sendBytes(Array(bytes.prefix(count)))
                    bytes.removeFirst(count)
                }
                broker.stream.handler.streamClosed(nil)
            }, client: { await self.use($0) })
    }

    /// The bytes of a frame, or a few, that a broker may send at some time; mostly for the channel that is open.
    private static func randomFrame(_ generator: inout SeededGenerator) throws -> [UInt8] {
        let tag = UInt64.random(in: 0..<6, using: &generator)
        let flag = Bool.random(using: &generator)
        let channel: UInt16 = Int.random(in: 0..<20, using: &generator) == 0 ? 0 : 1
        let body = [UInt8](repeating: 7, count: Int.random(in: 0..<40, using: &generator))
        let encoder = FrameEncoder(maximumFrameSize: 4_096)
        var bytes: [UInt8] = []
        let deliver = BasicDeliver(consumerTag: "lamassu-1", deliveryTag: tag, redelivered: flag, exchange: "", routingKey: "q")
        let returned = BasicReturn(replyCode: .noRoute, replyText: "", exchange: "", routingKey: "q")
        switch Int.random(in: 0..<16, using: &generator) {
        case 0: try encoder.encode(BasicAck(deliveryTag: tag, multiple: flag), channel: channel, into: &bytes)
        case 1: try encoder.encode(BasicNack(deliveryTag: tag, multiple: flag), channel: channel, into: &bytes)
        case 2..<6:
            try encoder.encode(deliver, properties: AMQPProperties(), body: body, channel: channel, into: &bytes)
        case 6: try encoder.encode(returned, properties: AMQPProperties(), body: body, channel: channel, into: &bytes)
        case 7: try encoder.encode(deliver, channel: channel, into: &bytes)
        case 8: try encoder.encode(BasicCancel(consumerTag: "lamassu-1", noWait: flag), channel: channel, into: &bytes)
        case 9: try encoder.encode(QueuePurgeOk(messageCount: 1), channel: channel, into: &bytes)
        case 10: try encoder.encode(ChannelFlow(active: flag), channel: channel, into: &bytes)
        case 11: try encoder.encode(ChannelClose(replyCode: .notFound, replyText: "no"), channel: channel, into: &bytes)
        case 12: try encoder.encode(ConnectionBlocked(reason: "no"), channel: 0, into: &bytes)
        case 13: try encoder.encode(ConnectionUnblocked(), channel: 0, into: &bytes)
        case 14: try encoder.encode(BasicCancelOk(consumerTag: "lamassu-1"), channel: channel, into: &bytes)
        default: FrameEncoder.encodeHeartbeat(into: &bytes)
        }
        return bytes
    }
}
