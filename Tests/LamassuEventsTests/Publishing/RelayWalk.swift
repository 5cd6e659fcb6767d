// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import TestSupport
import Testing

/// Plays service, store and broker for a relay at random, and checks after each step what must always hold.
///
/// Some events are poison: the broker answers them with the end of the session. A call of the store may fail before it had effect, and
/// claiming and settling also after. In every second walk leases are so short that they run out, though nobody takes what they were for.
struct RelayWalk: ~Copyable {
    private enum Call {
        case claim(limit: Int, perSubject: Int)
        case settle([OutboxSettlement])
        case release
        case renew
    }

    private var generator: SeededGenerator
    private let window: Int
    private var relay: RelayStateMachine
    private var store = MemoryOutboxStateMachine(
        limits: .init(events: 100_000, bytes: 1_000_000, parked: 1_000, parkedBytes: 1_000_000, dropsOldest: false))
    private var now = ContinuousClock.now
    private var isUp = false
    /// Calls of the store that have not been answered.
    private var calls: [Call] = []
    /// What was sent in this session, and not answered.
    private var sent: [UInt64] = []
    private var laneOf: [UInt64: String] = [:]
    private var poison: Set<UInt64> = []
    /// What the broker has of each lane, in the order of first arrival.
    private var arrived: [String: [UInt64]] = [:]
    private var parked: Set<UInt64> = []

    init(seed: UInt64) throws {
        self.generator = SeededGenerator(seed: seed)
        self.window = Int.random(in: 1...12, using: &self.generator)
        var limits = RelayStateMachine.Limits(window: self.window, isDurable: false)
        limits.perSubject = Int.random(in: 1...4, using: &self.generator)
        if seed.isMultiple(of: 2) { limits.leaseDuration = .milliseconds(300) }
        limits.backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        self.relay = RelayStateMachine(limits: limits)
    }

    mutating func step() throws {
        switch Int.random(in: 0..<14, using: &self.generator) {
        case 0...2: self.storeEvent()
        case 3: self.answerPublish()
        case 4, 5: try self.answerCall(mayFail: true)
        case 6:
            if !self.isUp {
                self.isUp = true
                self.relay.sessionOpened()
            }
        case 7: if Int.random(in: 0..<4, using: &self.generator) == 0 { self.cut() }
        case 8: self.now += .milliseconds(Int.random(in: 0...500, using: &self.generator))
        default: try self.work()
        }
        self.check()
    }

    /// From now on all works: every event has to arrive, or to be parked for a reason.
    mutating func finish() throws {
        self.relay.drainRequested()
        for _ in 0..<20_000 {
            if !self.isUp {
                self.isUp = true
                self.relay.sessionOpened()
            }
            guard try !self.work() else {
                self.checkAll()
                return
            }
            if !self.calls.isEmpty {
                try self.answerCall(mayFail: false)
            } else if !self.sent.isEmpty {
                self.answerPublish(mayFail: false)
            } else {
                self.now += .milliseconds(100)
                // Something else has to be confirmed, so that what is at fault shows.
                if !self.poison.isSubset(of: self.parked) { self.storeEvent(in: "another \(self.laneOf.count)", mayBePoison: false) }
            }
            self.check()
        }
        Issue.record("no end: \(self.store.count) events are left")
    }

    private mutating func storeEvent(in other: String? = nil, mayBePoison: Bool = true) {
        let lane = other ?? "lane \(Int.random(in: 0..<8, using: &self.generator))"
        let identity = MemoryOutboxStateMachine.Identity(source: "s", id: "\(self.laneOf.count)")
        guard case .stored(let number, _) = self.store.stored(identity, lane: lane, bytes: 1) else { return }
        self.laneOf[number] = lane
        if mayBePoison, Int.random(in: 0..<50, using: &self.generator) == 0 { self.poison.insert(number) }
        self.relay.stored()
    }

    /// Does what the relay wants, once.
    ///
    /// - Returns: whether the drain is complete.
    @discardableResult private mutating func work() throws -> Bool {
        switch self.relay.next(at: self.now) {
        case .publish(let numbers):
            let isUp = self.isUp
            #expect(isUp)
            for number in numbers {
                let lane = self.laneOf[number]
                let (others, arrived) = (self.sent.filter { self.laneOf[$0] == lane }, self.arrived[lane ?? ""] ?? [])
                #expect(others.isEmpty, "two of a lane are in flight")
                #expect(number > arrived.last ?? 0 || arrived.contains(number), "\(number) goes out too late")
                self.sent.append(number)
            }
        case .claim(let limit, let perSubject): self.calls.append(.claim(limit: limit, perSubject: perSubject))
        case .settle(let settlements): self.calls.append(.settle(settlements))
        case .release: self.calls.append(.release)
        case .renewLeases: self.calls.append(.renew)
        case .endSession: self.end()
        case .wait: break
        case .finished: return true
        }
        return false
    }

