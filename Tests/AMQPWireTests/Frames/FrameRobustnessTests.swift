// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

/// Bytes that no peer in its senses sends: whatever they are, they give frames, a wait for more, or an error.
@Suite struct FrameRobustnessTests {
    @Test func `no flipped bit traps, and what is still decoded can be encoded again`() throws {
        let (bytes, _) = try SampleStream.make()
        var outcomes: Set<AMQPWireError.Code> = []
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                var collector = FrameCollector()
                if let error = self.error({ () throws(AMQPWireError) in try collector.feed(flipped) }) { outcomes.insert(error.code) }
                for case .method(let method) in collector.frames.map(\.payload) {
                    let frame = self.payloads(of: [AMQPFrame(channel: 1, payload: .method(method))])
                    #expect(try self.payloads(of: FrameCollector.frames(of: frame[0])) == frame)
                }
            }
        }
        #expect(
            outcomes.isSuperset(of: [
                .frameEndMissing, .frameTooLarge, .unknownFrameType, .malformedFrame, .unknownMethod, .unknownFieldType, .invalidUTF8,
            ]))
    }

    @Test(arguments: UInt64(1)...8)
    func `random bytes never trap`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...64, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            self.decodeInPieces(bytes, &generator)
        }
    }

    @Test(arguments: UInt64(1)...8)
    func `random payloads in well-formed frames never trap`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let methods = try SpecificationTable.load().methods
        var decoded = 0
        for _ in 0..<2_000 {
            let method = try #require(methods.randomElement(using: &generator))
            // Small octets make lengths that fit now and then, and the letters of tables come up more often than by chance.
            let pool: [UInt8] = [0, 0, 0, 0, 1, 2, 3, 4] + Array("VtbBsuIilLfdDSxTAF".utf8) + [0x7F, 0x80, 0xFF]
            var payload = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in pool.randomElement(using: &generator) }
            let isMethod = Bool.random(using: &generator)
            let start = isMethod ? bigEndian(method.classID) + bigEndian(method.methodID) : [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            payload = start + payload
            let frame = [isMethod ? 1 : 2, 0, 1] + bigEndian(UInt32(payload.count)) + payload + [0xCE]
            decoded += self.decodeInPieces(frame, &generator)
        }
        #expect(decoded > 0)
    }

    @Test(arguments: UInt64(1)...4)
    func `a stream with random changes never traps`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (bytes, _) = try SampleStream.make()
        for _ in 0..<1_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: changed.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: changed.remove(at: index)
                default: changed.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
                }
            }
            self.decodeInPieces(changed, &generator)
        }
    }

    /// Decodes bytes at once and in random pieces, which has to come to the same; tells how many frames came.
    @discardableResult
    private func decodeInPieces(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> Int {
        var whole = FrameCollector()
        var pieces = FrameCollector()
        let wholeError = self.error { () throws(AMQPWireError) in try whole.feed(bytes) }
        let piecesError = self.error { () throws(AMQPWireError) in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &generator)
                try pieces.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
        #expect(wholeError == piecesError)
        #expect(self.payloads(of: whole.frames) == self.payloads(of: pieces.frames))
        return whole.frames.count
    }

    private func error(_ body: () throws(AMQPWireError) -> Void) -> AMQPWireError? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// What the frames carry, encoded: a number in a table may be NaN, which is not equal to itself.
    private func payloads(of frames: [AMQPFrame]) -> [[UInt8]] {
        frames.map { frame in
            var output: [UInt8] = []
            let error = self.error { () throws(AMQPWireError) in
                switch frame.payload {
                case .method(let method): try FrameEncoder(maximumFrameSize: 0).encode(method, channel: frame.channel, into: &output)
                case .header(let header): try header.encode(into: &output)
                case .body(let body): output = body
                case .heartbeat: FrameEncoder.encodeHeartbeat(into: &output)
                case .protocolHeader(let version): FrameEncoder.encodeProtocolHeader(version, into: &output)
                }
            }
            #expect(error == nil)
            return output
        }
    }
}
