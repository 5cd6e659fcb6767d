// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// Frames against bytes that were written down by hand from the specification.
@Suite struct FrameBytesTests {
    @Test func `a publish is a method frame, a header frame and a body frame`() throws {
        var output: [UInt8] = []
        try FrameEncoder().encode(
            BasicPublish(exchange: "ex", routingKey: "key", mandatory: true),
            properties: AMQPProperties(contentType: "text", deliveryMode: .persistent), body: Array("hello".utf8), channel: 0x0102,
            into: &output)
        let method: [UInt8] = [1, 1, 2, 0, 0, 0, 14, 0, 60, 0, 40, 0, 0, 2, 0x65, 0x78, 3, 0x6B, 0x65, 0x79, 1, 0xCE]
        let header: [UInt8] =
            [2, 1, 2, 0, 0, 0, 20, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x90, 0x00, 4, 0x74, 0x65, 0x78, 0x74, 2, 0xCE]
        let body: [UInt8] = [3, 1, 2, 0, 0, 0, 5, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0xCE]
        #expect(output == method + header + body)
    }

    @Test func `an acknowledgement is twenty-one octets`() throws {
        var output: [UInt8] = []
        try FrameEncoder().encode(BasicAck(deliveryTag: 0x0102_0304_0506_0708, multiple: true), channel: 1, into: &output)
        #expect(output == [1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0xCE])
    }

    @Test func `the protocol header and the heartbeat are eight octets`() {
        var output: [UInt8] = []
        FrameEncoder.encodeProtocolHeader(into: &output)
        FrameEncoder.encodeHeartbeat(into: &output)
        #expect(output == [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1, 8, 0, 0, 0, 0, 0, 0, 0xCE])
    }

    @Test func `a server's refusal is decoded as its protocol header`() throws {
        let bytes: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1]
        var decoder = FrameDecoder()
        var offset = 0
        let frame = try decoder.next(in: bytes.span, at: &offset)
        #expect(frame == AMQPFrame(channel: 0, payload: .protocolHeader(.current)))
        #expect(offset == 8)
    }

    @Test func `a delivery comes as method, header and body`() throws {
        var bytes: [UInt8] = []
        let deliver = BasicDeliver(consumerTag: "c", deliveryTag: 7, redelivered: true, exchange: "", routingKey: "q")
        let properties = AMQPProperties(headers: ["x-death": [["count": 1]]], timestamp: 1_700_000_000)
        try FrameEncoder().encode(deliver, properties: properties, body: [1, 2, 3], channel: 3, into: &bytes)
        var decoder = FrameDecoder()
        var offset = 0
        var frames: [AMQPFrame] = []
        while let frame = try decoder.next(in: bytes.span, at: &offset) { frames.append(frame) }
        #expect(
            frames == [
                AMQPFrame(channel: 3, payload: .method(.basicDeliver(deliver))),
                AMQPFrame(channel: 3, payload: .header(AMQPContentHeader(bodySize: 3, properties: properties))),
                AMQPFrame(channel: 3, payload: .body([1, 2, 3])),
            ])
        #expect(offset == bytes.count)
    }
}
