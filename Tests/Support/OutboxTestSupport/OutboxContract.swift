// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import LamassuEvents
import Testing

/// What every store promises, as checks that each implementation runs.
package struct OutboxContract: Sendable, CustomTestStringConvertible {
    /// Makes a store that is empty.
    package typealias MakeStore = @Sendable (OutboxLimits) async throws -> any OutboxStore

    /// What is promised.
    package let testDescription: String
    private let body: @Sendable (MakeStore) async throws -> Void

    private init(_ promise: String, _ body: @escaping @Sendable (MakeStore) async throws -> Void) {
        self.testDescription = promise
        self.body = body
    }

    /// Checks the promise.
    package func check(_ makeStore: @escaping MakeStore) async throws { try await self.body(makeStore) }

    /// All of them.
    package static let promises = Self.storing + Self.relaying + Self.limiting + Self.parking
}

extension OutboxContract {
    private static let storing = [
        OutboxContract("events of a subject are given out in the order in which they were stored, with growing places") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b", "c"] { #expect(try await store.enqueue(.test(id)) == OutboxReceipt(.waiting)) }
            let entries = try await store.claim(limit: 10, perSubject: 10)
            #expect(entries.map(\.event.id.rawValue) == ["a", "b", "c"])
            let places = entries.compactMap { $0.event[.sequence]?.text }
            #expect(places.count == 3)
            #expect(places == places.sorted() && Set(places).count == 3)
            #expect(entries.map(\.number) == entries.map(\.number).sorted())
        },
        OutboxContract("an event that is stored again is there once") { make in
            let store = try await make(OutboxLimits())
            for _ in 1...2 { #expect(try await store.enqueue(.test("a")) == OutboxReceipt(.waiting)) }
            #expect(try await store.depth().events == 1)
            #expect(try await store.drainIDs() == ["a"])
        },
        OutboxContract("an event that is stored again is said to wait, to be parked, or to be sent") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.test("a"))
            let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
            #expect(try await store.enqueue(.test("a")).standing == .waiting)
            _ = try await store.settle([.parked(entry.number, LamassuEventsError(.eventTooLarge, message: "too large"))])
            #expect(try await store.enqueue(.test("a")).standing == .parked)
            #expect(try await store.enqueue(.parked("b")).standing == .parked)
            #expect(try await store.enqueue(.test("b")).standing == .parked)
            #expect(try await store.depth().events == 0)
        },
        OutboxContract("a completed operation has its event and no room any more") { make in
            let store = try await make(OutboxLimits())
            for (id, isWriteAhead) in [("a", false), ("b", store.isDurable)] {
                let intent = OutboxIntent.test(id)
                try await store.prepare(intent, isWriteAhead: isWriteAhead)
                #expect(try await store.depth().intents == 1)
                #expect(try await store.complete(intent, with: .test(id)).isEmpty)
                #expect(try await store.depth().intents == 0)
            }
            #expect(try await store.drainIDs() == ["a", "b"])
        },
        OutboxContract("an abandoned operation leaves nothing") { make in
            let store = try await make(OutboxLimits())
            for (id, isWriteAhead) in [("a", false), ("b", store.isDurable)] {
                let intent = OutboxIntent.test(id)
                try await store.prepare(intent, isWriteAhead: isWriteAhead)
                try await store.abandon(intent)
            }
            #expect(try await store.depth() == OutboxDepth())
            #expect(try await store.drainIDs() == [])
        },
        OutboxContract("an operation of which nothing is known is completed all the same") { make in
            let store = try await make(OutboxLimits())
            #expect(try await store.complete(.test("a"), with: .test("a")).isEmpty)
            #expect(try await store.drainIDs() == ["a"])
        },
        OutboxContract("the intents of a live process are given to nobody") { make in
            let store = try await make(OutboxLimits())
            try await store.prepare(.test("a"), isWriteAhead: store.isDurable)
            #expect(try await store.adoptIntents(limit: 10).isEmpty)
        },
        OutboxContract("the depth counts events, payloads, operations and parked ones") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.test("a"))
            _ = try await store.enqueue(.test("b", bytes: 100))
            _ = try await store.enqueue(.parked("c"))
            try await store.prepare(.test("d"), isWriteAhead: false)
            let depth = try await store.depth()
            #expect(depth.events == 2 && depth.bytes == 106 && depth.parked == 1 && depth.intents == 1)
            #expect(depth.oldest != nil)
        },
    ]

    private static let relaying = [
        OutboxContract("a subject that is given out is not given out again before its events are settled") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b", "c"] { _ = try await store.enqueue(.test(id)) }
            let first = try await store.claim(limit: 10, perSubject: 2)
            #expect(first.map(\.event.id.rawValue) == ["a", "b"])
            #expect(try await store.claim(limit: 10, perSubject: 2).isEmpty)
            _ = try await store.settle([.confirmed(first[0].number)])
            #expect(try await store.claim(limit: 10, perSubject: 2).isEmpty)
            _ = try await store.settle([.confirmed(first[1].number)])
            #expect(try await store.claim(limit: 10, perSubject: 2).map(\.event.id.rawValue) == ["c"])
        },
        OutboxContract("subjects are given out side by side, within the limits") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b", "c"] {
                for index in 1...2 { _ = try await store.enqueue(.test("\(id)\(index)", of: "ca/\(id)")) }
            }
            let entries = try await store.claim(limit: 5, perSubject: 1)
            #expect(entries.map(\.event.id.rawValue).sorted() == ["a1", "b1", "c1"])
            _ = try await store.settle(entries.map { .confirmed($0.number) })
            #expect(try await store.claim(limit: 2, perSubject: 5).count == 2)
        },
        OutboxContract("events without a subject keep the order of their type") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b"] { _ = try await store.enqueue(.test(id, of: nil)) }
            let entries = try await store.claim(limit: 10, perSubject: 1)
            #expect(entries.map(\.event.id.rawValue) == ["a"])
            #expect(entries.first?.event.subject == nil)
        },
        OutboxContract("a deferred event rests with its whole subject, and counts its attempts") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b"] { _ = try await store.enqueue(.test(id)) }
            _ = try await store.enqueue(.test("other", of: "ca/2"))
            let entries = try await store.claim(limit: 10, perSubject: 10)
            let first = try #require(entries.first { $0.event.id.rawValue == "a" })
            _ = try await store.settle([.deferred(first.number, for: .seconds(3_600))])
            #expect(try await store.claim(limit: 10, perSubject: 10).isEmpty)
            let due = try #require(try await store.nextDue())
            #expect(due > .now + .seconds(3_000) && due < .now + .seconds(3_700))
            let other = try #require(entries.first { $0.lane == "ca/2" })
            _ = try await store.settle([.confirmed(other.number)])
            let depth = try await store.depth()
            #expect(depth.events == 2)
        },
        OutboxContract("a rest of no time is over at once") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.test("a"))
            for attempt in 0...3 {
                let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
                #expect(entry.attempts == attempt)
                _ = try await store.settle([.deferred(entry.number, for: .zero)])
            }
        },
        OutboxContract("what is released is as if never given out") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.test("a"))
            let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
            try await store.release()
            _ = try await store.settle([.parked(entry.number, LamassuEventsError(.parked, message: "too late"))])
            #expect(try await store.depth().parked == 0)
            let again = try #require(try await store.claim(limit: 1, perSubject: 1).first)
            #expect(again.attempts == 0 && again.event == entry.event)
        },
        OutboxContract("a settlement of what was never given out is passed over") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.test("a"))
            _ = try await store.settle([.confirmed(1), .confirmed(99), .deferred(98, for: .zero), .confirmed(.max)])
            #expect(try await store.depth().events == 1)
        },
    ]

    private static let limiting = [
        OutboxContract("a full outbox refuses events and operations, and lets those end that were let in") { make in
            let store = try await make(OutboxLimits(maximumEvents: 3))
            let intent = OutboxIntent.test("a")
            try await store.prepare(intent, isWriteAhead: store.isDurable)
            for id in ["b", "c"] { _ = try await store.enqueue(.test(id)) }
            for isWriteAhead in [false, store.isDurable] {
                await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
                    try await store.prepare(.test("d"), isWriteAhead: isWriteAhead)
                }
            }
            await #expect(throws: LamassuEventsError(.outboxFull, message: "")) { try await store.enqueue(.test("d")) }
            #expect(try await store.complete(intent, with: .test("a")).isEmpty)
            #expect(try await store.drainIDs() == ["b", "c", "a"])
            _ = try await store.enqueue(.test("d"))
        },
        OutboxContract("an outbox that is full of bytes refuses too") { make in
            let store = try await make(OutboxLimits(maximumBytes: 100))
            _ = try await store.enqueue(.test("a", bytes: 100))
            await #expect(throws: LamassuEventsError(.outboxFull, message: "")) { try await store.enqueue(.test("b")) }
        },
        OutboxContract("the oldest events make room where that is the policy, except those given out") { make in
            let store = try await make(OutboxLimits(maximumEvents: 3, policy: .dropOldest))
            _ = try await store.enqueue(.test("given", of: "ca/given"))
            #expect(try await store.claim(limit: 1, perSubject: 1).count == 1)
            for id in ["a", "b"] { #expect(try await store.enqueue(.test(id)).dropped.isEmpty) }
            #expect(try await store.enqueue(.test("c")).dropped.map(\.id) == ["a"])
            try await store.prepare(.test("d"), isWriteAhead: false)
            #expect(try await store.complete(.test("d"), with: .test("d")).map(\.id) == ["b"])
            try await store.release()
            #expect(try await store.drainIDs().sorted() == ["c", "d", "given"])
        },
    ]

    private static let parking = [
        OutboxContract("what is parked is listed, and does not hold its subject up") { make in
            let store = try await make(OutboxLimits())
            for id in ["a", "b"] { _ = try await store.enqueue(.test(id)) }
            let entry = try #require(try await store.claim(limit: 1, perSubject: 1).first)
            let error = LamassuEventsError(.eventTooLarge, message: "too large for the broker")
            #expect(try await store.settle([.parked(entry.number, error)]).isEmpty)
            let parked = try await store.parkedEvents(limit: 10)
            #expect(parked.map(\.event) == [EventSummary(entry.event)])
            #expect(parked.map(\.error) == [error] && parked.map(\.error.message) == [error.message])
            #expect(try await store.depth().events == 1)
            #expect(try await store.drainIDs() == ["b"])
        },
        OutboxContract("a parked event that is tried again goes behind what its subject has waiting") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.parked("a"))
            for id in ["b", "c"] { _ = try await store.enqueue(.test(id)) }
            let parked = try #require(try await store.parkedEvents(limit: 10).first)
            #expect(try await store.retryParked(parked.id))
            #expect(try await !store.retryParked(parked.id))
            #expect(try await store.parkedEvents(limit: 10).isEmpty)
            #expect(try await store.drainIDs() == ["b", "c", "a"])
        },
        OutboxContract("a parked event that is discarded is gone") { make in
            let store = try await make(OutboxLimits())
            _ = try await store.enqueue(.parked("a"))
            let parked = try #require(try await store.parkedEvents(limit: 10).first)
            #expect(try await store.discardParked(parked.id) == parked.event)
            #expect(try await store.discardParked(parked.id) == nil)
            #expect(try await store.depth() == OutboxDepth())
        },
        OutboxContract("of what is parked the oldest makes room, and is named") { make in
            let store = try await make(OutboxLimits(maximumParked: 2))
            for id in ["a", "b"] { _ = try await store.enqueue(.test(id)) }
            let entries = try await store.claim(limit: 2, perSubject: 2)
            let error = LamassuEventsError(.eventTooLarge, message: "too large")
            #expect(try await store.settle(entries.map { .parked($0.number, error) }).isEmpty)
            #expect(try await store.enqueue(.parked("c")).dropped.map(\.id) == ["a"])
            #expect(try await store.parkedEvents(limit: 10).map(\.event.id) == ["b", "c"])
        },
        OutboxContract("what is parked is bounded by its bytes, and what is too long alone is named instead of others") { make in
            let store = try await make(OutboxLimits(maximumParkedBytes: 100))
            for id in ["a", "b", "c"] { #expect(try await store.enqueue(.parked(id, bytes: 27)).dropped.isEmpty) }
            #expect(try await store.enqueue(.parked("d", bytes: 37)).dropped.map(\.id) == ["a"])
            #expect(try await store.enqueue(.parked("e", bytes: 100)).dropped.map(\.id) == ["e"])
            #expect(try await store.parkedEvents(limit: 10).map(\.event.id) == ["b", "c", "d"])
            #expect(try await store.depth().parked == 3)
        },
        OutboxContract("what is not even an event is parked and cannot be tried again") { make in
            let store = try await make(OutboxLimits())
            let summary = EventSummary(id: "a", source: .ca, type: .caCreate, subject: nil)
            _ = try await store.enqueue(OutboxSubmission(summary, error: LamassuEventsError(.encodingFailed, message: "no JSON")))
            let parked = try #require(try await store.parkedEvents(limit: 10).first)
            #expect(parked.event == summary)
            #expect(try await !store.retryParked(parked.id))
            #expect(try await store.depth().parked == 1)
        },
    ]
}
