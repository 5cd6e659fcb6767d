// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Testing
import Transport

@Suite struct ByteStreamStateTests {
    /// The machine with what the I/O thread holds beside it.
    private final class Loop {
        var state = ByteStreamState(highWaterMark: 100, lowWaterMark: 20)
        var output = OutputBuffer()
        var socket = ByteStreamState.Socket()
        var now = Duration.seconds(1_000)

        init(isOpen: Bool = true) {
            if isOpen { _ = self.state.connected() }
        }

        func next() -> ByteStreamState.Step { self.state.nextStep(output: &self.output, socket: self.socket, now: self.now) }

        func write(_ count: Int) -> (writability: ByteStreamWritability, wakes: Bool) {
            self.state.write([UInt8](repeating: 7, count: count).span)
        }

        func setReading(_ isEnabled: Bool) -> Bool { self.state.setReading(isEnabled) }
        func setDeadline(_ deadline: Duration?) -> Bool { self.state.setDeadline(deadline) }
        func close() -> Bool { self.state.close(now: self.now) }
        func abort() -> Bool { self.state.abort() }
        func jobCame() -> Bool { self.state.jobCame() }
        func cancelConnecting() -> Bool { self.state.cancelConnecting() }
        func connected() -> Bool { self.state.connected() }
        func nextLinger() -> ByteStreamState.Wait? { self.state.nextLinger(now: self.now) }
        var isCancelled: Bool { self.state.isCancelled }
        var outputCount: Int { self.output.count }
    }

    private static let idle = ByteStreamState.Step.wait(.init(deadline: nil, reads: true, writes: false))

    @Test func `a write wakes the thread only while it waits, and once`() {
        let loop = Loop()
        #expect(loop.write(1).wakes == false)
        #expect(loop.next() == .send)
        loop.output.consume(1)
        #expect(loop.next() == Self.idle)
        #expect(loop.write(1).wakes)
        #expect(loop.write(1).wakes == false)
        #expect(loop.next() == .send)
        #expect(loop.outputCount == 2)
    }

    @Test func `jobs and bytes take turns`() {
        let loop = Loop()
        #expect(loop.next() == Self.idle)
        #expect(loop.jobCame())
        #expect(!loop.jobCame(), "the thread is on its way")
        #expect(loop.next() == .runJobs)
        loop.socket.hasJustRunJobs = true
        _ = loop.write(1)
        #expect(!loop.jobCame(), "the thread is running")
        #expect(loop.next() == .send)
        loop.output.consume(1)
        loop.socket.hasJustRunJobs = false
        #expect(loop.next() == .runJobs)
        loop.socket.hasJustRunJobs = true
        #expect(!loop.jobCame())
        #expect(loop.next() == .look, "input has its turn too")
        loop.socket.hasJustRunJobs = false
        #expect(loop.next() == .runJobs)
        #expect(loop.next() == Self.idle)
    }

    @Test func `a write while a send finds no room wakes nobody, since older bytes go first`() {
        let loop = Loop()
        _ = loop.write(10)
        #expect(loop.next() == .send)
        loop.socket.isSendBlocked = true
        #expect(loop.next() == .wait(.init(deadline: nil, reads: true, writes: true)))
        #expect(loop.write(5).wakes == false)
        loop.socket.isSendBlocked = false
        #expect(loop.next() == .send)
        #expect(loop.outputCount == 10)
        loop.output.consume(10)
        #expect(loop.next() == .send)
        #expect(loop.outputCount == 5)
    }

    @Test func `an empty write changes nothing`() {
        let loop = Loop()
        #expect(loop.next() == Self.idle)
        #expect(loop.write(0) == (.writable, false))
        #expect(loop.next() == Self.idle)
    }

    @Test func `a full buffer says once that it has fallen to the low mark`() {
        let loop = Loop()
        #expect(loop.write(100).writability == .writable)
        #expect(loop.write(1).writability == .full)
        #expect(loop.next() == .send)
        loop.output.consume(80)
        #expect(loop.next() == .send)
        #expect(loop.write(1).writability == .full)
        loop.output.consume(2)
        #expect(loop.next() == .tellWritable)
        #expect(loop.next() == .send)
        #expect(loop.write(1).writability == .writable)
    }

    @Test func `a deadline is told once, and the latest counts`() {
        let loop = Loop()
        let start = loop.now
        _ = loop.setDeadline(start + .seconds(1))
        _ = loop.setDeadline(start + .seconds(2))
        loop.now = start + .seconds(1)
        #expect(loop.next() == .wait(.init(deadline: start + .seconds(2), reads: true, writes: false)))
        loop.now = start + .seconds(2)
        #expect(loop.next() == .tellDeadline)
        #expect(loop.next() == Self.idle)
    }

