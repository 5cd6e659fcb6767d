// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import TestSupport
import Testing

@Suite struct RelayStateMachineTests {
    typealias Machine = RelayStateMachine

    static let start = ContinuousClock.now
    static let error = LamassuEventsError(.refusedByBroker, message: "no")

    static func machine(window: Int = 4, isDurable: Bool = false, leaseDuration: Duration? = nil) -> Machine {
        var limits = Machine.Limits(window: window, isDurable: isDurable, leaseDuration: leaseDuration)
        limits.backoff = Backoff(initial: .seconds(1), maximum: .seconds(8))
        limits.storeBackoff = Backoff(initial: .seconds(1), maximum: .seconds(8))
        return Machine(limits: limits)
    }

    /// Entries whose numbers are their places, from `first` on.
    static func entries(_ lanes: [String], from first: UInt64 = 1) throws -> [OutboxEntry] {
        try lanes.enumerated().map { place, lane in
            OutboxEntry(number: first + UInt64(place), lane: lane, event: try OutboxTests.event(lane))
        }
    }

    /// Opens a session and claims.
    static func open(_ machine: inout Machine, _ lanes: [String], at now: ContinuousClock.Instant = start) throws {
        machine.sessionOpened()
        guard case .claim(let limit, _) = machine.next(at: now) else {
            Issue.record("nothing is claimed")
            return
        }
        machine.claimed(try Self.entries(lanes), limit: limit, requestedAt: now, nextDue: nil)
    }

    /// What goes out until there is something to wait for; the store gives these events, and notes all that it is told.
    static func published(_ machine: inout Machine, giving entries: [OutboxEntry] = []) -> [UInt64] {
        var entries = entries
        var published: [UInt64] = []
        while true {
            switch machine.next(at: Self.start) {
            case .publish(let numbers): published += numbers
            case .claim(let limit, _):
                machine.claimed(entries, limit: limit, requestedAt: Self.start, nextDue: nil)
                entries = []
            case .settle: machine.settled()
            default: return published
            }
        }
    }

