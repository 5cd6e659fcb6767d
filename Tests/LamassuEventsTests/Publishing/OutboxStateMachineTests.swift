// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

@Suite struct OutboxStateMachineTests {
    static let start = ContinuousClock.now

    static func machine(
        events: Int = 100, bytes: Int = 1_000_000, parked: Int = 10, window: Int = 10, dropsOldest: Bool = false
    ) -> OutboxStateMachine {
        OutboxStateMachine(
            limits: .init(
                events: events, bytes: bytes, parked: parked, window: window, dropsOldest: dropsOldest,
                backoff: Backoff(initial: .seconds(1), maximum: .seconds(8))))
    }

    @Test func `an event goes out once there is a session, and is gone once it is confirmed`() {
        var machine = Self.machine()
        #expect(machine.reserve() == .granted)
        #expect(machine.enqueued(lane: "ca/1", bytes: 10, isReserved: true) == .stored(1, dropped: []))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(1) == true)
        #expect(machine.confirmed(1) == false)
        #expect(machine.count == 0)
        #expect(machine.bytes == 0)
    }

    @Test func `one event of a subject at a time, subjects side by side within the window`() {
        var machine = Self.machine(window: 2)
        machine.sessionOpened()
        for lane in ["a", "a", "b", "c"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.next(at: Self.start) == .publish(3))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(3) == true)
        #expect(machine.next(at: Self.start) == .publish(4))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .publish(2))
    }

    @Test func `what was in flight when the session ended goes out again first`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(window: 2)
        machine.sessionOpened()
        for lane in ["a", "b", "c"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.next(at: Self.start) == .publish(2))
        machine.sessionBroke()
        #expect(machine.next(at: Self.start) == .endSession)
        #expect(
            machine.sessionEnded(isRefusal: false, at: Self.start, using: &generator) == .init(interrupted: [1, 2]))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        machine.sessionOpened()
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.next(at: Self.start) == .publish(2))
    }

    @Test func `an event that failed backs off without holding up other subjects`() throws {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        machine.sessionOpened()
        for lane in ["a", "a", "b"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        #expect(machine.next(at: Self.start) == .publish(1))
        guard case .retry(1, attempts: 1, at: let deadline) = machine.failed(1, at: Self.start, using: &generator) else {
            Issue.record("no retry")
            return
        }
        #expect(deadline >= Self.start + .milliseconds(500) && deadline <= Self.start + .seconds(1))
        #expect(machine.backingOffCount == 1)
        #expect(machine.next(at: Self.start) == .publish(3))
        #expect(machine.next(at: Self.start) == .wait(until: deadline))
        #expect(machine.next(at: deadline) == .publish(1))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: deadline) == .publish(2))
    }

    @Test func `a full outbox refuses before the operation runs`() {
        var machine = Self.machine(events: 2)
        #expect(machine.reserve() == .granted)
        #expect(machine.reserve() == .granted)
        #expect(machine.reserve() == .refused(.full))
        machine.reservationReleased()
        #expect(machine.reserve() == .granted)
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: true) == .stored(1, dropped: []))
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: true) == .stored(2, dropped: []))
        #expect(machine.reserve() == .refused(.full))
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: false) == .refused(.full))
    }

    @Test func `an outbox that has its bytes refuses`() {
        var machine = Self.machine(bytes: 10)
        #expect(machine.enqueued(lane: "a", bytes: 10, isReserved: false) == .stored(1, dropped: []))
        #expect(machine.reserve() == .refused(.full))
    }

    @Test func `the oldest event that is not in flight makes room`() {
        var machine = Self.machine(events: 3, window: 1, dropsOldest: true)
        machine.sessionOpened()
        _ = machine.enqueued(lane: "a", bytes: 1, isReserved: false)
        #expect(machine.next(at: Self.start) == .publish(1))
        _ = machine.enqueued(lane: "a", bytes: 1, isReserved: false)
        _ = machine.enqueued(lane: "b", bytes: 1, isReserved: false)
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: false) == .stored(4, dropped: [2]))
        #expect(machine.enqueued(lane: "c", bytes: 1, isReserved: false) == .stored(5, dropped: [3]))
        #expect(machine.count == 3)
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .publish(5))
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.confirmed(5) == true)
        #expect(machine.next(at: Self.start) == .publish(4))
    }

    @Test func `an event over the byte limit drops all that is not in flight`() {
        var machine = Self.machine(bytes: 10, window: 1, dropsOldest: true)
        for lane in ["a", "b", "c"] { _ = machine.enqueued(lane: lane, bytes: 3, isReserved: false) }
        #expect(machine.enqueued(lane: "d", bytes: 9, isReserved: false) == .stored(4, dropped: [1, 2, 3]))
        #expect(machine.bytes == 9)
    }

    @Test func `an event that can never go out is parked, and can be tried again or dropped`() {
        var machine = Self.machine(parked: 1)
        machine.sessionOpened()
        for lane in ["a", "a", "b"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        #expect(machine.rejected(2) == .parked(2, dropped: nil))
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.next(at: Self.start) == .publish(3))
        #expect(machine.rejected(1) == .parked(1, dropped: 2))
        #expect(machine.parkedIDs == [1])
        #expect(machine.rejected(1) == .none)
        #expect(machine.retryRequested(2) == false)
        #expect(machine.retryRequested(1) == true)
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.rejected(1) == .parked(1, dropped: nil))
        #expect(machine.discardRequested(1) == true)
        #expect(machine.discardRequested(1) == false)
        #expect(machine.parkedCount == 0)
    }

    @Test func `after a refused publish each suspect goes out alone, and only the one at fault is parked`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine(window: 3)
        var now = Self.start
        machine.sessionOpened()
        for lane in ["a", "poison", "b", "c"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        for id: UInt64 in 1...3 { #expect(machine.next(at: now) == .publish(id)) }
        machine.sessionBroke()
        #expect(machine.sessionEnded(isRefusal: true, at: now, using: &generator) == .init(interrupted: [1, 2, 3]))

        machine.sessionOpened()
        #expect(machine.next(at: now) == .publish(1))
        #expect(machine.next(at: now) == .wait(until: nil))
        #expect(machine.confirmed(1) == true)
        for fault in 1...3 {
            #expect(machine.next(at: now) == .publish(2))
            #expect(machine.next(at: now) == .wait(until: nil))
            machine.sessionBroke()
            let action = machine.sessionEnded(isRefusal: true, at: now, using: &generator)
            #expect(action.interrupted == [])
            machine.sessionOpened()
            guard fault < 3 else {
                #expect(action.parked == .parked(2, dropped: nil))
                break
            }
            guard case .retry(2, attempts: fault, at: let deadline) = action.fault else {
                Issue.record("no retry after fault \(fault)")
                return
            }
            // The others go on, the suspects among them one by one, which also shows that the route is not at fault.
            guard case .publish(let other) = machine.next(at: now) else {
                Issue.record("nothing goes out beside the event at fault")
                return
            }
            #expect(other == (fault == 1 ? 3 : 4))
            #expect(machine.confirmed(other) == true)
            now = deadline
        }
        #expect(machine.parkedIDs == [2])
        #expect(machine.count == 0)
    }

    @Test func `an event is not parked while nothing else is confirmed either`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        var now = Self.start
        _ = machine.enqueued(lane: "a", bytes: 1, isReserved: false)
        for _ in 0..<20 {
            machine.sessionOpened()
            #expect(machine.next(at: now) == .publish(1))
            machine.sessionBroke()
            let action = machine.sessionEnded(isRefusal: true, at: now, using: &generator)
            guard case .retry(1, attempts: _, at: let deadline) = action.fault else {
                Issue.record("parked without proof")
                return
            }
            now = deadline
        }
        #expect(machine.count == 1)
    }

    @Test func `a suspect waits until nothing else is in flight`() {
        var generator = SplitMix(seed: 1)
        var machine = Self.machine()
        machine.sessionOpened()
        for lane in ["a", "b"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        _ = machine.next(at: Self.start)
        _ = machine.next(at: Self.start)
        _ = machine.sessionEnded(isRefusal: true, at: Self.start, using: &generator)
        machine.sessionOpened()
        _ = machine.enqueued(lane: "c", bytes: 1, isReserved: false)
        #expect(machine.next(at: Self.start) == .publish(1))
        _ = machine.failed(1, at: Self.start, using: &generator)
        #expect(machine.next(at: Self.start) == .publish(2))
        #expect(machine.confirmed(2) == true)
        #expect(machine.next(at: Self.start) == .publish(3))
    }

    @Test func `a drain lets out what is there, takes nothing new, and waits for operations under way`() {
        var machine = Self.machine()
        machine.sessionOpened()
        #expect(machine.reserve() == .granted)
        _ = machine.enqueued(lane: "a", bytes: 1, isReserved: false)
        machine.drainRequested()
        #expect(machine.reserve() == .refused(.closed))
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: false) == .refused(.closed))
        #expect(machine.next(at: Self.start) == .publish(1))
        #expect(machine.confirmed(1) == true)
        #expect(machine.next(at: Self.start) == .wait(until: nil))
        #expect(machine.enqueued(lane: "b", bytes: 1, isReserved: true) == .stored(2, dropped: []))
        #expect(machine.next(at: Self.start) == .publish(2))
        #expect(machine.confirmed(2) == true)
        #expect(machine.next(at: Self.start) == .drained)
    }

    @Test func `a closed outbox tells what it still holds and takes nothing`() {
        var machine = Self.machine()
        for lane in ["b", "a"] { _ = machine.enqueued(lane: lane, bytes: 1, isReserved: false) }
        #expect(machine.reserve() == .granted)
        #expect(machine.closed() == [1, 2])
        #expect(machine.reserve() == .refused(.closed))
        #expect(machine.enqueued(lane: "a", bytes: 1, isReserved: true) == .refused(.closed))
    }

    /// Plays broker and service at random and checks, after each step, what must always hold.
    @Test(arguments: 1...40)
    func `on a random walk nothing is lost, order is kept and bounds hold`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let dropsOldest = seed.isMultiple(of: 3)
        let window = Int.random(in: 1...8, using: &generator)
        var machine = Self.machine(events: 20, bytes: 200, parked: 5, window: window, dropsOldest: dropsOldest)
        var now = Self.start
        var isUp = false
        var reservations = 0
        /// What each lane still owes the broker, in order; and the numbers that may be sent.
        var owed: [String: [UInt64]] = [:]
        var laneOf: [UInt64: String] = [:]
        var inFlight: Set<UInt64> = []
        var parked: [UInt64] = []

        func forget(_ id: UInt64) {
            if let lane = laneOf[id] { owed[lane]?.removeAll { $0 == id } }
        }
        func park(_ action: OutboxStateMachine.ParkAction) {
            guard case .parked(let id, let dropped) = action else { return }
            forget(id)
            parked.append(id)
            if let dropped {
                #expect(parked.first == dropped)
                parked.removeFirst()
            }
        }

        for _ in 0..<4_000 {
            switch Int.random(in: 0..<16, using: &generator) {
            case 0: if machine.reserve() == .granted { reservations += 1 }
            case 1:
                if reservations > 0 {
                    machine.reservationReleased()
                    reservations -= 1
                }
            case 2...5:
                let lane = "lane \(Int.random(in: 0..<6, using: &generator))"
                let isReserved = reservations > 0
                if isReserved { reservations -= 1 }
                let action = machine.enqueued(lane: lane, bytes: Int.random(in: 0...20, using: &generator), isReserved: isReserved)
                guard case .stored(let id, let dropped) = action else {
                    #expect(!isReserved && !dropsOldest)
                    break
                }
                #expect(dropped.isEmpty || dropsOldest)
                for id in dropped {
                    #expect(!inFlight.contains(id))
                    forget(id)
                }
                laneOf[id] = lane
                owed[lane, default: []].append(id)
            case 6:
                if let id = inFlight.randomElement(using: &generator) {
                    #expect(machine.confirmed(id) == true)
                    inFlight.remove(id)
                    forget(id)
                }
            case 7:
                if let id = inFlight.randomElement(using: &generator) {
                    #expect(machine.failed(id, at: now, using: &generator) != .none)
                    inFlight.remove(id)
                }
            case 8:
                if let id = inFlight.randomElement(using: &generator) {
                    inFlight.remove(id)
                    park(machine.rejected(id))
                }
            case 9:
                isUp = true
                machine.sessionOpened()
            case 10:
                let isRefusal = Bool.random(using: &generator)
                machine.sessionBroke()
                let action = machine.sessionEnded(isRefusal: isRefusal, at: now, using: &generator)
                #expect(action.interrupted.allSatisfy(inFlight.contains))
                park(action.parked)
                inFlight = []
                isUp = false
            case 11: now += .milliseconds(Int.random(in: 0...3_000, using: &generator))
            case 12:
                if let id = parked.randomElement(using: &generator) {
                    parked.removeAll { $0 == id }
                    if Bool.random(using: &generator) {
                        #expect(machine.retryRequested(id) == true)
                        owed[laneOf[id] ?? "", default: []].append(id)
                    } else {
                        #expect(machine.discardRequested(id) == true)
                    }
                }
            default:
                if case .publish(let id) = machine.next(at: now) {
                    #expect(isUp)
                    // The oldest of its lane, and no other of the lane is in flight.
                    #expect(owed[laneOf[id] ?? ""]?.first == id)
                    #expect(inFlight.allSatisfy { laneOf[$0] != laneOf[id] })
                    #expect(inFlight.insert(id).inserted)
                }
            }
            let total = owed.values.reduce(0) { $0 + $1.count }
            #expect(machine.count == total)
            #expect(machine.inFlightCount == inFlight.count && inFlight.count <= window)
            #expect(machine.parkedIDs == parked && parked.count <= 5)
            #expect(machine.reservedCount == reservations)
            #expect(total + parked.count <= 25 + 20)
            if dropsOldest { #expect(machine.bytes <= 200 + 8 * 20) }
        }

        // Whatever happened, a broker that works gets the rest: each lane in its order.
        for _ in 0..<reservations { machine.reservationReleased() }
        machine.drainRequested()
        if !isUp { machine.sessionOpened() }
        for _ in 0..<10_000 {
            switch machine.next(at: now) {
            case .publish(let id): inFlight.insert(id)
            case .wait(let deadline):
                guard let id = inFlight.popFirst() else {
                    guard let deadline else {
                        Issue.record("stuck with \(machine.count) events")
                        return
                    }
                    now = deadline
                    continue
                }
                #expect(owed[laneOf[id] ?? ""]?.first == id)
                #expect(machine.confirmed(id) == true)
                forget(id)
            case .drained:
                #expect(owed.values.joined().isEmpty)
                return
            case .endSession:
                Issue.record("the session is open")
                return
            }
        }
        Issue.record("no end")
    }
}