    private mutating func answerPublish(mayFail: Bool = true) {
        guard let number = self.sent.randomElement(using: &self.generator) else { return }
        if self.poison.contains(number) { return self.cut(isRefusal: true) }
        self.sent.removeAll { $0 == number }
        switch Int.random(in: 0..<(mayFail ? 10 : 8), using: &self.generator) {
        case 8:
            let action = self.relay.failed(number, using: &self.generator)
            #expect(action != .none)
        case 9:
            #expect(self.relay.rejected(number, RelayStateMachineTests.error) == true)
            self.parked.insert(number)
        default:
            self.arrive(number)
            #expect(self.relay.confirmed(number) == true)
        }
    }

    private mutating func arrive(_ number: UInt64) {
        let lane = self.laneOf[number] ?? ""
        let arrived = self.arrived[lane] ?? []
        guard !arrived.contains(number) else { return }
        #expect(number > arrived.last ?? 0, "a lane is out of order")
        self.arrived[lane] = arrived + [number]
    }

    private var isRefusal = false

    private mutating func cut(isRefusal: Bool = false) {
        guard self.isUp else { return }
        self.isUp = false
        self.isRefusal = isRefusal
        self.relay.sessionBroke()
        // The broker may have some of what nobody knows the fate of.
        for number in self.sent where !self.poison.contains(number) && Bool.random(using: &self.generator) { self.arrive(number) }
        self.relay.interrupted(self.sent)
        self.sent = []
        if self.relay.next(at: self.now) == .endSession { self.end() }
    }

    private mutating func end() {
        let action = self.relay.sessionEnded(isRefusal: self.isRefusal, RelayStateMachineTests.error, using: &self.generator)
        if case .park(let number) = action {
            let isPoison = self.poison.contains(number)
            #expect(isPoison, "an event is parked for another's fault")
            self.parked.insert(number)
        }
        self.isRefusal = false
    }

    private mutating func answerCall(mayFail: Bool) throws {
        guard !self.calls.isEmpty else { return }
        let call = self.calls.remove(at: Int.random(in: 0..<self.calls.count, using: &self.generator))
        let fails = mayFail && Int.random(in: 0..<6, using: &self.generator) == 0
        switch call {
        case .claim(let limit, let perSubject):
            let entries = try self.store.claim(limit: limit, perLane: perSubject, at: self.now).map { number in
                OutboxEntry(
                    number: number, lane: self.laneOf[number] ?? "", event: try OutboxTests.event("x"),
                    attempts: self.store.attempts(of: number))
            }
            // What it gave out although it failed comes back with the rest.
            guard !fails else { return self.fail(.claim) }
            self.relay.claimed(entries, limit: limit, requestedAt: self.now, nextDue: self.store.nextDue)
        case .settle(let settlements):
            let hasEffect = !fails || Bool.random(using: &self.generator)
            if hasEffect {
                for settlement in settlements {
                    switch settlement {
                    case .confirmed(let number): _ = self.store.confirmed(number)
                    case .deferred(let number, let delay): _ = self.store.deferred(number, until: self.now + delay)
                    case .parked(let number, _): _ = self.store.parked(number)
                    }
                }
            }
            if fails { self.fail(.settle) } else { self.relay.settled() }
        case .release:
            guard !fails else { return self.fail(.release) }
            self.store.released()
            self.relay.released()
        case .renew: self.relay.renewed(requestedAt: self.now)
        }
    }

    private mutating func fail(_ call: RelayStateMachine.StoreCall) {
        _ = self.relay.storeFailed(during: call, at: self.now, using: &self.generator)
    }

    private mutating func check() {
        let (held, inFlight) = (self.relay.heldCount, self.relay.inFlightCount)
        #expect(held <= 2 * self.window)
        #expect(inFlight <= self.window)
    }

    private func checkAll() {
        let (count, parkedInStore, stored) = (self.store.count, Set(self.store.parkedNumbers), Set(self.laneOf.keys))
        let (arrived, parked, poison) = (Set(self.arrived.values.joined()), self.parked, self.poison)
        #expect(count == 0)
        #expect(stored == arrived.union(parked), "an event is lost")
        #expect(poison.isSubset(of: parked))
        #expect(parkedInStore == parked)
    }
}