    @Test func `nothing is claimed without a session, and what was claimed goes out, is settled, and is asked for again`() throws {
        var machine = Self.machine()
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.claimed(try Self.entries(["a"]), limit: 8, requestedAt: Self.start, nextDue: nil)
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(1) == true)
        #expect(machine.confirmed(1) == false)
        #expect(machine.next(at: Self.start) == .settle([.confirmed(1)]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.settled()
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
        machine.claimed([], limit: 8, requestedAt: Self.start, nextDue: Self.start + .seconds(3))
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .seconds(3)))
        #expect(machine.next(at: Self.start + .seconds(3)) == .claim(limit: 8, perSubject: 16))
        machine.claimed([], limit: 8, requestedAt: Self.start, nextDue: nil)
        machine.stored()
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
    }

    @Test func `one event of a subject at a time, subjects side by side within the window, in batches`() throws {
        var machine = Self.machine(window: 8)
        try Self.open(&machine, ["a", "a", "b", "c", "d", "e", "f", "g", "h", "i"])
        #expect(machine.next(at: Self.start) == .publish([1, 3]))
        #expect(machine.next(at: Self.start) == .publish([4, 5]))
        #expect(machine.next(at: Self.start) == .publish([6, 7]))
        #expect(machine.next(at: Self.start) == .publish([8, 9]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.inFlightCount == 8)
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .publish([10]))
        #expect(machine.confirmed(3) == true)
        #expect(machine.next(at: Self.start) == .publish([2]))
    }

    @Test func `no more is claimed than twice the window`() throws {
        var machine = Self.machine(window: 2)
        try Self.open(&machine, ["a", "b", "c", "d"])
        #expect(machine.heldCount == 4)
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.next(at: Self.start) == .publish([2]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        for number: UInt64 in 1...2 { #expect(machine.confirmed(number) == true) }
        #expect(machine.next(at: Self.start) == .publish([3]))
        #expect(machine.next(at: Self.start) == .publish([4]))
        // What is not settled still counts.
        #expect(machine.next(at: Self.start) == .settle([.confirmed(1), .confirmed(2)]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.settled()
        #expect(machine.next(at: Self.start) == .claim(limit: 2, perSubject: 16))
    }

    @Test func `what was interrupted is given back when the session has ended`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        try Self.open(&machine, ["a", "a", "b", "c"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.next(at: Self.start) == .publish([3]))
        machine.interrupted([1])
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(3) == true)
        #expect(machine.next(at: Self.start) == .endSession)
        #expect(machine.sessionEnded(isRefusal: false, Self.error, using: &generator) == .none)
        #expect(machine.next(at: Self.start) == .settle([.confirmed(3)]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.settled()
        #expect(machine.next(at: Self.start) == .release)
        // A session that comes meanwhile waits for what is being given back.
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.released()
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
        #expect(machine.heldCount == 0)
    }

    @Test func `a session that comes back before all is given back goes on with what is held`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        try Self.open(&machine, ["a", "b"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        machine.interrupted([1])
        #expect(machine.next(at: Self.start) == .endSession)
        #expect(machine.sessionEnded(isRefusal: false, Self.error, using: &generator) == .none)
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.next(at: Self.start) == .publish([2]))
    }

    @Test func `a subject of which an event failed is given back whole, and others go on`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        try Self.open(&machine, ["a", "a", "b"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        guard case .retry(1, after: let delay) = machine.failed(1, using: &generator) else {
            Issue.record("no retry")
            return
        }
        #expect(delay >= .milliseconds(500) && delay <= .seconds(1))
        #expect(machine.next(at: Self.start) == .publish([3]))
        #expect(machine.next(at: Self.start) == .settle([.deferred(1, for: delay)]))
        #expect(machine.confirmed(2) == false)
        #expect(machine.heldCount == 2)
    }

    @Test func `the wait grows with the attempts that the store has counted`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        machine.sessionOpened()
        _ = machine.next(at: Self.start)
        var entry = try Self.entries(["a"])[0]
        entry.attempts = 3
        machine.claimed([entry], limit: 8, requestedAt: Self.start, nextDue: nil)
        #expect(machine.next(at: Self.start) == .publish([1]))
        guard case .retry(1, after: let delay) = machine.failed(1, using: &generator) else {
            Issue.record("no retry")
            return
        }
        #expect(delay >= .seconds(4) && delay <= .seconds(8))
    }

    @Test func `an event that can never go out is parked, and its subject goes on`() throws {
        var machine = Self.machine()
        try Self.open(&machine, ["a", "a"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.rejected(1, Self.error) == true)
        #expect(machine.rejected(1, Self.error) == false)
        #expect(machine.next(at: Self.start) == .publish([2]))
        #expect(machine.next(at: Self.start) == .settle([.parked(1, Self.error)]))
    }

    @Test func `after a refused publish each suspect goes out alone, and only the one at fault is parked`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine(window: 12)
        try Self.open(&machine, ["a", "poison", "b", "c", "d"])
        #expect(machine.next(at: Self.start) == .publish([1, 2, 3]))
        machine.interrupted([1, 2, 3])
        #expect(machine.next(at: Self.start) == .endSession)
        #expect(machine.sessionEnded(isRefusal: true, Self.error, using: &generator) == .none)
        machine.sessionOpened()
        #expect(Self.published(&machine) == [1])
        #expect(machine.confirmed(1) == true)
        for fault in 1...3 {
            #expect(Self.published(&machine) == [2])
            machine.interrupted([2])
            #expect(machine.next(at: Self.start) == .endSession)
            let action = machine.sessionEnded(isRefusal: true, Self.error, using: &generator)
            guard fault < 3 else {
                #expect(action == .park(2))
                break
            }
            guard case .retry(2, after: _) = action else {
                Issue.record("no retry after fault \(fault)")
                return
            }
            machine.sessionOpened()
            // Something else is confirmed, which shows that the route is not at fault; the last suspect goes out alone.
            let others: [UInt64] = fault == 1 ? [3] : [6]
            #expect(Self.published(&machine, giving: try Self.entries(fault == 1 ? [] : ["f"], from: 6)) == others)
            for number in others { #expect(machine.confirmed(number) == true) }
            if fault == 1 {
                #expect(Self.published(&machine) == [4, 5])
                for number: UInt64 in 4...5 { #expect(machine.confirmed(number) == true) }
            }
            // The store gives the event out again when it has rested.
            machine.claimed(try Self.entries(["poison"], from: 2), limit: 8, requestedAt: Self.start, nextDue: nil)
        }
    }

    @Test func `an event is not parked while nothing else is confirmed either`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        for _ in 0..<20 {
            machine.sessionOpened()
            while case .settle = machine.next(at: Self.start) { machine.settled() }
            machine.claimed(try Self.entries(["a"]), limit: 8, requestedAt: Self.start, nextDue: nil)
            #expect(machine.next(at: Self.start) == .publish([1]))
            machine.interrupted([1])
            #expect(machine.next(at: Self.start) == .endSession)
            guard case .retry(1, after: _) = machine.sessionEnded(isRefusal: true, Self.error, using: &generator) else {
                Issue.record("parked without proof")
                return
            }
        }
    }

    @Test func `a store that fails is asked again later, and nothing of what it was to be told is forgotten`() throws {
        var generator = SeededGenerator(seed: 1)
        var machine = Self.machine()
        var now = Self.start
        machine.sessionOpened()
        #expect(machine.next(at: now) == .claim(limit: 8, perSubject: 16))
        var delay = machine.storeFailed(during: .claim, at: now, using: &generator)
        #expect(machine.next(at: now) == .wait(until: now + delay))
        now += delay
        // It may have given something out.
        #expect(machine.next(at: now) == .release)
        machine.released()
        #expect(machine.next(at: now) == .claim(limit: 8, perSubject: 16))
        machine.claimed(try Self.entries(["a", "b"]), limit: 8, requestedAt: now, nextDue: nil)
        #expect(machine.next(at: now) == .publish([1]))
        #expect(machine.next(at: now) == .publish([2]))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: now) == .settle([.confirmed(1)]))
        #expect(machine.confirmed(2) == true)
        delay = machine.storeFailed(during: .settle, at: now, using: &generator)
        #expect(machine.next(at: now) == .wait(until: now + delay))
        now += delay
        #expect(machine.next(at: now) == .settle([.confirmed(1), .confirmed(2)]))
        // The store had noted it after all, and gives the next ones out; what it gives twice goes out once.
        machine.claimed(try Self.entries(["a", "b", "a"]), limit: 8, requestedAt: now, nextDue: nil)
        #expect(machine.next(at: now) == .publish([3]))
    }

    @Test func `leases are renewed at a third of their time while something is held or an intent is open`() throws {
        var machine = Self.machine(leaseDuration: .seconds(30))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        var now = Self.start
        #expect(machine.next(at: now, .init(hasIntents: true)) == .wait(until: now + .seconds(10)))
        now += .seconds(10)
        #expect(machine.next(at: now, .init(hasIntents: true)) == .renewLeases)
        machine.renewed(requestedAt: now)
        #expect(machine.next(at: now, .init(hasIntents: true)) == .wait(until: now + .seconds(10)))
        #expect(machine.next(at: now) == .wait(until: nil))
        try Self.open(&machine, ["a"], at: now)
        #expect(machine.next(at: now) == .publish([1]))
        #expect(machine.next(at: now) == .wait(until: now + .seconds(10)))
        #expect(machine.next(at: now + .seconds(10)) == .renewLeases)
    }

    @Test func `what other processes may have left is asked for once in the time of a lease`() throws {
        var machine = Self.machine(leaseDuration: .seconds(30))
        try Self.open(&machine, [])
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .seconds(30)))
        #expect(machine.next(at: Self.start + .seconds(30)) == .claim(limit: 8, perSubject: 16))
    }

    @Test func `what is not on its way when its lease has run out is forgotten, and given back before the next claim`() throws {
        var machine = Self.machine(window: 4, leaseDuration: .seconds(30))
        try Self.open(&machine, ["a", "a", "b"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        let now = Self.start + .seconds(31)
        // The others may be another's by now, or nobody has taken them.
        #expect(machine.next(at: now) == .wait(until: now + .seconds(10)))
        #expect(machine.heldCount == 1)
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: now) == .settle([.confirmed(1)]))
        machine.settled()
        #expect(machine.next(at: now) == .release)
        machine.released()
        #expect(machine.next(at: now) == .claim(limit: 8, perSubject: 16))
        machine.claimed(try Self.entries(["a", "b"], from: 2), limit: 8, requestedAt: now, nextDue: nil)
        #expect(machine.next(at: now) == .publish([2]))
        #expect(machine.next(at: now) == .publish([3]))
    }

    @Test func `a drain of memory lets all out that is there or comes, with or without a session`() throws {
        var machine = Self.machine()
        machine.drainRequested()
        // Whether there is something to be sent shows without a broker.
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
        machine.claimed(try Self.entries(["a"]), limit: 8, requestedAt: Self.start, nextDue: nil)
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .publish([1]))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .settle([.confirmed(1)]))
        machine.settled()
        #expect(machine.next(at: Self.start) == .claim(limit: 8, perSubject: 16))
        let due = Self.start + .seconds(1)
        machine.claimed([], limit: 8, requestedAt: Self.start, nextDue: due)
        #expect(machine.next(at: Self.start) == .wait(until: due))
        #expect(machine.next(at: due) == .claim(limit: 8, perSubject: 16))
        machine.claimed([], limit: 8, requestedAt: Self.start, nextDue: nil)
        #expect(machine.next(at: due, .init(isAwaited: true)) == .wait(until: nil))
        #expect(machine.next(at: due) == .finished)
    }

    @Test func `a drain of what is durable waits for what is on its way, and gives the rest back`() throws {
        var machine = Self.machine(isDurable: true)
        try Self.open(&machine, ["a", "a", "b"])
        #expect(machine.next(at: Self.start) == .publish([1]))
        machine.drainRequested()
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .settle([.confirmed(1)]))
        machine.settled()
        #expect(machine.next(at: Self.start) == .release)
        machine.released()
        #expect(machine.next(at: Self.start, .init(isAwaited: true)) == .wait(until: nil))
        #expect(machine.next(at: Self.start) == .finished)
    }

    @Test(arguments: 1...40)
    func `on a random walk every event arrives in its order, one of a subject at a time, within bounds`(seed: UInt64) throws {
        var walk = try RelayWalk(seed: seed)
        for _ in 0..<3_000 { try walk.step() }
        try walk.finish()
    }
}
