// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A decoder with what it gave so far.
struct FrameCollector: ~Copyable {
    var decoder = FrameDecoder()
    var frames: [AMQPFrame] = []

    init(maximumFrameSize: Int = 131_072) { self.decoder.maximumFrameSize = maximumFrameSize }

    /// Feeds bytes as they would arrive at once, in an array of their own.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(AMQPWireError) {
        let bytes = Array(bytes)
        var offset = 0
        while let frame = try self.decoder.next(in: bytes.span, at: &offset) { self.frames.append(frame) }
    }

    /// Decodes bytes that arrive at once.
    static func frames(of bytes: [UInt8]) throws(AMQPWireError) -> [AMQPFrame] {
        var collector = FrameCollector()
        try collector.feed(bytes)
        return collector.frames
    }
}
