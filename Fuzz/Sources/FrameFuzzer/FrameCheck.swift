// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import AMQPWire
private import FuzzSupport

/// What must hold for bytes, whatever they are: no trap, the same frames however they are cut, and whether or not deliveries are decoded
/// the short way, memory within bounds, and what was decoded is encoded to what decodes to the same.
enum FrameCheck {
    /// The frame limit of the decoder, the least there is.
    private static let limit = 4_096
    /// The frame limit of what was decoded: where it was no UTF-8, three octets may stand for one.
    private static let repairedLimit = 3 * Self.limit
    /// How many bytes of memory a byte of a frame may cost while it is decoded: a value of one octet, such as `V`, becomes an element
    /// of an array, which doubles as it grows.
    private static let bytesPerFrameByte = 96

    /// What came of bytes.
    private struct Outcome {
        var frames: [AMQPFrame] = []
        var error: AMQPWireError?
    }

    static func run(on bytes: [UInt8], cutBy seed: UInt8) {
        let whole = self.decode(bytes) { $0 }
        var random = UInt64(seed)
        let pieces = self.decode(bytes) { rest in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 1 + Int(random >> 33) % min(rest, seed < 128 ? 3 : 64)
        }
        self.check(pieces, against: whole)
        self.check(self.decode(bytes, takingDeliveries: true) { $0 }, against: whole)
        // What repeats the delivery before it is decoded another way.
        let thrice = bytes + bytes + bytes
        self.check(self.decode(thrice, takingDeliveries: true) { $0 }, against: self.decode(thrice) { $0 })
        for frame in whole.frames { self.checkStability(of: self.encode(frame), frame) }
        self.checkMemory(of: bytes)
    }

    private static func check(_ other: Outcome, against outcome: Outcome) {
        invariant(outcome.error?.code == other.error?.code, "\(String(describing: outcome.error)) or \(String(describing: other.error))")
        invariant(outcome.frames.count == other.frames.count, "\(outcome.frames.count) frames or \(other.frames.count)")
        for (one, other) in zip(outcome.frames, other.frames) {
            invariant(self.encode(one) == self.encode(other), "another way makes another frame: \(one), \(other)")
        }
    }

    /// Decodes bytes that arrive in pieces, each of the length that `length` makes of the count of the rest.
    private static func decode(
        _ bytes: [UInt8], limit: Int = Self.limit, takingDeliveries: Bool = false, _ length: (Int) -> Int
    ) -> Outcome {
        var decoder = FrameDecoder()
        decoder.maximumFrameSize = limit
        var outcome = Outcome()
        var start = 0
        do throws(AMQPWireError) {
            while start < bytes.count {
                let piece = Array(bytes[start..<start + length(bytes.count - start)])
                start += piece.count
                var offset = 0
                while true {
                    if takingDeliveries, let delivery = decoder.nextDelivery(in: piece.span, at: &offset) {
                        outcome.frames += self.frames(of: delivery)
                        continue
                    }
                    guard let frame = try decoder.next(in: piece.span, at: &offset) else { break }
                    outcome.frames.append(frame)
                }
                invariant(offset == piece.count, "\(piece.count - offset) bytes were left")
            }
        } catch {
            outcome.error = error
            var offset = 0
            let again: AMQPWireError?
            do throws(AMQPWireError) {
                _ = try decoder.next(in: [0xCE].span, at: &offset)
                again = nil
            } catch { again = error }
            invariant(again?.code == error.code, "the decoder goes on after an error")
        }
        return outcome
    }

    /// The frames that a delivery was made of.
    private static func frames(of delivery: WholeDelivery) -> [AMQPFrame] {
        let payloads: [AMQPFrame.Payload] = [.method(.basicDeliver(delivery.method)), .header(delivery.header)]
        let body: [AMQPFrame.Payload] = delivery.body.isEmpty ? [] : [.body(delivery.body)]
        return (payloads + body).map { AMQPFrame(channel: delivery.channel, payload: $0) }
    }

    private static func encode(_ frame: AMQPFrame) -> [UInt8] {
        var output: [UInt8] = []
        do throws(AMQPWireError) {
            switch frame.payload {
            case .method(let method):
                try FrameEncoder(maximumFrameSize: UInt32(self.repairedLimit)).encode(method, channel: frame.channel, into: &output)
            case .header(let header):
                try header.encode(into: &output)
                output = self.frame(type: 2, frame.channel, output)
            case .body(let body): output = self.frame(type: 3, frame.channel, body)
            case .heartbeat: FrameEncoder.encodeHeartbeat(into: &output)
            case .protocolHeader(let version): FrameEncoder.encodeProtocolHeader(version, into: &output)
            }
        } catch {
            invariant(false, "what was decoded cannot be encoded: \(error), \(frame)")
        }
        return output
    }

    private static func frame(type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        let size = (0..<4).map { UInt8(truncatingIfNeeded: payload.count >> (24 - 8 * $0)) }
        return [type, UInt8(channel >> 8), UInt8(truncatingIfNeeded: channel)] + size + payload + [0xCE]
    }

    /// What was encoded decodes to one frame that is encoded to the same bytes; compared as bytes, since a number may be NaN.
    private static func checkStability(of encoded: [UInt8], _ frame: AMQPFrame) {
        let again = self.decode(encoded, limit: self.repairedLimit) { $0 }
        invariant(again.error == nil && again.frames.count == 1, "\(frame) does not come back: \(String(describing: again.error))")
        invariant(again.frames.map(self.encode) == [encoded], "\(frame) comes back as \(again.frames)")
    }

    private static func checkMemory(of bytes: [UInt8]) {
        let peak = AllocationMeter.peakBytes {
            var decoder = FrameDecoder()
            decoder.maximumFrameSize = self.limit
            var offset = 0
            while offset < bytes.count, (try? decoder.next(in: bytes.span, at: &offset)) != nil {}
        }
        invariant(peak <= self.limit * self.bytesPerFrameByte, "\(peak) bytes of memory for a frame of \(self.limit) at most")
    }
}
