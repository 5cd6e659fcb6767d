// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

@Suite struct WholeDeliveryTests {
    private static let method = BasicDeliver(consumerTag: "c", deliveryTag: 7, redelivered: true, exchange: "x", routingKey: "k")
    private static let properties = AMQPProperties(contentType: "text/plain", headers: ["h": 1])

    /// A decoder that is past the first frame.
    private static func decoder() -> FrameDecoder {
        var decoder = FrameDecoder()
        var bytes: [UInt8] = []
        FrameEncoder.encodeHeartbeat(into: &bytes)
        var offset = 0
        _ = try? decoder.next(in: bytes.span, at: &offset)
        return decoder
    }

    /// What is taken of some bytes, behind a delivery that came before, and where it ends.
    private static func take(
        _ bytes: [UInt8], from start: Int = 0, isFirst: Bool = false, behind delivery: [UInt8] = []
    ) -> (delivery: WholeDelivery?, end: Int) {
        var decoder = isFirst ? FrameDecoder() : self.decoder()
        var place = 0
        _ = decoder.nextDelivery(in: delivery.span, at: &place)
        var offset = start
        let delivery = decoder.nextDelivery(in: bytes.span, at: &offset)
        return (delivery, offset)
    }

    private static func bytes(body: [UInt8], channel: UInt16 = 3) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try FrameEncoder().encode(self.method, properties: self.properties, body: body, channel: channel, into: &bytes)
        return bytes
    }

    @Test(arguments: [[], [1], Array(repeating: 0xCE, count: 4_000)] as [[UInt8]])
    func `a delivery that lies there whole is decoded as its frames say`(body: [UInt8]) throws {
        let bytes = [0, 0] + (try Self.bytes(body: body)) + [1]
        let (delivery, end) = Self.take(bytes, from: 2)
        let header = AMQPContentHeader(bodySize: UInt64(body.count), properties: Self.properties)
        #expect(delivery == WholeDelivery(channel: 3, method: Self.method, header: header, body: body))
        #expect(end == bytes.count - 1)
    }

    @Test func `one that is cut off anywhere is left alone`() throws {
        let bytes = try Self.bytes(body: [1, 2, 3])
        for count in 0..<bytes.count {
            let (delivery, end) = Self.take(Array(bytes.prefix(count)))
            #expect(delivery == nil)
            #expect(end == 0)
        }
    }

    @Test func `one whose body has several frames, and all that is no delivery, is left alone`() throws {
        let long = try Self.bytes(body: Array(repeating: 1, count: 5_000))
        #expect(Self.take(long).delivery == nil)
        let onConnection = try Self.bytes(body: [1], channel: 0)
        #expect(Self.take(onConnection).delivery == nil)
        var others: [UInt8] = []
        try FrameEncoder().encode(BasicAck(deliveryTag: 1), channel: 3, into: &others)
        #expect(Self.take(others).delivery == nil)
        let first = try Self.bytes(body: [1])
        #expect(Self.take(first, isFirst: true).delivery == nil, "no connection begins so")
    }

    @Test func `a delivery like the one before, but for its number, its flag and its body, is decoded as its frames say`() throws {
        var second = Self.method
        second.deliveryTag = .max
        second.redelivered = false
        var bytes: [UInt8] = []
        try FrameEncoder().encode(second, properties: Self.properties, body: [9], channel: 3, into: &bytes)
        let header = AMQPContentHeader(bodySize: 1, properties: Self.properties)
        let (delivery, end) = Self.take(bytes, behind: try Self.bytes(body: [1, 2]))
        #expect(delivery == WholeDelivery(channel: 3, method: second, header: header, body: [9]))
        #expect(end == bytes.count)
    }

    @Test(arguments: 0..<800 as Range<UInt64>)
    func `whatever is taken is what the frames say one by one`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bytes = try Self.bytes(body: [1, 2, 3])
        let first = seed.isMultiple(of: 2) ? [] : bytes
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator)
        }
        let (delivery, end) = Self.take(bytes, behind: first)
        guard let whole = delivery else { return }
        var decoder = Self.decoder()
        var place = 0
        var frames: [AMQPFrame] = []
        while let frame = try decoder.next(in: bytes.span, at: &place) { frames.append(frame) }
        let expected: [AMQPFrame.Payload] = [.method(.basicDeliver(whole.method)), .header(whole.header), .body(whole.body)]
        #expect(frames.map(\.payload) == expected)
        #expect(frames.allSatisfy { $0.channel == whole.channel })
        #expect(place == end)
    }
}
