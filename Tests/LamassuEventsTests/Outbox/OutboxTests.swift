// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite(.timeLimit(.minutes(1))) struct OutboxTests {
    static func event(_ subject: String, _ payload: JSONValue = .null) throws -> CloudEvent {
        try CloudEvent(id: .random(), source: EventSource.ca.rawValue, type: "ca.create", subject: subject, json: payload)
    }

    static func intent(_ subject: String) -> OutboxIntent {
        OutboxIntent(id: CloudEvent.ID.random().rawValue, source: .ca, type: .caCreate, subject: .ca(subject))
    }

    @Test func `an event is given out numbered, and is gone once it is confirmed`() async throws {
        let store = MemoryOutbox()
        let event = try Self.event("a")
        #expect(try await store.enqueue(OutboxSubmission(event)) == [])
        let entry = try #require(try await store.claim(limit: 10, perSubject: 10).first)
        #expect(entry.event.id == event.id)
        #expect(entry.lane == "a")
        #expect(entry.attempts == 0)
        #expect(entry.event[.sequence]?.text.hasSuffix(".0000000001") == true)
        #expect(try await store.depth().events == 1)
        #expect(try await store.depth().oldest != nil)
        #expect(try await store.settle([.confirmed(entry.number), .confirmed(entry.number)]) == [])
        #expect(try await store.depth() == OutboxDepth())
    }

    @Test func `what was given back is given out again, with the same id and number`() async throws {
        let store = MemoryOutbox()
        _ = try await store.enqueue(OutboxSubmission(Self.event("a")))
        let first = try await store.claim(limit: 10, perSubject: 10).map(\.event)
        #expect(try await store.claim(limit: 10, perSubject: 10).isEmpty)
        try await store.release()
        #expect(try await store.claim(limit: 10, perSubject: 10).map(\.event) == first)
    }

    @Test func `an event that was deferred rests, and counts its attempts`() async throws {
        let store = MemoryOutbox()
        for subject in ["a", "a", "b"] { _ = try await store.enqueue(OutboxSubmission(Self.event(subject))) }
        let entries = try await store.claim(limit: 2, perSubject: 2)
        #expect(entries.map(\.lane) == ["a", "a"])
        _ = try await store.settle([.deferred(entries[0].number, for: .seconds(3_600))])
        #expect(try await store.claim(limit: 10, perSubject: 10).map(\.lane) == ["b"])
        let due = try #require(try await store.nextDue())
        #expect(due > .now + .seconds(3_000))

        let other = MemoryOutbox()
        _ = try await other.enqueue(OutboxSubmission(Self.event("a")))
        let entry = try #require(try await other.claim(limit: 1, perSubject: 1).first)
        _ = try await other.settle([.deferred(entry.number, for: .zero)])
        #expect(try await other.claim(limit: 1, perSubject: 1).first?.attempts == 1)
        #expect(try await other.nextDue() == nil)
    }

    @Test func `an event that is parked can be listed, sent again and discarded`() async throws {
        let store = MemoryOutbox()
        let summary = try EventSummary(Self.event("a"))
        _ = try await store.enqueue(OutboxSubmission(Self.event("a")))
        let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
        _ = try await store.settle([.parked(entry.number, LamassuEventsError(.refusedByBroker, message: "never"))])
        let parked = try #require(try await store.parkedEvents(limit: 10).first)
        #expect(parked.error.code == .refusedByBroker)
        #expect(parked.event.subject == summary.subject)
        #expect(try await store.parkedEvents(limit: 0).isEmpty)
        #expect(try await store.depth().parked == 1)
        #expect(try await store.retryParked(parked.id))
        #expect(try await !store.retryParked(parked.id))
        let again = try #require(try await store.claim(limit: 1, perSubject: 1).first)
        #expect(again.event == entry.event)
        #expect(again.number > entry.number)
        _ = try await store.settle([.parked(again.number, LamassuEventsError(.refusedByBroker, message: "never"))])
        let parkedAgain = try #require(try await store.parkedEvents(limit: 10).first)
        #expect(try await store.discardParked(parkedAgain.id)?.id == entry.event.id.rawValue)
        #expect(try await store.discardParked(parkedAgain.id) == nil)
        #expect(try await store.depth() == OutboxDepth())
    }

    @Test func `what cannot be written is parked without an event, and can only be discarded`() async throws {
        let store = MemoryOutbox()
        let summary = EventSummary(id: "1", source: .ca, type: .caCreate, subject: "broken")
        _ = try await store.enqueue(OutboxSubmission(summary, error: LamassuEventsError(.encodingFailed, message: "no")))
        #expect(try await store.claim(limit: 1, perSubject: 1).isEmpty)
        let parked = try #require(try await store.parkedEvents(limit: 10).first)
        #expect(parked.event == summary)
        #expect(parked.error.code == .encodingFailed)
        #expect(try await !store.retryParked(parked.id))
        #expect(try await store.discardParked(parked.id) == summary)
    }

    @Test func `a full store refuses an operation, and takes the event of one it let through`() async throws {
        let store = MemoryOutbox(limits: OutboxLimits(maximumEvents: 2))
        let (first, second) = (Self.intent("a"), Self.intent("b"))
        try await store.prepare(first, isWriteAhead: false)
        _ = try await store.enqueue(OutboxSubmission(Self.event("c")))
        let refused = await #expect(throws: LamassuEventsError.self) { try await store.prepare(second, isWriteAhead: false) }
        #expect(refused?.code == .outboxFull)
        await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
            _ = try await store.enqueue(OutboxSubmission(Self.event("d")))
        }
        #expect(try await store.depth().intents == 1)
        #expect(try await store.complete(first, with: OutboxSubmission(Self.event("a"))) == [])
        #expect(try await store.depth().events == 2)
        #expect(try await store.depth().intents == 0)
        let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
        _ = try await store.settle([.confirmed(entry.number)])
        for _ in 0..<3 {
            try await store.prepare(second, isWriteAhead: false)
            try await store.abandon(second)
        }
        #expect(try await store.depth().intents == 0)
    }

    @Test func `a store that drops names what it dropped`() async throws {
        let store = MemoryOutbox(limits: OutboxLimits(maximumEvents: 2, maximumParked: 1, policy: .dropOldest))
        let events = try ["a", "b", "c"].map { try Self.event($0) }
        for event in events.dropLast() { #expect(try await store.enqueue(OutboxSubmission(event)) == []) }
        #expect(try await store.enqueue(OutboxSubmission(events[2])) == [EventSummary(events[0])])
        for event in events.dropFirst() {
            let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
            #expect(entry.event.id == event.id)
            let dropped = try await store.settle([.parked(entry.number, LamassuEventsError(.refusedByBroker, message: "never"))])
            #expect(dropped == (event == events[1] ? [] : [EventSummary(events[1])]))
        }
    }

    @Test func `an event is stored once, whoever gives it and however often`() async throws {
        let store = MemoryOutbox()
        let event = try Self.event("a")
        let intent = OutboxIntent(id: event.id.rawValue, source: .ca, type: .caCreate, subject: .ca("a"))
        for _ in 0..<2 { _ = try await store.complete(intent, with: OutboxSubmission(event)) }
        _ = try await store.enqueue(OutboxSubmission(event))
        #expect(try await store.depth().events == 1)
    }

    @Test func `a store whose publisher has ended names what is lost, and takes nothing more`() async throws {
        let store = MemoryOutbox()
        let event = try Self.event("a")
        _ = try await store.enqueue(OutboxSubmission(event))
        #expect(await store.close() == [EventSummary(event)])
        await #expect(throws: LamassuEventsError(.closed, message: "")) { try await store.prepare(Self.intent("b"), isWriteAhead: false) }
        await #expect(throws: LamassuEventsError(.closed, message: "")) {
            _ = try await store.complete(Self.intent("b"), with: OutboxSubmission(Self.event("b")))
        }
        #expect(try await store.claim(limit: 1, perSubject: 1).isEmpty)
    }
}
