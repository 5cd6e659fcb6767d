// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing

struct FrameMeterTests {
    /// A protocol header, a method frame, a heartbeat, a body frame whose length takes two bytes.
    static let frames: [[UInt8]] = [
        Array("AMQP".utf8) + [0, 0, 9, 1],
        [1, 0, 1, 0, 0, 0, 4, 10, 20, 30, 40, 0xCE],
        [8, 0, 0, 0, 0, 0, 0, 0xCE],
        [3, 0, 1, 0, 0, 1, 2] + Array(repeating: 0xCE, count: 258) + [0xCE],
    ]

    @Test(arguments: [1, 2, 3, 7, 8, 9, 100, 1_000])
    func `it counts the frames of a stream, however it is cut into pieces`(size: Int) {
        let stream = ArraySlice(Self.frames.joined())
        var meter = FrameMeter()
        var ended = 0
        var rest = stream
        while !rest.isEmpty {
            ended += meter.advance(over: rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(ended == Self.frames.count)
        #expect(meter.position == 0)
        #expect(meter.length == nil)
    }

    @Test(arguments: FrameMeterTests.frames)
    func `it knows where in a frame it is`(frame: [UInt8]) {
        for position in 1..<frame.count {
            var meter = FrameMeter()
            #expect(meter.advance(over: frame[..<position]) == 0)
            #expect(meter.position == position)
            #expect(meter.bytesToNextMark > 0 && meter.bytesToNextMark <= frame.count - position)
        }
    }
}
