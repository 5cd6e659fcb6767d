// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

/// What the lanes do with a budget, with poison, and with a store.
@Suite struct LaneParkingTests {
    static let start = ContinuousClock.now

    static func machine(concurrency: Int = 10, budget: RetryBudget = .unlimited, parkingDelay: Duration? = .seconds(5)) -> LaneStateMachine
    {
        LaneStateMachine(
            limits: .init(
                concurrency: concurrency, backoff: Backoff(initial: .seconds(1), maximum: .seconds(8)), retryBudget: budget,
                parkingDelay: parkingDelay))
    }

    @Test func `an event whose attempts are spent goes to the dead letters`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(budget: RetryBudget(maximumAttempts: 2), parkingDelay: nil)
        _ = machine.received(lane: "a")
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        #expect(
            machine.retryRequested(1, after: .zero, at: Self.start, using: &generator) == .retry(1, attempt: 2, at: Self.start))
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 2))
        #expect(machine.retryRequested(1, after: .zero, at: Self.start, using: &generator) == .giveUp(1, attempts: 2))
        #expect(machine.next(at: Self.start) == .start(1, .deadLetter, attempt: 1))
        // The budget is the handler's: the dead-letter queue is tried until it takes the event.
        for attempt in 2...5 {
            #expect(
                machine.retryRequested(1, after: .zero, at: Self.start, using: &generator) == .retry(1, attempt: attempt, at: Self.start))
            #expect(machine.next(at: Self.start) == .start(1, .deadLetter, attempt: attempt))
        }
        #expect(machine.done(1) == .acknowledge(1))
    }

    @Test func `an event that is too old after an attempt goes to the dead letters, however long it had waited before the first`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(budget: RetryBudget(maximumAge: .seconds(60)), parkingDelay: nil)
        _ = machine.received(lane: "a")
        let first = Self.start + .seconds(1_000)
        #expect(machine.next(at: first) == .start(1, .handle, attempt: 1))
        let second = first + .seconds(59)
        #expect(machine.retryRequested(1, after: .zero, at: second, using: &generator) == .retry(1, attempt: 2, at: second))
        #expect(machine.next(at: second) == .start(1, .handle, attempt: 2))
        #expect(machine.retryRequested(1, after: .zero, at: first + .seconds(60), using: &generator) == .giveUp(1, attempts: 2))
    }

    @Test func `what was delivered too often goes to the dead letters when its turn comes`() {
        var machine = Self.machine(concurrency: 1)
        _ = machine.received(lane: "a")
        _ = machine.received(lane: "a", isPoisonous: true)
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.next(at: Self.start) == .start(2, .deadLetter, attempt: 1))
    }

    @Test func `an event that would be held for too long is parked, and later ones of its lane behind it`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        for lane in ["a", "a", "b"] { _ = machine.received(lane: lane) }
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        let due = Self.start + .seconds(6)
        #expect(machine.retryRequested(1, after: .seconds(6), at: Self.start, using: &generator) == .park(1, attempts: 1, until: due))
        #expect(machine.next(at: Self.start) == .start(3, .handle, attempt: 1))
        #expect(machine.next(at: Self.start) == .start(1, .park, attempt: 2))
        #expect(machine.parked(1, until: due) == .acknowledge(1))
        #expect(machine.parkedLaneCount == 1)
        #expect(machine.next(at: Self.start) == .start(2, .park, attempt: 1))
        #expect(machine.parked(2, until: Self.start) == .acknowledge(2))
        #expect(machine.done(3) == .acknowledge(3))
        #expect(machine.next(at: Self.start) == .wait(until: due))
        #expect(machine.next(at: due) == .resume(lane: "a"))
        #expect(machine.received(lane: "a") == 4)
        #expect(machine.next(at: due) == .wait(until: nil), "it waits for the parked event that is being handled")
        machine.resumed("a", next: due + .seconds(1))
        #expect(machine.next(at: due) == .start(4, .park, attempt: 1))
        #expect(machine.parked(4, until: due) == .acknowledge(4))
        #expect(machine.next(at: due + .seconds(1)) == .resume(lane: "a"))
        machine.resumed("a", next: nil)
        #expect(machine.parkedLaneCount == 0)
        #expect(machine.laneCount == 0)
        #expect(machine.received(lane: "a") == 5)
        #expect(machine.next(at: due) == .start(5, .handle, attempt: 1))
    }

    @Test func `a lane that is found parked at the start comes before what is delivered`() {
        var machine = Self.machine()
        machine.foundParked(lane: "a", until: Self.start)
        _ = machine.received(lane: "a")
        #expect(machine.next(at: Self.start) == .resume(lane: "a"))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.resumed("a", next: nil)
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
    }

    @Test func `what the store does not take is held and tried again`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        _ = machine.received(lane: "a")
        _ = machine.next(at: Self.start)
        _ = machine.retryRequested(1, after: .seconds(6), at: Self.start, using: &generator)
        #expect(machine.next(at: Self.start) == .start(1, .park, attempt: 2))
        guard case .retry(1, attempt: 2, let deadline) = machine.parkFailed(1, at: Self.start, using: &generator) else {
            Issue.record("no retry")
            return
        }
        #expect(machine.count == 1)
        #expect(machine.parkedLaneCount == 0)
        #expect(machine.next(at: deadline) == .start(1, .handle, attempt: 2))
        #expect(machine.done(1) == .acknowledge(1))
    }

    @Test func `an event that supersedes all that is parked is handled at once`() {
        var machine = Self.machine()
        machine.foundParked(lane: "a", until: Self.start + .seconds(60))
        _ = machine.received(lane: "a")
        #expect(machine.next(at: Self.start) == .start(1, .park, attempt: 1))
        #expect(machine.superseded(1) == .none)
        #expect(machine.parkedLaneCount == 0)
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.laneCount == 0)
    }

    @Test func `parked lanes outlive the session, and what was being parked is not acknowledged in the next one`() {
        var machine = Self.machine()
        machine.foundParked(lane: "a", until: Self.start)
        machine.foundParked(lane: "b", until: Self.start + .seconds(60))
        _ = machine.received(lane: "b")
        #expect(machine.next(at: Self.start) == .start(1, .park, attempt: 1))
        #expect(machine.next(at: Self.start) == .resume(lane: "a"))
        #expect(machine.sessionEnded() == [])
        #expect(machine.parked(1, until: Self.start) == .forget(1))
        machine.resumed("a", next: nil)
        #expect(machine.parkedLaneCount == 1)
        #expect(machine.received(lane: "b") == 2)
        #expect(machine.next(at: Self.start) == .start(2, .park, attempt: 1))
    }

    @Test func `a drain that finishes all handles what is there, and one that is overdue does not`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(concurrency: 1, parkingDelay: nil)
        for lane in ["a", "a"] { _ = machine.received(lane: lane) }
        machine.drainRequested(finishingAll: true)
        #expect(machine.next(at: Self.start) == .start(1, .handle, attempt: 1))
        _ = machine.retryRequested(1, after: .seconds(1), at: Self.start, using: &generator)
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .seconds(1)))
        #expect(machine.next(at: Self.start + .seconds(1)) == .start(1, .handle, attempt: 2))
        #expect(machine.done(1) == .acknowledge(1))
        #expect(machine.next(at: Self.start) == .start(2, .handle, attempt: 1))
        machine.drainIsOverdue()
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.done(2) == .acknowledge(2))
        #expect(machine.next(at: Self.start) == .drained)
    }

    @Test func `a drain that finishes all waits for what is parked where the store does not keep it`() {
        var machine = Self.machine()
        machine.foundParked(lane: "a", until: Self.start + .seconds(1))
        machine.drainRequested(finishingAll: true, finishingParked: true)
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .seconds(1)))
        #expect(machine.next(at: Self.start + .seconds(1)) == .resume(lane: "a"))
        machine.resumed("a", next: Self.start + .seconds(3))
        #expect(machine.next(at: Self.start + .seconds(2)) == .wait(until: Self.start + .seconds(3)))
        #expect(machine.next(at: Self.start + .seconds(3)) == .resume(lane: "a"))
        machine.resumed("a", next: nil)
        #expect(machine.next(at: Self.start + .seconds(3)) == .drained)

        var durable = Self.machine()
        durable.foundParked(lane: "a", until: Self.start + .seconds(1))
        durable.drainRequested(finishingAll: true)
        #expect(durable.next(at: Self.start) == .drained)

        var overdue = Self.machine()
        overdue.foundParked(lane: "a", until: Self.start + .seconds(1))
        overdue.drainRequested(finishingAll: true, finishingParked: true)
        overdue.drainIsOverdue()
        #expect(overdue.next(at: Self.start) == .drained)
    }

    /// Plays broker, handlers and store at random: what is settled is settled in order, and nothing is lost on the way.
    @Test(arguments: 1...40)
    func `on a random walk the events of a lane end in order, through the store and through lost sessions`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        var machine = Self.machine(concurrency: Int.random(in: 1...4, using: &generator))
        var now = Self.start
        // The queue of the broker and the store, by lane; an event is a number that grows within its lane.
        var queue: [String: [Int]] = [:]
        var stored: [String: [Int]] = [:]
        var published = 0
        var ended: [String: [Int]] = [:]
        // What is delivered in this session, and what is under way.
        var eventOf: [UInt64: (lane: String, number: Int)] = [:]
        var delivered: Set<Int> = []
        var busy: [UInt64: LaneStateMachine.Work] = [:]
        var resuming: [String: Int] = [:]
        var orphans: Set<UInt64> = []

        func settle(_ id: UInt64, _ action: LaneStateMachine.DoneAction) {
            busy[id] = nil
            guard let event = eventOf[id] else { return }
            if orphans.remove(id) != nil {
                #expect(action == .forget(id))
            } else {
                #expect(action == .acknowledge(id))
                queue[event.lane]?.removeAll { $0 == event.number }
            }
        }

        for step in 0..<3_000 {
            switch step < 2_500 ? Int.random(in: 0..<12, using: &generator) : Int.random(in: 3..<11, using: &generator) {
            case 0:
                published += 1
                queue["lane \(Int.random(in: 0..<3, using: &generator))", default: []].append(published)
            case 1, 4:
                for (lane, numbers) in queue.sorted(by: { $0.key < $1.key }) {
                    guard let number = numbers.first(where: { !delivered.contains($0) }) else { continue }
                    delivered.insert(number)
                    eventOf[machine.received(lane: lane)] = (lane, number)
                }
            case 2:
                guard Int.random(in: 0..<10, using: &generator) == 0 else { break }
                for id in machine.sessionEnded() { eventOf[id] = nil }
                orphans.formUnion(busy.keys)
                delivered = []
            case 3: now += .milliseconds(Int.random(in: 0...8_000, using: &generator))
            case 5, 6:
                guard let (id, work) = busy.min(by: { $0.key < $1.key }), let event = eventOf[id] else { break }
                if work == .park {
                    if !stored[event.lane, default: []].contains(event.number) { stored[event.lane, default: []].append(event.number) }
                    settle(id, machine.parked(id, until: now + .seconds(2)))
                } else if Int.random(in: 0..<3, using: &generator) > 0 || step >= 2_500 {
                    ended[event.lane, default: []].append(event.number)
                    settle(id, machine.done(id))
                } else {
                    busy[id] = nil
                    let action = machine.retryRequested(id, after: nil, at: now, using: &generator)
                    if orphans.remove(id) != nil { #expect(action == .forget(id)) } else { #expect(action != .forget(id)) }
                }
            case 7:
                guard let (lane, number) = resuming.randomElement(using: &generator) else { break }
                resuming[lane] = nil
                if Bool.random(using: &generator) || step >= 2_500 {
                    stored[lane]?.removeFirst()
                    ended[lane, default: []].append(number)
                }
                machine.resumed(lane, next: stored[lane]?.isEmpty ?? true ? nil : now + .seconds(1))
            default:
                switch machine.next(at: now) {
                case .start(let id, let work, _):
                    guard let event = eventOf[id] else {
                        Issue.record("unknown delivery")
                        return
                    }
                    #expect(resuming[event.lane] == nil)
                    #expect(busy.keys.allSatisfy { eventOf[$0]?.lane != event.lane })
                    if work == .handle { #expect(stored[event.lane]?.isEmpty ?? true, "what is parked comes first") }
                    busy[id] = work
                case .resume(let lane):
                    #expect(resuming[lane] == nil)
                    #expect(busy.keys.allSatisfy { eventOf[$0]?.lane != lane })
                    guard let first = stored[lane]?.first else {
                        Issue.record("nothing is parked in \(lane)")
                        return
                    }
                    resuming[lane] = first
                case .wait, .drained: break
                }
            }
            #expect(machine.busyCount == busy.count + resuming.count)
        }
        for (lane, numbers) in ended {
            // One that was done in a session that had ended comes again; its first end counts.
            var seen: Set<Int> = []
            let firsts = numbers.filter { seen.insert($0).inserted }
            #expect(firsts == firsts.sorted(), "\(lane)")
        }
        #expect(!ended.isEmpty)
    }
}