    @Test(arguments: [(nil, 1, true), (2, 1, true), (2, 3, false), (2, nil, false)] as [(Int?, Int?, Bool)])
    func `only an earlier deadline wakes the thread`(before: Int?, after: Int?, wakes: Bool) {
        let loop = Loop()
        let start = loop.now
        _ = loop.setDeadline(before.map { start + .seconds($0) })
        guard case .wait = loop.next() else { return #expect(Bool(false), "the thread has something to do") }
        #expect(loop.setDeadline(after.map { start + .seconds($0) }) == wakes)
    }

    @Test func `a stream that does not read leaves input alone, and resuming wakes it`() {
        let loop = Loop()
        loop.socket.mayHaveInput = true
        #expect(loop.next() == .receive)
        #expect(loop.setReading(false) == false)
        #expect(loop.next() == .wait(.init(deadline: nil, reads: false, writes: false)))
        #expect(loop.setReading(true))
        #expect(loop.next() == .receive)
    }

    @Test func `steady output does not starve input`() {
        let loop = Loop()
        _ = loop.write(ByteStreamState.sendBound * 2)
        #expect(loop.next() == .send)
        loop.output.consume(ByteStreamState.sendBound)
        loop.socket.sentSinceLook = ByteStreamState.sendBound
        #expect(loop.next() == .look)
        loop.socket.sentSinceLook = 0
        #expect(loop.next() == .send)
        loop.socket.mayHaveInput = true
        #expect(loop.next() == .receive)
    }

    @Test func `steady input does not starve output`() {
        let loop = Loop()
        _ = loop.write(10)
        loop.socket.mayHaveInput = true
        #expect(loop.next() == .receive)
        loop.socket.hasJustReceived = true
        #expect(loop.next() == .send)
        loop.socket.hasJustReceived = false
        #expect(loop.next() == .receive)
    }

    @Test func `closing sends what waits and takes no more`() {
        let loop = Loop()
        _ = loop.write(10)
        #expect(loop.next() == .send)
        loop.socket.isSendBlocked = true
        guard case .wait = loop.next() else { return #expect(Bool(false), "there is room") }
        #expect(loop.close())
        #expect(loop.write(1) == (.closed, false))
        let end = loop.now + ByteStreamState.flushTime
        #expect(loop.next() == .wait(.init(deadline: end, reads: true, writes: true)))
        loop.socket.isSendBlocked = false
        #expect(loop.next() == .send)
        loop.output.consume(10)
        #expect(loop.next() == .endOutput)
        #expect(loop.nextLinger() == .init(deadline: end, reads: true, writes: false))
        loop.now = end
        #expect(loop.nextLinger() == nil)
    }

    @Test func `aborting ends the wait for the peer's end`() {
        let loop = Loop()
        _ = loop.close()
        #expect(loop.next() == .endOutput)
        #expect(loop.nextLinger() != nil)
        #expect(loop.abort())
        #expect(loop.nextLinger() == nil)
    }

    @Test func `closing gives up on a peer that takes nothing`() {
        let loop = Loop()
        _ = loop.write(10)
        _ = loop.close()
        loop.socket.isSendBlocked = true
        loop.now += ByteStreamState.flushTime
        #expect(loop.next() == .finish(TransportError(.timedOut, message: "")))
    }

    @Test func `the peer's end stops reading, and what waits still goes out`() {
        let loop = Loop()
        _ = loop.write(10)
        loop.state.peerEnded(now: loop.now)
        loop.socket.mayHaveInput = true
        #expect(loop.next() == .send)
        loop.output.consume(10)
        #expect(loop.next() == .finish(nil))
    }

    @Test func `aborting drops what waits`() {
        let loop = Loop()
        _ = loop.write(10)
        #expect(loop.next() == .send)
        loop.socket.isSendBlocked = true
        _ = loop.next()
        #expect(loop.abort())
        #expect(loop.abort() == false)
        #expect(loop.next() == .finish(nil))
        loop.state.ended()
        #expect(loop.abort() == false)
        #expect(loop.write(1) == (.closed, false))
    }

    @Test func `an attempt to connect is cancelled once, and an open stream not at all`() {
        let loop = Loop(isOpen: false)
        #expect(loop.cancelConnecting())
        #expect(loop.cancelConnecting() == false)
        #expect(loop.isCancelled)
        #expect(loop.connected() == false)

        let open = Loop()
        #expect(open.cancelConnecting() == false)
        #expect(open.next() == Self.idle)
    }

    /// Writers and a socket do as they please; every byte comes out, in order, and no change goes unnoticed while the thread waits.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no wake-up is lost on a random walk`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let loop = Loop()
        var written: [UInt8] = []
        var sent: [UInt8] = []
        var isAsleep = false
        for step in 0..<5_000 {
            if Bool.random(using: &random) || isAsleep {
                let bytes = (0..<Int.random(in: 1...60, using: &random)).map { UInt8(truncatingIfNeeded: step &+ $0) }
                let answer = loop.state.write(bytes.span)
                written += bytes
                if isAsleep {
                    // A thread that waits for room is woken by the socket, any other by the write.
                    #expect(answer.wakes != loop.socket.isSendBlocked)
                    loop.socket.isSendBlocked = false
                    isAsleep = false
                } else {
                    #expect(!answer.wakes)
                }
            }
            switch loop.next() {
            case .send:
                let count = Int.random(in: 0...loop.output.count, using: &random)
                unsafe sent += loop.output.unconsumed.prefix(count)
                loop.output.consume(count)
                loop.socket.isSendBlocked = count == 0
            case .wait(let wait):
                #expect(wait.writes == loop.socket.isSendBlocked)
                isAsleep = true
            case .tellWritable: break
            case .receive, .look, .runJobs, .tellDeadline, .endOutput, .finish: #expect(Bool(false), "nothing asked for it")
            }
        }
        #expect(written.starts(with: sent))
        #expect(written.count - sent.count < 1_000)
    }
}

/// A small generator of repeatable random numbers (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
