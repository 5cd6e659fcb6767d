// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite struct HTTPStreamStateTests {
    /// A state that can be captured by the closures of `#expect`.
    private final class Bench {
        var state: HTTPStreamState

        init(_ length: HTTPBodyLength? = .unknown) { self.state = HTTPStreamState(bodyLength: length) }

        func write(_ count: Int) -> (answer: HTTPStreamState.Write, resumes: Bool) { self.state.write(pattern(count)) }
        func finish() -> (error: TransportError?, resumes: Bool) { self.state.finishWriting() }
        func supply(_ count: Int = 16_384) -> HTTPStreamState.Supply { self.state.supply(upTo: count) }
        func arrived(_ count: Int) -> Bool { self.state.bodyArrived(pattern(count).span) }
        func piece() -> (answer: HTTPStreamState.Read<[UInt8]>, resumes: Bool) { self.state.takePiece() }
        func head() -> HTTPStreamState.Read<HTTPResponse> { self.state.takeHead() }
        var heldOutput: Int { self.state.heldOutput }
        var isWriterReady: Bool { self.state.isWriterReady }
        func afterWait() -> HTTPStreamState.Write { self.state.afterWait() }
        func abandon() -> Bool { self.state.abandon() }
    }

    private static let ok = HTTPResponse(status: .ok)
    private static let failure = TransportError(.connectionClosed, message: "")
    private static let abandoned = TransportError(.cancelled, message: "")
    private static let invalid = TransportError(.invalidRequest, message: "")
    private static let unwanted = TransportError(.requestBodyUnwanted, message: "")

    @Test func `a head, then pieces, then the end`() {
        let bench = Bench(nil)
        #expect(bench.head() == .waits)
        bench.state.headArrived(Self.ok, length: nil)
        #expect(bench.head() == .value(Self.ok))
        #expect(bench.piece() == (.waits, false))
        #expect(bench.arrived(3))
        #expect(bench.arrived(2))
        #expect(bench.piece().answer == .value(pattern(3) + pattern(2)))
        bench.state.ended(nil)
        #expect(bench.piece() == (.end, false))
        #expect(bench.piece() == (.end, false))
        #expect(bench.head() == .value(Self.ok))
    }

    @Test func `a body that nobody reads is held back, and goes on when it is read`() {
        let bench = Bench(nil)
        bench.state.headArrived(Self.ok, length: nil)
        #expect(bench.arrived(HTTPStreamState.receiveBound))
        #expect(!bench.arrived(1))
        #expect(!bench.arrived(1))
        let (answer, resumes) = bench.piece()
        #expect(answer == .value(pattern(HTTPStreamState.receiveBound)))
        #expect(resumes)
        #expect(bench.arrived(1), "the byte that was not taken comes again")
        #expect(bench.piece() == (.value([0]), false))
    }

    @Test func `what came before a failure is read before it is told`() {
        let bench = Bench(nil)
        bench.state.headArrived(Self.ok, length: 100)
        #expect(bench.arrived(3))
        bench.state.ended(Self.failure)
        #expect(bench.piece().answer == .value(pattern(3)))
        #expect(bench.piece().answer == .failed(Self.failure))
        #expect(bench.head() == .value(Self.ok))
    }

    @Test(arguments: [(nil, false), (3, true), (4, false), (0, false)] as [(Int?, Bool)])
    func `a failure after the whole response is none`(length: Int?, isComplete: Bool) {
        let bench = Bench()
        bench.state.headArrived(Self.ok, length: length)
        #expect(bench.arrived(3))
        bench.state.ended(Self.failure)
        _ = bench.piece()
        #expect(bench.piece().answer == (isComplete ? .end : .failed(Self.failure)))
        #expect(bench.write(1).answer == .failed(isComplete ? Self.unwanted : Self.failure))
    }

    @Test func `what is written goes out in order, and pauses where there is nothing`() {
        let bench = Bench()
        #expect(bench.supply() == .pause)
        #expect(bench.write(0) == (.done, false), "nothing is no reason to go on")
        #expect(bench.write(3) == (.done, true))
        #expect(bench.write(2) == (.done, false), "it goes on already")
        #expect(bench.supply(2) == .bytes([0, 1]))
        #expect(bench.supply() == .bytes([2, 0, 1]))
        #expect(bench.supply() == .pause)
        #expect(bench.finish() == (nil, true))
        #expect(bench.supply() == .end)
        #expect(bench.write(1).answer == .failed(Self.invalid))
    }

    @Test func `a writer waits while more than the bound has not gone out`() {
        let bench = Bench()
        #expect(bench.write(HTTPStreamState.sendBound).answer == .done)
        #expect(bench.write(1).answer == .waits)
        #expect(!bench.isWriterReady)
        #expect(bench.afterWait() == .waits)
        #expect(bench.supply(1) == .bytes([0]))
        #expect(bench.isWriterReady)
        #expect(bench.afterWait() == .done)
    }

    @Test func `what has gone out is not kept, although the writer is always ahead`() {
        let bench = Bench()
        _ = bench.write(HTTPStreamState.sendBound)
        for _ in 0..<1_000 {
            let supply = bench.supply()
            if case .bytes(let bytes) = supply { #expect(bytes.count == 16_384) } else { Issue.record("there is enough to send") }
            // As much as went out, so that it never drains.
            for _ in 0..<4 { _ = bench.write(HTTPStreamState.sendBound / 16) }
            #expect(bench.heldOutput <= 2 * HTTPStreamState.sendBound + HTTPStreamState.sendBound / 16)
        }
    }

    @Test func `a body is as long as was told`() {
        let long = Bench(.known(3))
        #expect(long.write(2).answer == .done)
        #expect(long.write(2).answer == .failed(Self.invalid))
        #expect(long.finish().error == Self.invalid)
        #expect(long.write(1).answer == .done)
        #expect(long.finish().error == nil)
    }

    @Test func `a request without a stream takes no bytes`() {
        #expect(Bench(nil).write(1).answer == .failed(Self.invalid))
    }

    @Test func `an exchange that is given up tells everyone, and is to be ended once`() {
        let bench = Bench()
        bench.state.headArrived(Self.ok, length: 3)
        #expect(bench.arrived(3))
        #expect(bench.abandon())
        #expect(!bench.abandon())
        #expect(bench.head() == .failed(Self.abandoned))
        #expect(bench.piece().answer == .failed(Self.abandoned))
        #expect(bench.write(1).answer == .failed(Self.abandoned))
        #expect(bench.arrived(1_000_000), "what still comes is dropped")
        bench.state.ended(Self.failure)
        #expect(bench.piece().answer == .failed(Self.abandoned))
    }

    @Test func `an exchange that is over needs no end`() {
        let bench = Bench()
        bench.state.headArrived(Self.ok, length: 0)
        bench.state.ended(nil)
        #expect(!bench.abandon())
    }

    /// A writer, a reader and an I/O thread do as they please: nothing is lost, nothing is out of order, nobody waits for ever.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no byte is lost and no one is forgotten on a random walk`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bench = Bench()
        var (written, sent, arrived, read) = (0, 0, 0, 0)
        var (isSendingPaused, isReceivingPaused, hasPaused, isWriterWaiting) = (false, false, false, false)
        bench.state.headArrived(Self.ok, length: nil)
        for _ in 0..<5_000 {
            let count = Int.random(in: 1...20_000, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !isWriterWaiting:
                let (answer, resumes) = bench.write(count)
                written += count
                #expect(resumes == isSendingPaused)
                if resumes { isSendingPaused = false }
                isWriterWaiting = answer == .waits
            case 1 where !isSendingPaused:
                switch bench.supply(count) {
                case .bytes(let bytes): sent += bytes.count
                case .pause: isSendingPaused = true
                case .end: #expect(Bool(false), "it has not ended")
                }
                if bench.isWriterReady { isWriterWaiting = false }
            case 2 where !isReceivingPaused:
                if bench.arrived(count) { arrived += count } else { (isReceivingPaused, hasPaused) = (true, true) }
            case 3:
                let (answer, resumes) = bench.piece()
                // After a pause libcurl is asked again each time that nothing is there.
                #expect(resumes == (isReceivingPaused || hasPaused && answer == .waits))
                if resumes { isReceivingPaused = false }
                if case .value(let bytes) = answer { read += bytes.count }
            default: break
            }
            #expect(isSendingPaused ? written == sent : written >= sent)
            #expect(arrived - read < HTTPStreamState.receiveBound + 20_000)
            #expect(written - sent <= HTTPStreamState.sendBound + 20_000)
            #expect(bench.heldOutput <= 2 * HTTPStreamState.sendBound + 20_000)
        }
    }
}
