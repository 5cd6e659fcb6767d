// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// What can never be handled.
@Suite(.timeLimit(.minutes(3))) struct DeadLetterTests {
    @Test(arguments: BusKind.all) func `what a handler refuses, cannot decode or gives up is a dead letter with its reason`(
        kind: BusKind
    ) async throws {
        let fixture = Fixture(kind)
        let router = EventRouter()
            .on(.caCreate, as: [String].self) { _, _ in .done }
            .on(.caDelete) { _ in .deadLetter(reason: "AWS says no\u{1}") }
            .otherwise { event in .retry(reason: "attempt \(event.attempt) failed") }
        let subscription = fixture.subscription { $0.retryBudget = RetryBudget(maximumAttempts: 3) }
        let events = [
            try fixture.event(.caCreate, .ca("a"), ["other": 1]), try fixture.event(.caDelete, .ca("b")),
            try fixture.event(.caImport, .ca("c")),
        ]
        try await fixture.withSubscriber(subscription, router) { bus in
            for event in events { try await bus.publish(event) }
            try await bus.publish(fixture.event(.caCreate, .ca("d"), ["fine"]))
            let letters = try await fixture.deadLetters(3, of: subscription)
            for (event, reason) in zip(events, ["the payload of ca.create", "AWS says no", "given up after 3 attempts: attempt 3 failed"]) {
                let letter = try #require(try letters.first { try CloudEvent(decoding: $0.body, format: .json).id == event.id })
                #expect(letter.reason.hasPrefix(reason))
            }
            try await eventually("all is settled") { bus.statistics(of: subscription.name)?.held == 0 }
            #expect(bus.statistics(of: subscription.name)?.done == 1)
            #expect(bus.statistics(of: subscription.name)?.deadLettered == 3)
        }
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.all) func `an event that has been tried for too long is a dead letter`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let subscription = fixture.subscription { $0.retryBudget = RetryBudget(maximumAge: .seconds(1)) }
        let journal = Journal { _ in .retry(reason: "never") }
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await bus.publish(fixture.event())
            let letters = try await fixture.deadLetters(1, of: subscription)
            #expect(letters.first?.reason.hasSuffix("attempts: never") == true)
        }
        #expect(journal.events.count > 2)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.durable) func `what is no event is a dead letter, byte for byte`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let journal = Journal()
        let subscription = fixture.subscription()
        try await fixture.withSubscriber(subscription, journal) { bus in
            try await fixture.send("{\"specversion\": nothing", to: subscription)
            let letters = try await fixture.deadLetters(1, of: subscription)
            #expect(letters.first?.body == Array("{\"specversion\": nothing".utf8))
            #expect(letters.first?.reason.hasPrefix("the body is no event") == true)
        }
        #expect(journal.events.isEmpty)
        try await fixture.remove(subscription)
    }

    @Test(arguments: BusKind.durable)
    func `an event whose consumer ends again and again is a dead letter, and its neighbours are handled`(kind: BusKind) async throws {
        let fixture = Fixture(kind)
        let subscription = fixture.subscription {
            $0.maximumDeliveries = 3
            $0.drainTimeout = .zero
        }
        let poison = try fixture.event(.caCreate, .ca("poison"))
        for run in 1...3 {
            let journal = Journal { event in
                // The process "ends" while it handles the event.
                try? await Task.sleep(for: .seconds(3_600))
                return .retry(reason: "ended")
            }
            try await fixture.withSubscriber(subscription, journal) { bus in
                if run == 1 { try await bus.publish(poison) }
                try await journal.wait(for: 1)
            }
            #expect(journal.events.map(\.isRedelivered) == [run > 1])
        }
        let journal = Journal()
        try await fixture.withSubscriber(subscription, journal) { bus in
            let letters = try await fixture.deadLetters(1, of: subscription)
            #expect(letters.first?.reason == "delivered 3 times before, and never settled")
            try await bus.publish(fixture.event(.caCreate, .ca("fine")))
            try await journal.wait(for: 1)
        }
        #expect(journal.events.map(\.subject) == [.ca("fine")])
        try await fixture.remove(subscription)
    }
}
