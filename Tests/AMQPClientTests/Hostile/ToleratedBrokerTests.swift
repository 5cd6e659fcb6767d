// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// What a broker may send at any time, in any number: the client answers what is to be answered, and publishes and consumes on.
@Suite(.timeLimit(.minutes(2))) struct ToleratedBrokerTests {
    struct Oddity: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// The methods that the client answers with, acknowledgements aside.
        let answers: [AMQPMethod]

        init(_ name: String, answers: [AMQPMethod] = [], _ bytes: () throws -> [UInt8]) rethrows {
            self.testDescription = name
            self.bytes = try bytes()
            self.answers = answers
        }
    }

    private static func repeated(_ count: Int, _ bytes: [UInt8]) -> [UInt8] { Array(repeatElement(bytes, count: count).joined()) }

    static func oddities() throws -> [Oddity] {
        let blocked = try encoded(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), on: 0)
        let unblocked = try encoded(.connectionUnblocked(ConnectionUnblocked()), on: 0)
        let flow = { (isActive: Bool) in try encoded(.channelFlow(ChannelFlow(active: isActive))) }
        let flowOk = { (isActive: Bool) in AMQPMethod.channelFlowOk(ChannelFlowOk(active: isActive)) }
        let cancel = { (noWait: Bool) in try encoded(.basicCancel(BasicCancel(consumerTag: "stranger", noWait: noWait))) }
        let deliver = try encoded(.basicDeliver(BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 7, exchange: "", routingKey: "q")))
        let cancelOk = AMQPMethod.basicCancelOk(BasicCancelOk(consumerTag: "stranger"))
        return [
            Oddity("10,000 heartbeats") { self.repeated(10_000, RawFrame.bytes(8, on: 0)) },
            Oddity("blocked, again and again") { self.repeated(1_000, blocked) + unblocked },
            Oddity("unblocked, again and again") { self.repeated(1_000, unblocked) },
            Oddity("blocked and unblocked in turns") { self.repeated(1_000, blocked + unblocked) },
            try Oddity("flow off and on", answers: [flowOk(false), flowOk(true)]) { try flow(false) + flow(true) },
            try Oddity("flow on, a thousand times", answers: Array(repeating: flowOk(true), count: 1_000)) {
                self.repeated(1_000, try flow(true))
            },
            try Oddity("the end of a consumer that is not there") { try cancel(true) },
            try Oddity("the end of a consumer that is not there, with an answer", answers: [cancelOk]) { try cancel(false) },
            try Oddity("a confirm of all when nothing is in flight") { try encoded(.basicAck(BasicAck(deliveryTag: 0, multiple: true))) },
            try Oddity("a refusal of all when nothing is in flight") { try encoded(.basicNack(BasicNack(deliveryTag: 0, multiple: true))) },
            try Oddity("a delivery with an empty body") { try encodedDelivery(7, parts: []) },
            try Oddity("bodies of no bytes within a body") { try encodedDelivery(7, size: 2, parts: [[], [1], [], [], [2]]) },
            try Oddity("a body of a thousand frames") { try encodedDelivery(7, parts: Array(repeating: [1], count: 1_000)) },
            try Oddity("delivery tags with gaps") { try encodedDelivery(7) + encodedDelivery(70) + encodedDelivery(700) },
            Oddity("flags of properties that go on") {
                deliver
                    + RawFrame.bytes(2, [0, 60, 0, 0] + RawFrame.bigEndian(UInt64(0)) + self.repeated(2_000, [0, 1]) + [0, 0])
            },
            Oddity("headers with the same empty name, a thousand times") {
                deliver + RawFrame.header(table: RawFrame.table(self.repeated(1_000, [0, 0x56])))
            },
            Oddity("tables as deep as they are read") { deliver + RawFrame.header(table: RawFrame.nestedTable(depth: 64)) },
            Oddity("a table one level deeper") { deliver + RawFrame.header(table: RawFrame.nestedTable(depth: 65)) },
            Oddity("tables as deep as a frame has room for") { deliver + RawFrame.header(table: RawFrame.nestedTable(depth: 1_150)) },
            Oddity("arrays as deep as a frame has room for") { deliver + RawFrame.header(table: RawFrame.nestedArray(depth: 1_600)) },
        ]
    }

    /// The client consumes, acknowledging, until the body `end` comes, and then publishes once more.
    private func check(_ oddity: Oddity, inPiecesOf size: Int?) async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openPublisher()
                try await broker.startConsumer()
                broker.sendBytes(oddity.bytes, inPiecesOf: size)
                try broker.deliver(1_000, body: Array("end".utf8))
                var answers: [AMQPMethod] = []
                while true {
                    let method = try await broker.nextMethod(on: 1)
                    if case .basicPublish = method { break }
                    if case .basicAck = method { continue }
                    answers.append(method)
                }
                #expect(answers == oddity.answers)
                _ = try await broker.nextFrame(on: 1)
                _ = try await broker.nextFrame(on: 1)
                try broker.ack(1)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    try await channel.withDeliveries(from: "q", prefetch: 10) { deliveries in
                        for try await delivery in deliveries {
                            try delivery.ack()
                            if delivery.body == Array("end".utf8) { break }
                        }
                        try await publisher.publish([1], to: .queue("q"))
                    }
                }
            })
    }

    @Test(arguments: try Self.oddities())
    func `what a broker may send does no harm`(_ oddity: Oddity) async throws {
        try await self.check(oddity, inPiecesOf: nil)
    }

    @Test(arguments: try Self.oddities())
    func `what a broker may send does no harm when it drips`(_ oddity: Oddity) async throws {
        try await self.check(oddity, inPiecesOf: 1)
    }

    @Test func `both sides close a channel at a time`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                #expect(
                    try await broker.answer(with: .channelClose(ChannelClose(replyCode: .notFound, replyText: "no")))
                        == .channelClose(ChannelClose(replyCode: .replySuccess, replyText: "done")))
                #expect(try await broker.nextMethod(on: 1) == .channelCloseOk(ChannelCloseOk()))
                try broker.deliver(1)
                try broker.send(.channelCloseOk(ChannelCloseOk()))
                try await broker.openChannel(2)
            },
            client: { connection in
                try await connection.withChannel { _ in }
                try await connection.withChannel { _ in }
            })
    }

    @Test func `a close of the connection within a content is taken`() async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openConsumer()
                let close = ConnectionClose(replyCode: .connectionForced, replyText: "going down")
                let begun = try encodedDelivery(1, size: 100, parts: [[1, 2, 3]])
                broker.sendBytes(try begun + encoded(.connectionClose(close), on: 0))
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

    @Test(arguments: [UInt64(65), 1 << 40, 1 << 63, .max])
    func `a body of any size over the limit costs its channel and nothing more`(size: UInt64) async throws {
        let code = try await Conversation { $0.maximumBodyBytes = 64 }.run(
            broker: { broker in
                try await broker.openConsumer()
                broker.sendBytes(try encodedDelivery(1, size: size, parts: [[1, 2, 3], [4]]))
                #expect(
                    try await broker.nextMethod(on: 1)
                        == .channelClose(
                            ChannelClose(replyCode: .contentTooLarge, replyText: "a body of \(size) bytes", classID: 60, methodID: 60)))
                try broker.send(.channelCloseOk(ChannelCloseOk()))
                try await broker.openChannel(2)
            },
            client: { connection in
                let code = await errorCode {
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 2) { for try await _ in $0 {} }
                    }
                }
                try await connection.withChannel { _ in }
                return code
            })
        #expect(code == .messageTooLarge)
    }

    @Test func `a broker that asks for answers and reads none is given up`() async throws {
        let error = try await Conversation().runFromStart(
            broker: { broker in
                try await broker.handshake()
                try await broker.openConsumer()
                broker.stream.setWritability(.full)
                let tag = String(repeating: "x", count: 255)
                let cancel = try encoded(.basicCancel(BasicCancel(consumerTag: tag)))
                // A burst is answered with 268,000 bytes. The first fills the stream, then 8 MiB are kept.
                let burst = Array(repeatElement(cancel, count: 1_000).joined())
                for _ in 0..<32 { broker.sendBytes(burst) }
                #expect(broker.stream.pendingEvents.count(where: { $0 == .aborted }) == 0)
                broker.sendBytes(burst)
                #expect(broker.stream.pendingEvents.last == .aborted)
                broker.stream.handler.streamClosed(nil)
            },
            client: { connection in
                try await amqpError {
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 2) { for try await _ in $0 {} }
                    }
                }
            })
        #expect(error.code == .protocolViolation)
        #expect(error.replyCode == .resourceError)
    }
}
