// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// What becomes of events when a subscriber drains, is cut off, or ends.
@Suite(.timeLimit(.minutes(3))) struct DurabilityTests {
    @Test(arguments: BusKind.all) func `a drain lets the running handler end, and nothing that it leaves is lost`(kind: BusKind)
        async throws
    {
        let fixture = Fixture(kind)
        let (started, release) = (Latch(), Latch())
        let journal = Journal { _ in
            started.open()
            await release.wait()
            return .done
        }
        let subscription = fixture.subscription()
        let bus = try fixture.bus()
        try bus.subscribe(subscription, handler: journal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await eventually("it is connected") { bus.statistics(of: subscription.name)?.isConnected == true }
            for number in 1...2 { try await bus.publish(fixture.event(.caCreate, .ca("one"), .number(JSONNumber(number)))) }
            await started.wait()
            group.cancelAll()
            release.open()
            try await group.waitForAll()
        }
        guard kind != .inProcess else {
            // Nobody else would keep the second one.
            #expect(journal.numbers == [1, 2])
            await #expect(throws: LamassuEventsError(.closed, message: "")) { try await bus.publish(fixture.event()) }
            return
        }
        let successor = Journal()
        try await fixture.withSubscriber(subscription, successor) { _ in
            try await eventually("both are handled") { Set(journal.numbers + successor.numbers) == [1, 2] }
        }
        #expect(journal.numbers.count == 1)
        #expect(successor.numbers.count == 1)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.durable) func `an event whose handler did not end comes again`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let subscription = fixture.subscription { $0.drainTimeout = .zero }
        let journal = Journal { _ in
            try? await Task.sleep(for: .seconds(3_600))
            return .retry(reason: "cancelled")
        }
        let event = try fixture.event()
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(event)
            try await journal.wait(for: 1)
        }
        let successor = Journal()
        try await fixture.withSubscriber(subscription, successor) { bus in
            try await successor.wait(for: 1)
            try await eventually("it is settled") { bus.statistics(of: subscription.name)?.held == 0 }
        }
        #expect(successor.events.map(\.event.id) == [event.id])
        #expect(successor.events.map(\.isRedelivered) == [true])
        // What was settled does not come a third time.
        let third = Journal()
        try await fixture.withSubscriber(subscription, third) { bus in
            try await bus.publish(fixture.event(.caDelete, .ca("end")))
            try await third.wait(for: 1)
        }
        #expect(third.events.map(\.type) == [.caDelete])
        try await fixture.remove(subscription)
    }

    @Test(arguments: [BusKind.inMemoryBroker, .rabbitMQ])
    func `an event whose handler outlives its connection is handled once and settled`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let release = Latch()
        let journal = Journal { _ in
            await release.wait()
            return .done
        }
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(fixture.event())
            try await journal.wait(for: 1)
            try await fixture.cut()
            try await eventually("it came again") { (bus.statistics(of: subscription.name)?.received ?? 0) == 2 }
            release.open()
            try await eventually("it is settled") { bus.statistics(of: subscription.name)?.duplicates == 1 }
        }
        #expect(journal.events.count == 1)
        try await fixture.remove(subscription)
    }

    @Test(arguments: [BusKind.standardTopic, .fifoTopic])
    func `an event that is held for longer than its visibility timeout is not delivered a second time`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let release = Latch()
        let journal = Journal { _ in
            await release.wait()
            return .done
        }
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(fixture.event())
            try await journal.wait(for: 1)
            // The visibility timeout is 4 seconds: without its extension the message would be there again.
            let deadline = ContinuousClock.now + .seconds(6)
            try await eventually("the visibility timeout is over") { ContinuousClock.now > deadline }
            #expect(bus.statistics(of: subscription.name)?.received == 1)
            release.open()
            try await eventually("it is settled") { bus.statistics(of: subscription.name)?.done == 1 }
        }
        #expect(journal.events.count == 1)
        try await fixture.remove(subscription)
    }
}
