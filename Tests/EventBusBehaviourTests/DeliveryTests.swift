// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// Who gets which events, in which order.
@Suite(.timeLimit(.minutes(3))) struct DeliveryTests {
    @Test(arguments: BusKind.all) func `each subscription gets what its filter wants, and its own copy of it`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let (types, rest) = (Journal(), Journal())
        let one = fixture.subscription("types", filter: EventFilter(types: ["ca.#", "*.status.update"]))
        let two = fixture.subscription("rest", filter: EventFilter(sources: [.ca], subjectKinds: [.ca, .device]))
        let bus = try fixture.bus()
        try bus.subscribe(one, handler: types)
        try bus.subscribe(two, handler: rest)
        try await fixture.withRunning(bus, [one, two]) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("a")))
            try await bus.publish(fixture.event(.caDelete, .certificate("b")))
            try await bus.publish(fixture.event(.deviceStatusUpdate, .device("c"), source: .deviceManager))
            try await bus.publish(fixture.event(.deviceCreate, .device("d")))
            try await bus.publish(fixture.event(.dmsCreate, .dms("e")))
            try await bus.publish(fixture.event(.caImport, .ca("end")))
            try await types.wait(for: 4)
            try await rest.wait(for: 3)
            try await eventually("all is settled") { bus.statistics(of: one.name)?.held == 0 && bus.statistics(of: two.name)?.held == 0 }
        }
        #expect(Set(types.events.map(\.event.subject)) == ["ca/a", "certificate/b", "device/c", "ca/end"])
        #expect(Set(rest.events.map(\.event.subject)) == ["ca/a", "device/d", "ca/end"])
        #expect(types.events.count == 4 && rest.events.count == 3)
        try await fixture.remove(one, two)
    }

    @Test(arguments: BusKind.ordered) func `events of a subject are handled in order, one at a time`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let journal = Journal { event in
            await Task.yield()
            return event.attempt == 1 && (try? event.payload(as: Int.self)) == 3 ? .retry(reason: "once") : .done
        }
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, journal) { bus in
            for number in 0..<10 {
                try await bus.publish(fixture.event(.caCreate, .ca("one"), .number(JSONNumber(number))))
                try await bus.publish(fixture.event(.caCreate, .ca("two"), .number(JSONNumber(100 + number))))
            }
            try await journal.wait(for: 21)
        }
        #expect(journal.numbers.filter { $0 < 100 } == [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
        #expect(journal.numbers.filter { $0 >= 100 } == Array(100..<110))
        #expect(!journal.hasOverlapped)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.all) func `an event that is tried again holds up no other subject`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let others = Latch()
        let journal = Journal { event in event.subject == .ca("slow") && !others.isOpen ? .retry(reason: "not yet") : .done }
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("slow")))
            for number in 0..<3 { try await bus.publish(fixture.event(.caCreate, .ca("\(number)"))) }
            try await eventually("the others are done") { bus.statistics(of: subscription.name)?.done == 3 }
            try await eventually("it was tried several times") { journal.events.count >= 6 }
            #expect(bus.statistics(of: subscription.name)?.held == 1)
            others.open()
            try await eventually("it is done") { bus.statistics(of: subscription.name)?.done == 4 }
        }
        let attempts = journal.events.filter { $0.subject == .ca("slow") }.map(\.attempt)
        #expect(attempts == Array(1...attempts.count))
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.all) func `a bus takes a name once, and nothing once it runs`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, Journal()) { bus in
            #expect(throws: LamassuEventsError(.subscriptionRefused, message: "")) { try bus.subscribe(subscription, handler: Journal()) }
            #expect(throws: LamassuEventsError(.subscriptionRefused, message: "")) {
                try bus.subscribe(fixture.subscription("late"), handler: Journal())
            }
            await #expect(throws: LamassuEventsError(.alreadyRan, message: "")) { try await bus.run() }
            #expect(bus.statistics(of: "nobody") == nil)
        }
        try await fixture.remove(subscription)
    }
}
