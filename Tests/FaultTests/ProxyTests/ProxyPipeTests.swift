// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing

struct ProxyPipeTests {
    private let start = ContinuousClock.now

    /// Takes all that the pipe gives without end of time, as (byte count, seconds since the start).
    private func drain(_ pipe: inout ProxyPipe) -> [(bytes: [UInt8], at: Duration)] {
        var now = self.start
        var taken: [([UInt8], Duration)] = []
        while true {
            while let output = pipe.output(at: now) {
                taken.append((Array(output), now - self.start))
                pipe.sent(output.count, at: now)
            }
            guard let deadline = pipe.nextDeadline else { return taken }
            now = max(now, deadline)
        }
    }

    private func delivered(_ pipe: inout ProxyPipe) -> [UInt8] { Array(self.drain(&pipe).map(\.bytes).joined()) }

    @Test func `what comes in goes out`() {
        var pipe = ProxyPipe(conditions: LinkConditions(), seed: 1)
        #expect(pipe.output(at: self.start) == nil)
        #expect(pipe.nextDeadline == nil)
        pipe.received([1, 2, 3], at: self.start)
        pipe.received([4], at: self.start)
        #expect(self.delivered(&pipe) == [1, 2, 3, 4])
        #expect(pipe.bytesDelivered == 4)
    }

    @Test func `latency and jitter delay each byte and change no order`() {
        let conditions = LinkConditions(latency: .milliseconds(10), jitter: .milliseconds(40))
        var pipe = ProxyPipe(conditions: conditions, seed: 7)
        for byte in 0..<100 as Range<UInt8> { pipe.received([byte], at: self.start + .milliseconds(Int(byte))) }
        let taken = self.drain(&pipe)
        #expect(taken.flatMap(\.bytes) == Array(0..<100))
        for (index, output) in taken.enumerated() {
            let delay = output.at - .milliseconds(index)
            #expect(delay >= .milliseconds(10))
            // No byte waits longer than the latest of its own time and of those before it.
            #expect(delay <= .milliseconds(50))
        }
        #expect(Set(taken.map(\.at)).count > 10, "the delays differ")
    }

    @Test func `the same seed gives the same delays`() {
        let times = [3, 3, 4].map { (seed: UInt64) in
            var pipe = ProxyPipe(conditions: LinkConditions(jitter: .seconds(1)), seed: seed)
            for byte in 0..<20 as Range<UInt8> { pipe.received([byte], at: self.start) }
            return self.drain(&pipe).map(\.at)
        }
        #expect(times[0] == times[1])
        #expect(times[0] != times[2])
    }

    @Test func `a limited rate lets no more through`() {
        var pipe = ProxyPipe(conditions: LinkConditions(bytesPerSecond: 1_000), seed: 1)
        pipe.received(ArraySlice(repeating: 9, count: 3_000), at: self.start)
        let taken = self.drain(&pipe)
        #expect(taken.reduce(0) { $0 + $1.bytes.count } == 3_000)
        for second in 1...3 {
            let sum = taken.filter { $0.at < .seconds(second) }.reduce(0) { $0 + $1.bytes.count }
            #expect(sum <= second * 1_000 && sum > second * 1_000 - 100)
        }
    }

    @Test(arguments: [1, 3, 8, 50, 400], [0, 1, 2, 3])
    func `a mark is reached after so many frames and bytes, and nothing beyond it goes through`(size: Int, frames: Int) {
        let stream = FrameMeterTests.frames
        let whole = Array(stream.joined())
        for bytes in [0, 1, 6, 7, 8, 11, 1_000] {
            var pipe = ProxyPipe(conditions: LinkConditions(), seed: 1)
            pipe.setMark(frames: frames, bytes: bytes)
            for index in stride(from: 0, to: whole.count, by: size) {
                pipe.received(whole[index..<min(index + size, whole.count)], at: self.start)
            }
            let expected = stream[..<frames].reduce(0) { $0 + $1.count } + min(bytes, stream[frames].count - 1)
            #expect(self.delivered(&pipe) == Array(whole[..<expected]))
            #expect(pipe.isAtMark)
            #expect(pipe.nextDeadline == nil)
        }
    }

    @Test func `a frame that is under way does not count for a mark`() {
        let (first, second) = (FrameMeterTests.frames[1], FrameMeterTests.frames[2])
        var pipe = ProxyPipe(conditions: LinkConditions(), seed: 1)
        pipe.received(first[..<5], at: self.start)
        #expect(self.delivered(&pipe) == Array(first[..<5]))
        pipe.setMark(frames: 0, bytes: 2)
        #expect(!pipe.isAtMark)
        pipe.received(first[5...] + second, at: self.start)
        #expect(self.delivered(&pipe) == Array(first[5...] + second[..<2]))
        #expect(pipe.isAtMark)
    }

    @Test func `silence takes everything and gives nothing, and the loss is known`() {
        var pipe = ProxyPipe(conditions: LinkConditions(), seed: 1)
        pipe.silence()
        #expect(!pipe.hasLostBytes)
        pipe.received([1], at: self.start)
        pipe.inputEnded()
        #expect(self.delivered(&pipe) == [])
        #expect(pipe.hasLostBytes)
        #expect(!pipe.outputHasEnded, "the end is not told either")
        pipe.heal()
        #expect(pipe.outputHasEnded)
    }

    @Test func `what is stalled comes later`() {
        var pipe = ProxyPipe(conditions: LinkConditions(), seed: 1)
        pipe.received([1, 2], at: self.start)
        pipe.stall()
        #expect(!pipe.wantsInput)
        #expect(self.delivered(&pipe) == [])
        pipe.heal()
        #expect(pipe.wantsInput)
        #expect(self.delivered(&pipe) == [1, 2])
        #expect(!pipe.hasLostBytes)
    }

    @Test func `it holds a bounded number of bytes`() {
        var pipe = ProxyPipe(conditions: LinkConditions(latency: .seconds(1)), seed: 1)
        var count = 0
        while pipe.wantsInput {
            pipe.received(ArraySlice(repeating: 0, count: 1_024), at: self.start)
            count += 1
        }
        #expect(count == 256)
    }

    @Test func `the end comes after the last byte`() {
        var pipe = ProxyPipe(conditions: LinkConditions(latency: .seconds(1)), seed: 1)
        pipe.received([1], at: self.start)
        pipe.inputEnded()
        #expect(!pipe.outputHasEnded)
        #expect(self.delivered(&pipe) == [1])
        #expect(pipe.outputHasEnded)
    }
}
