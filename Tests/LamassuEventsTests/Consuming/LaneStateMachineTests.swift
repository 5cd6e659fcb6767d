// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

@Suite struct LaneStateMachineTests {
    static let start = ContinuousClock.now

    static func machine(concurrency: Int = 10) -> LaneStateMachine {
        LaneStateMachine(
            limits: .init(concurrency: concurrency, backoff: Backoff(initial: .seconds(1), maximum: .seconds(8))))
    }

    @Test func `one delivery of a lane at a time, lanes side by side up to the limit`() {
        var machine = Self.machine(concurrency: 2)
        let ids = ["a", "a", "b", "c"].map { machine.received(lane: $0) }
        #expect(ids == [1, 2, 3, 4])
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        #expect(machine.next(at: Self.start) == .start(3, .handle, attempt: 1))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.next(at: Self.start) == .start(4, .handle, attempt: 1))
        #expect(machine.done(3) == .acknowledge(3))
        #expect(machine.next(at: Self.start) == .start(2, .handle, attempt: 1))
    }

    @Test func `a retry waits in its lane and holds up no other`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(concurrency: 1)
        for lane in ["a", "a", "b"] { _ = machine.received(lane: lane) }
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        guard case .retry(1, attempt: 2, at: let deadline) = machine.retryRequested(1, after: nil, at: Self.start, using: &generator)
        else {
            Issue.record("no retry")
            return
        }
        #expect(deadline >= Self.start + .milliseconds(500) && deadline <= Self.start + .seconds(1))
        #expect(machine.next(at: Self.start) == .start(3, .handle, attempt: 1))
        #expect(machine.done(3) == .acknowledge(3))
        #expect(machine.next(at: Self.start) == .wait(until: deadline))
        #expect(machine.next(at: deadline) == .start(1, .handle, attempt: 2))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.next(at: deadline) == .start(2, .handle, attempt: 1))
    }

    @Test func `a handler may say how long to wait`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        _ = machine.received(lane: "a")
        _ = machine.next(at: Self.start)
        #expect(
            machine.retryRequested(1, after: .seconds(90), at: Self.start, using: &generator)
                == .retry(1, attempt: 2, at: Self.start + .seconds(90)))
    }

    @Test func `a dead letter is acknowledged after its confirm, and tried again until then`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        _ = machine.received(lane: "a")
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        #expect(machine.deadLetterRequested(1) == .none)
        #expect(machine.next(at: Self.start) == .start(1, .deadLetter, attempt: 1))
        guard case .retry(1, attempt: 2, at: let deadline) = machine.retryRequested(1, after: nil, at: Self.start, using: &generator)
        else {
            Issue.record("no retry")
            return
        }
        #expect(machine.next(at: deadline) == .start(1, .deadLetter, attempt: 2))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.count == 0)
        #expect(machine.laneCount == 0)
    }

    @Test func `what cannot be decoded goes to the dead letters beside everything else`() {
        var machine = Self.machine()
        _ = machine.receivedUnacceptable()
        _ = machine.receivedUnacceptable()
        #expect(machine.next(at: Self.start) == .start(1, .deadLetter, attempt: 1))
        #expect(machine.next(at: Self.start) == .start(2, .deadLetter, attempt: 1))
    }

    @Test func `after the end of its session a delivery is not acknowledged, and its second one waits for it`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        for lane in ["busy", "busy", "backing off", "waiting", "letter", "again"] { _ = machine.received(lane: lane) }
        for _ in 0..<5 { _ = machine.next(at: Self.start) }
        _ = machine.retryRequested(3, after: nil, at: Self.start, using: &generator)
        #expect(machine.done(4) == .acknowledge(4))
        #expect(machine.deadLetterRequested(5) == .none)
        #expect(machine.sessionEnded() == [2, 3, 5])
        #expect(machine.busyCount == 2)

        #expect(machine.received(lane: "busy") == 7)
        #expect(machine.received(lane: "again") == 8)
        #expect(machine.next(at: Self.start + .seconds(60)) == .wait(until: nil))
        #expect(machine.done(1) == .forget(1))
        #expect(machine.next(at: Self.start) == .start(7, .handle, attempt: 1))
        #expect(machine.retryRequested(6, after: nil, at: Self.start, using: &generator) == .forget(6))
        #expect(machine.next(at: Self.start) == .start(8, .handle, attempt: 1))
        #expect(machine.sessionEnded() == [])
        #expect(machine.deadLetterRequested(7) == .forget(7))
        #expect(machine.done(7) == .none)
        #expect(machine.done(8) == .forget(8))
        #expect(machine.count == 0)
    }

    @Test func `a drain starts nothing and ends when all that is under way has ended`() {
        var machine = Self.machine()
        for lane in ["a", "b"] { _ = machine.received(lane: lane) }
        _ = machine.next(at: Self.start)
        machine.drainRequested()
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.next(at: Self.start) == .drained)
    }

    /// Plays broker and handlers at random and checks, after each step, what must always hold.
    @Test(arguments: 1...40)
    func `on a random walk order is kept, nothing is acknowledged twice and bounds hold`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let concurrency = Int.random(in: 1...6, using: &generator)
        var machine = Self.machine(concurrency: concurrency)
        var now = Self.start
        /// The deliveries of the session that are neither acknowledged nor given back, in order; those under way; and their lanes.
        var held: [String: [UInt64]] = [:]
        var laneOf: [UInt64: String] = [:]
        var busy: [UInt64: LaneStateMachine.Work] = [:]
        var orphans: Set<UInt64> = []
        var mustBeDeadLetter: Set<UInt64> = []
        var acknowledged: Set<UInt64> = []

        func acknowledge(_ id: UInt64) {
            #expect(!orphans.contains(id))
            #expect(acknowledged.insert(id).inserted)
            held[laneOf[id] ?? ""]?.removeAll { $0 == id }
        }

        for _ in 0..<4_000 {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...2:
                let isDecodable = Int.random(in: 0..<10, using: &generator) > 0
                let lane = "lane \(Int.random(in: 0..<5, using: &generator))"
                let id = isDecodable ? machine.received(lane: lane) : machine.receivedUnacceptable()
                laneOf[id] = isDecodable ? lane : "own \(id)"
                held[laneOf[id] ?? "", default: []].append(id)
                if !isDecodable { mustBeDeadLetter.insert(id) }
            case 3, 4:
                guard let (id, _) = busy.randomElement(using: &generator) else { break }
                busy[id] = nil
                let isOrphan = orphans.remove(id) != nil
                #expect(machine.done(id) == (isOrphan ? .forget(id) : .acknowledge(id)))
                if !isOrphan { acknowledge(id) }
            case 5:
                guard let (id, _) = busy.randomElement(using: &generator) else { break }
                busy[id] = nil
                let action = machine.retryRequested(id, after: nil, at: now, using: &generator)
                if orphans.remove(id) != nil { #expect(action == .forget(id)) } else { #expect(action != .forget(id)) }
            case 6:
                guard let (id, work) = busy.randomElement(using: &generator), work == .handle else { break }
                busy[id] = nil
                mustBeDeadLetter.insert(id)
                #expect(machine.deadLetterRequested(id) == (orphans.remove(id) != nil ? .forget(id) : .none))
            case 7:
                guard Int.random(in: 0..<10, using: &generator) == 0 else { break }
                let forgotten = machine.sessionEnded()
                orphans.formUnion(busy.keys)
                #expect(forgotten == held.values.joined().filter { busy[$0] == nil }.sorted())
                held = [:]
            case 8: now += .milliseconds(Int.random(in: 0...3_000, using: &generator))
            default:
                guard case .start(let id, let work, _) = machine.next(at: now) else { break }
                #expect(held[laneOf[id] ?? ""]?.first == id)
                #expect(busy.keys.allSatisfy { laneOf[$0] != laneOf[id] })
                #expect(work == (mustBeDeadLetter.contains(id) ? .deadLetter : .handle))
                busy[id] = work
            }
            #expect(machine.busyCount == busy.count && busy.count <= concurrency)
            #expect(machine.count == held.values.joined().count + orphans.count)
        }

        machine.drainRequested()
        for (id, _) in busy { #expect(machine.done(id) != .none) }
        #expect(machine.next(at: now) == .drained)
    }
}
