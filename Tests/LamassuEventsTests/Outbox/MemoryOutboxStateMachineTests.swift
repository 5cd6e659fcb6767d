// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import TestSupport
import Testing

@Suite struct MemoryOutboxStateMachineTests {
    typealias Machine = MemoryOutboxStateMachine

    static let start = ContinuousClock.now

    static func machine(
        events: Int = 100, bytes: Int = 1_000_000, parked: Int = 10, parkedBytes: Int = 1_000_000, dropsOldest: Bool = false
    ) -> Machine {
        Machine(limits: .init(events: events, bytes: bytes, parked: parked, parkedBytes: parkedBytes, dropsOldest: dropsOldest))
    }

    static func identity(_ id: String) -> Machine.Identity { Machine.Identity(source: "s", id: id) }

    /// Stores an event of each lane, whose number is its place.
    static func store(_ lanes: [String], bytes: Int = 1, in machine: inout Machine) {
        for lane in lanes {
            let action = machine.stored(Self.identity("\(lane) \(machine.count) \(machine.bytes)"), lane: lane, bytes: bytes)
            guard case .stored = action else {
                Issue.record("\(action)")
                return
            }
        }
    }

    @Test func `a lane is given out with its oldest events, and not again until each of them is settled`() {
        var machine = Self.machine()
        Self.store(["a", "a", "a", "b"], in: &machine)
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [1, 2, 4])
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [])
        #expect(machine.confirmed(1) == .gone(1))
        #expect(machine.confirmed(1) == .none)
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [])
        #expect(machine.confirmed(2) == .gone(2))
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [3])
        #expect(machine.confirmed(3) == .gone(3))
        #expect(machine.confirmed(4) == .gone(4))
        #expect(machine.count == 0)
        #expect(machine.bytes == 0)
    }

    @Test func `what is not given out cannot be settled`() {
        var machine = Self.machine()
        Self.store(["a"], in: &machine)
        #expect(machine.confirmed(1) == .none)
        #expect(machine.deferred(1, until: Self.start) == .none)
        #expect(machine.parked(1) == .none)
        #expect(machine.confirmed(7) == .none)
        #expect(machine.count == 1)
    }

    @Test func `a limit cuts a lane short, and the lane keeps its order`() {
        var machine = Self.machine()
        Self.store(["a", "a", "b"], in: &machine)
        #expect(machine.claim(limit: 1, perLane: 16, at: Self.start) == [1])
        #expect(machine.claim(limit: 1, perLane: 16, at: Self.start) == [3])
        #expect(machine.confirmed(1) == .gone(1))
        #expect(machine.claim(limit: 1, perLane: 16, at: Self.start) == [2])
    }

    @Test func `a lane of which an event was deferred comes back whole, and rests`() {
        var machine = Self.machine()
        Self.store(["a", "a", "a", "b"], in: &machine)
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [1, 2, 4])
        let deadline = Self.start + .seconds(1)
        #expect(machine.deferred(1, until: deadline) == .deferred(1))
        #expect(machine.confirmed(2) == .none)
        #expect(machine.attempts(of: 1) == 1)
        #expect(machine.nextDue == deadline)
        #expect(machine.claim(limit: 10, perLane: 2, at: Self.start) == [])
        #expect(machine.claim(limit: 10, perLane: 9, at: deadline) == [1, 2, 3])
        #expect(machine.nextDue == nil)
    }

    @Test func `what is given back goes out again first`() {
        var machine = Self.machine()
        Self.store(["a", "b", "c"], in: &machine)
        #expect(machine.claim(limit: 2, perLane: 1, at: Self.start) == [1, 2])
        machine.released()
        #expect(machine.confirmed(1) == .none)
        #expect(machine.claim(limit: 3, perLane: 1, at: Self.start) == [1, 2, 3])
    }

    @Test func `a full store refuses an operation before it runs, and takes the event of one that it let through`() {
        var machine = Self.machine(events: 2)
        #expect(machine.prepared("a") == .granted)
        #expect(machine.prepared("a") == .granted)
        #expect(machine.prepared("b") == .granted)
        #expect(machine.prepared("c") == .refused(.full))
        machine.abandoned("b")
        machine.abandoned("b")
        #expect(machine.prepared("c") == .granted)
        for (number, id) in ["a", "c"].enumerated() {
            #expect(
                machine.stored(Self.identity(id), lane: "x", bytes: 1, reservation: id) == .stored(UInt64(number + 1), dropped: []))
        }
        #expect(machine.prepared("d") == .refused(.full))
        #expect(machine.stored(Self.identity("d"), lane: "x", bytes: 1) == .refused(.full))
        #expect(machine.stored(Self.identity("a"), lane: "x", bytes: 1) == .known(isParked: false))
    }

    @Test func `a store that has its bytes refuses`() {
        var machine = Self.machine(bytes: 10)
        Self.store(["a"], bytes: 10, in: &machine)
        #expect(machine.prepared("b") == .refused(.full))
    }

    @Test func `the oldest event that is not given out makes room`() {
        var machine = Self.machine(events: 4, dropsOldest: true)
        Self.store(["a", "a", "b", "a"], in: &machine)
        // Only half of what fits is given out, so that there is always one that may be dropped.
        #expect(machine.claim(limit: 10, perLane: 10, at: Self.start) == [1, 2])
        #expect(machine.stored(Self.identity("5"), lane: "a", bytes: 1) == .stored(5, dropped: [3]))
        #expect(machine.stored(Self.identity("6"), lane: "c", bytes: 1) == .stored(6, dropped: [4]))
        #expect(machine.confirmed(1) == .gone(1))
        #expect(machine.confirmed(2) == .gone(2))
        #expect(machine.claim(limit: 10, perLane: 10, at: Self.start) == [6, 5])
    }

    @Test func `an event over the byte limit drops all that is not given out`() {
        var machine = Self.machine(bytes: 10, dropsOldest: true)
        Self.store(["a", "b", "c"], bytes: 3, in: &machine)
        #expect(machine.stored(Self.identity("d"), lane: "d", bytes: 9) == .stored(4, dropped: [1, 2, 3]))
        #expect(machine.bytes == 9)
        #expect(machine.claim(limit: 10, perLane: 1, at: Self.start) == [4])
    }

    @Test func `as many events are parked as may be, and the oldest makes room`() {
        var machine = Self.machine(parked: 1)
        Self.store(["a", "a", "b"], in: &machine)
        _ = machine.claim(limit: 10, perLane: 1, at: Self.start)
        #expect(machine.parked(1) == .parked(1, dropped: []))
        #expect(machine.claim(limit: 10, perLane: 1, at: Self.start) == [2])
        #expect(machine.parked(3) == .parked(3, dropped: [1]))
        #expect(machine.parkedNumbers == [3])
        #expect(machine.storedParked(Self.identity("x"), lane: "x", bytes: 1) == .stored(4, dropped: [3]))
        #expect(machine.retryRequested(3) == nil)
        #expect(machine.retryRequested(4) == 5)
        #expect(machine.claim(limit: 10, perLane: 1, at: Self.start) == [5])
        #expect(machine.parked(5) == .parked(5, dropped: []))
        #expect(machine.discardRequested(5) == true)
        #expect(machine.discardRequested(5) == false)
        #expect(machine.parkedCount == 0)
        #expect(machine.count == 1)
    }

    @Test func `as many bytes are parked as may be, and the oldest make room for one that can find room`() {
        var machine = Self.machine(parkedBytes: 10)
        for (number, id) in ["a", "b", "c"].enumerated() {
            #expect(machine.storedParked(Self.identity(id), lane: "x", bytes: 3) == .stored(UInt64(number + 1), dropped: []))
        }
        #expect(machine.parkedBytes == 9)
        #expect(machine.storedParked(Self.identity("d"), lane: "x", bytes: 7) == .stored(4, dropped: [1, 2]))
        #expect(machine.parkedNumbers == [3, 4])
        #expect(machine.storedParked(Self.identity("e"), lane: "x", bytes: 11) == .stored(5, dropped: [5]))
        #expect(machine.parkedNumbers == [3, 4])
        // It is not known any more, and may come again.
        #expect(machine.storedParked(Self.identity("e"), lane: "x", bytes: 0) == .stored(6, dropped: []))
        #expect(machine.discardRequested(3) == true)
        #expect(machine.retryRequested(4) == 7)
        #expect(machine.parkedBytes == 0)
        #expect(machine.bytes == 7)
    }

    @Test func `a closed store names what it holds, and takes and gives nothing`() {
        var machine = Self.machine()
        Self.store(["b", "a"], in: &machine)
        #expect(machine.closed() == [1, 2])
        #expect(machine.prepared("c") == .refused(.closed))
        #expect(machine.stored(Self.identity("c"), lane: "c", bytes: 1, reservation: "c") == .refused(.closed))
        #expect(machine.storedParked(Self.identity("c"), lane: "c", bytes: 1) == .refused(.closed))
        #expect(machine.claim(limit: 1, perLane: 1, at: Self.start) == [])
    }

    /// Plays service and relay at random, and checks after each step what must always hold.
    @Test(arguments: 1...30)
    func `on a random walk nothing is lost, lanes keep their order, and limits hold`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let dropsOldest = seed.isMultiple(of: 3)
        var machine = Self.machine(events: 20, bytes: 200, parked: 5, parkedBytes: 30, dropsOldest: dropsOldest)
        var now = Self.start
        var reservations: [String] = []
        var nextID = 0
        /// What each lane owes, in order, and what of it is given out.
        var owed: [String: [UInt64]] = [:]
        var laneOf: [UInt64: String] = [:]
        var givenOut: Set<UInt64> = []
        var parked: [UInt64] = []

        func forget(_ number: UInt64) {
            if let lane = laneOf[number] { owed[lane]?.removeAll { $0 == number } }
            givenOut.remove(number)
        }
        for _ in 0..<3_000 {
            nextID += 1
            let lane = "lane \(Int.random(in: 0..<6, using: &generator))"
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: if machine.prepared("\(nextID)") == .granted { reservations.append("\(nextID)") }
            case 1: if let id = reservations.popLast() { machine.abandoned(id) }
            case 2...4:
                let reservation = reservations.popLast()
                let action = machine.stored(
                    Self.identity("\(nextID)"), lane: lane, bytes: Int.random(in: 0...20, using: &generator), reservation: reservation)
                guard case .stored(let number, let dropped) = action else {
                    #expect(action == .refused(.full) && reservation == nil && !dropsOldest)
                    break
                }
                #expect(dropped.isEmpty || dropsOldest)
                for number in dropped {
                    #expect(!givenOut.contains(number))
                    forget(number)
                }
                laneOf[number] = lane
                owed[lane, default: []].append(number)
            case 5, 6:
                let limit = Int.random(in: 1...8, using: &generator)
                let claimed = machine.claim(limit: limit, perLane: Int.random(in: 1...4, using: &generator), at: now)
                #expect(claimed.count <= limit)
                for (lane, numbers) in Dictionary(grouping: claimed, by: { laneOf[$0] ?? "" }) {
                    #expect(Array(owed[lane]?.prefix(numbers.count) ?? []) == numbers)
                    #expect(givenOut.allSatisfy { laneOf[$0] != lane })
                }
                givenOut.formUnion(claimed)
            case 7:
                guard let number = givenOut.min() else { break }
                #expect(machine.confirmed(number) == .gone(number))
                forget(number)
            case 8:
                guard let number = givenOut.randomElement(using: &generator) else { break }
                #expect(machine.deferred(number, until: now + .seconds(1)) == .deferred(number))
                givenOut = givenOut.filter { laneOf[$0] != laneOf[number] }
            case 9:
                guard let number = givenOut.randomElement(using: &generator) else { break }
                guard case .parked(number, let dropped) = machine.parked(number) else {
                    Issue.record("not parked")
                    return
                }
                forget(number)
                parked = (parked + [number]).filter { !dropped.contains($0) }
            case 10:
                if Bool.random(using: &generator) { now += .milliseconds(Int.random(in: 0...1_500, using: &generator)) }
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    machine.released()
                    givenOut = []
                }
            default:
                guard let number = parked.randomElement(using: &generator) else { break }
                parked.removeAll { $0 == number }
                guard let again = machine.retryRequested(number) else {
                    Issue.record("not parked")
                    return
                }
                let lane = laneOf[number] ?? ""
                laneOf[again] = lane
                owed[lane, default: []].append(again)
            }
            let total = owed.values.reduce(0) { $0 + $1.count }
            #expect(machine.count == total)
            #expect(machine.oldest == owed.values.joined().min())
            #expect(machine.parkedNumbers == parked && parked.count <= 5)
            #expect((0...30).contains(machine.parkedBytes) && (!parked.isEmpty || machine.parkedBytes == 0))
            #expect(machine.reservedCount == reservations.count)
            #expect(total <= 20 + 20)
        }

        machine.released()
        for _ in 0..<1_000 where machine.count > 0 {
            now += .seconds(1)
            for number in machine.claim(limit: 100, perLane: 100, at: now) {
                #expect(owed[laneOf[number] ?? ""]?.first == number)
                #expect(machine.confirmed(number) == .gone(number))
                forget(number)
            }
        }
        #expect(owed.values.joined().isEmpty)
    }
}
