// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// What becomes of events that wait for longer.
@Suite(.timeLimit(.minutes(3))) struct ParkingTests {
    private func subscription(_ fixture: Fixture) -> Subscription {
        fixture.subscription { $0.parkingDelay = .zero }
    }

    @Test(arguments: BusKind.ordered)
    func `an event that waits is parked and settled, later ones of its subject wait behind it, and others do not`(
        kind: BusKind
    ) async throws {
        let fixture = Fixture(kind)
        let store = InMemoryParkedStore()
        let isOpen = Latch()
        let journal = Journal { event in event.subject == .ca("slow") && !isOpen.isOpen ? .retry(reason: "AWS is away") : .done }
        let subscription = self.subscription(fixture)
        try await fixture.withSubscriber(subscription, journal, parkedStore: store) { bus in
            for number in 1...3 { try await bus.publish(fixture.event(.caCreate, .ca("slow"), .number(JSONNumber(number)))) }
            try await bus.publish(fixture.event(.caCreate, .ca("other"), 10))
            try await eventually("three are parked, and nothing is held") {
                bus.statistics(of: subscription.name)?.parked == 3 && bus.statistics(of: subscription.name)?.held == 0
            }
            let parked = try await store.list(lane: "ca/slow", limit: 10)
            #expect(try parked.map { try $0.event.decodeData(as: Int.self) } == [1, 2, 3])
            #expect(parked.first?.reason == "AWS is away")
            #expect(bus.statistics(of: subscription.name)?.parkedSubjects == 1)
            isOpen.open()
            try await eventually("all are done") { bus.statistics(of: subscription.name)?.done == 4 }
            #expect(bus.statistics(of: subscription.name)?.parkedSubjects == 0)
        }
        #expect(try await store.list(lane: nil, limit: 10).isEmpty)
        let slow = journal.numbers.filter { $0 < 10 }
        #expect(slow.drop { $0 == 1 } == [2, 3])
        #expect(!journal.hasOverlapped)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.durable) func `what is parked is handled by the next process, before what comes after it`(
        kind: BusKind
    ) async throws {
        let fixture = Fixture(kind)
        // In place of a durable one, which outlives the process as this one outlives the bus.
        let store = InMemoryParkedStore()
        let subscription = self.subscription(fixture)
        try await fixture.withSubscriber(subscription, Journal { _ in .retry(reason: "AWS is away") }, parkedStore: store) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("one"), 1))
            try await eventually("it is parked") { bus.statistics(of: subscription.name)?.parked == 1 }
        }
        let journal = Journal()
        try await fixture.withSubscriber(subscription, journal, parkedStore: store) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("one"), 2))
            try await eventually("both are done") { bus.statistics(of: subscription.name)?.done == 2 }
        }
        #expect(journal.numbers == [1, 2])
        #expect(journal.events.first?.isRedelivered == true)
        #expect((journal.events.first?.attempt ?? 0) > 1)
        #expect(try await store.list(lane: nil, limit: 10).isEmpty)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.ordered) func `an event that supersedes what is parked is handled in its place`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let store = InMemoryParkedStore()
        let journal = Journal { new, _ in
            EventType(rawValue: new.type) == .caDelete
        } _: { event in
            event.type == .caDelete ? .done : .retry(reason: "AWS is away", after: .seconds(600))
        }
        let subscription = self.subscription(fixture)
        try await fixture.withSubscriber(subscription, journal, parkedStore: store) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("one"), 1))
            try await bus.publish(fixture.event(.caStatusUpdate, .ca("one"), 2))
            try await eventually("two are parked") { bus.statistics(of: subscription.name)?.parked == 2 }
            try await bus.publish(fixture.event(.caDelete, .ca("one"), 3))
            try await eventually("the third is done") { bus.statistics(of: subscription.name)?.done == 1 }
            #expect(bus.statistics(of: subscription.name)?.parkedSubjects == 0)
        }
        #expect(journal.numbers == [1, 3])
        #expect(try await store.list(lane: nil, limit: 10).isEmpty)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.durable) func `a subscriber that cannot have its store takes nothing from one that can, and takes over`(
        kind: BusKind
    ) async throws {
        let fixture = Fixture(kind)
        let subscription = self.subscription(fixture)
        let store = OccupiedStore()
        let (successor, journal) = (Journal(), Journal())
        let standby = try fixture.bus()
        try standby.subscribe(subscription, handler: successor, parkedStore: store)
        try await fixture.withRunning(standby, []) { standby in
            // Long enough for it to be the first consumer, if it were one.
            try await eventually("the store has refused it") { store.refusals >= 20 }
            try await fixture.withSubscriber(subscription, journal) { bus in
                for number in 1...3 { try await bus.publish(fixture.event(.caCreate, .ca("\(number)"), .number(JSONNumber(number)))) }
                try await eventually("all are done") { bus.statistics(of: subscription.name)?.done == 3 }
            }
            #expect(standby.statistics(of: subscription.name)?.received == 0)
            #expect(standby.statistics(of: subscription.name)?.isConnected == false)
            store.vacate()
            try await eventually("it takes over") { standby.statistics(of: subscription.name)?.isConnected == true }
            try await standby.publish(fixture.event(.caCreate, .ca("late"), 4))
            try await successor.wait(for: 1)
        }
        #expect(Set(journal.numbers) == [1, 2, 3])
        #expect(successor.numbers == [4])
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.all) func `a parked event whose budget is spent is a dead letter`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let store = InMemoryParkedStore()
        let subscription = fixture.subscription {
            $0.parkingDelay = .zero
            $0.retryBudget = RetryBudget(maximumAttempts: 4)
        }
        let event = try fixture.event()
        try await fixture.withSubscriber(subscription, Journal { _ in .retry(reason: "no") }, parkedStore: store) { bus in
            try await bus.publish(event)
            let letter = try #require(try await fixture.deadLetters(1, of: subscription).first)
            #expect(letter.reason == "given up after 4 attempts: no")
            #expect(try CloudEvent(decoding: letter.body, format: .json).id == event.id)
            try await eventually("the store is empty") { try await store.list(lane: nil, limit: 1).isEmpty }
            #expect(bus.statistics(of: subscription.name)?.parked == 1)
        }
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.all) func `what the store has no room for is held and tried again`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let isOpen = Latch()
        let journal = Journal { _ in isOpen.isOpen ? .done : .retry(reason: "no") }
        let subscription = self.subscription(fixture)
        try await fixture.withSubscriber(subscription, journal, parkedStore: InMemoryParkedStore(maximumEvents: 0)) { bus in
            try await bus.publish(fixture.event())
            try await journal.wait(for: 3)
            #expect(bus.statistics(of: subscription.name)?.held == 1)
            isOpen.open()
            try await eventually("it is done") { bus.statistics(of: subscription.name)?.done == 1 }
        }
        try await fixture.remove(subscription)
    }
}
