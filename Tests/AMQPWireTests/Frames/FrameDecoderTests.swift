// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct FrameDecoderTests {
    @Test func `bytes that arrive at once give every frame`() throws {
        let (bytes, frames) = try SampleStream.make()
        #expect(try FrameCollector.frames(of: bytes) == frames)
    }

    @Test func `a stream that is cut in two anywhere gives the same frames`() throws {
        let (bytes, frames) = try SampleStream.make()
        for cut in 0...bytes.count {
            var collector = FrameCollector()
            try collector.feed(bytes[..<cut])
            try collector.feed(bytes[cut...])
            #expect(collector.frames == frames)
        }
    }

    @Test(arguments: 1...20)
    func `a stream in pieces of one size gives the same frames`(_ size: Int) throws {
        let (bytes, frames) = try SampleStream.make()
        var collector = FrameCollector()
        for start in stride(from: 0, to: bytes.count, by: size) { try collector.feed(bytes[start..<min(start + size, bytes.count)]) }
        #expect(collector.frames == frames)
    }

    @Test func `a frame comes with its last octet and not before`() throws {
        let (bytes, frames) = try SampleStream.make()
        var collector = FrameCollector()
        var ends: [Int] = []
        for (index, byte) in bytes.enumerated() {
            let count = collector.frames.count
            try collector.feed([byte])
            if collector.frames.count > count { ends.append(index + 1) }
        }
        #expect(ends.count == frames.count)
        #expect(ends.last == bytes.count)
        for (index, end) in ends.enumerated() {
            #expect(try FrameCollector.frames(of: Array(bytes[..<end])) == Array(frames.prefix(index + 1)))
        }
    }

    @Test(arguments: [0, 4, 5, 6, 7, 9, 64, 65, 255])
    func `a type that is not defined is refused`(_ type: UInt8) {
        #expect(throws: AMQPWireError(.unknownFrameType, message: "")) {
            try FrameCollector.frames(of: [type, 0, 0, 0, 0, 0, 0, 0xCE])
        }
    }

    @Test func `an answer that is not AMQP is refused and said to be so`() throws {
        let error = #expect(throws: AMQPWireError.self) { try FrameCollector.frames(of: Array("HTTP/1.1 400 Bad Request".utf8)) }
        #expect(error?.code == .unknownFrameType)
        #expect(error?.message.contains("does not seem to speak AMQP") == true)
    }

    @Test func `a protocol header is taken as the first thing and nowhere else`() throws {
        let header: [UInt8] = [0x41, 0x4D, 0x51, 0x50, 0, 1, 2, 3]
        let version = AMQPProtocolVersion(major: 1, minor: 2, revision: 3)
        #expect(try FrameCollector.frames(of: header) == [AMQPFrame(channel: 0, payload: .protocolHeader(version))])
        #expect(throws: AMQPWireError(.unknownFrameType, message: "")) { try FrameCollector.frames(of: header + header) }
        #expect(throws: AMQPWireError(.unknownFrameType, message: "")) {
            try FrameCollector.frames(of: [0x41, 0x4D, 0x51, 0x50, 3, 1, 0, 0])
        }
    }

    @Test func `a frame up to the limit is taken, a larger one is refused by its head`() throws {
        for limit in [4_096, 131_072] {
            let largest = UInt32(limit - 8)
            var collector = FrameCollector(maximumFrameSize: limit)
            try collector.feed([3, 0, 1] + bigEndian(largest) + [UInt8](repeating: 7, count: Int(largest)) + [0xCE])
            #expect(collector.frames == [AMQPFrame(channel: 1, payload: .body([UInt8](repeating: 7, count: Int(largest))))])
            #expect(throws: AMQPWireError(.frameTooLarge, message: "")) { try collector.feed([3, 0, 1] + bigEndian(largest + 1)) }
        }
        #expect(throws: AMQPWireError(.frameTooLarge, message: "")) { try FrameCollector.frames(of: [1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) }
    }

    @Test func `the limit begins at 4096 and never falls below`() throws {
        var decoder = FrameDecoder()
        #expect(decoder.maximumFrameSize == 4_096)
        decoder.maximumFrameSize = 0
        #expect(decoder.maximumFrameSize == 4_096)
    }

    @Test(arguments: [1, 2, 3, 8] as [UInt8])
    func `a frame without its end octet is refused`(_ type: UInt8) throws {
        var frame: [UInt8] =
            switch type {
            case 1: [1, 0, 1, 0, 0, 0, 4, 0, 90, 0, 11]
            case 2: [2, 0, 1, 0, 0, 0, 14, 0, 60] + [UInt8](repeating: 0, count: 12)
            case 3: [3, 0, 1, 0, 0, 0, 1, 7]
            default: [8, 0, 0, 0, 0, 0, 0]
            }
        #expect(try FrameCollector.frames(of: frame + [0xCE]).count == 1)
        frame.append(0xCD)
        #expect(throws: AMQPWireError(.frameEndMissing, message: "")) { try FrameCollector.frames(of: frame) }
        var collector = FrameCollector()
        try collector.feed(frame.dropLast())
        #expect(throws: AMQPWireError(.frameEndMissing, message: "")) { try collector.feed([0xCD]) }
    }

    @Test(arguments: [[8, 0, 1, 0, 0, 0, 0, 0xCE], [8, 0, 0, 0, 0, 0, 1, 0, 0xCE]] as [[UInt8]])
    func `a heartbeat on a channel or with a payload is refused`(_ frame: [UInt8]) {
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try FrameCollector.frames(of: frame) }
    }

    @Test func `after an error nothing is decoded any more`() throws {
        var heartbeat: [UInt8] = []
        FrameEncoder.encodeHeartbeat(into: &heartbeat)
        var collector = FrameCollector()
        #expect(throws: AMQPWireError(.frameEndMissing, message: "")) { try collector.feed(heartbeat + heartbeat.dropLast() + [0]) }
        #expect(throws: AMQPWireError(.frameEndMissing, message: "")) { try collector.feed(heartbeat) }
        #expect(collector.frames.count == 1)
    }
}
