// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Follows the frames of an AMQP stream, knowing no more of them than their length (specification, section 2.3.5).
struct FrameMeter {
    /// Type, channel and length.
    private static let headBytes = 7

    /// How many bytes of the present frame have gone by; 0 between two frames.
    private(set) var position = 0
    /// The length of the present frame, its end octet included, once it is known.
    private(set) var length: Int?
    private var head: [UInt8] = []

    /// How many bytes there are at least until the frame ends, or its length is known.
    var bytesToNextMark: Int { (self.length ?? Self.headBytes) - self.position }

    /// Counts bytes that have gone by.
    ///
    /// - Returns: how many frames ended in them.
    mutating func advance(over bytes: ArraySlice<UInt8>) -> Int {
        var rest = bytes
        var ended = 0
        while !rest.isEmpty {
            let step = min(rest.count, self.bytesToNextMark)
            if self.length == nil {
                self.head += rest.prefix(step)
                // The protocol header, eight bytes, begins with a letter; no frame's type is one.
                if self.head.first == UInt8(ascii: "A") {
                    self.length = 8
                } else if self.head.count == Self.headBytes {
                    self.length = self.head[3...6].reduce(0) { $0 << 8 | Int($1) } + Self.headBytes + 1
                }
            }
            self.position += step
            rest = rest.dropFirst(step)
            if self.position == self.length {
                self = FrameMeter()
                ended += 1
            }
        }
        return ended
    }
}
