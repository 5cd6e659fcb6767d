// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Synchronization
import TestSupport
import Testing

/// What becomes of parked events when attempts end the process, and when the store fails.
@Suite(.timeLimit(.minutes(1))) struct EventWorkerTests {
    /// A store in memory that fails as often as a test says, before it does anything.
    private final class FailingStore: ParkedStore {
        enum Call: Hashable, CaseIterable {
            case park, remove, lanes, list
            /// An update after an attempt, which has the reason of a test's handler; and one before it.
            case updateAfter, updateBefore
        }

        static let reason = "again"

        let failing: Set<Call>
        let failures: Shared<Int>
        let store = InMemoryParkedStore()
        var isDurable: Bool { false }

        init(failures: Int, of failing: Set<Call> = Set(Call.allCases)) {
            self.failing = failing
            self.failures = Shared(failures)
        }

        private func fail(_ call: Call) throws(LamassuEventsError) {
            guard self.failing.contains(call) else { return }
            let fails = self.failures.state.withLock { failures in
                failures -= 1
                return failures >= 0
            }
            if fails { throw LamassuEventsError(.storeFailed, message: "the disk is gone") }
        }

        func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
            try self.fail(.park)
            try await self.store.park(delivery)
        }
        func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
            try self.fail(delivery.reason == Self.reason ? .updateAfter : .updateBefore)
            try await self.store.update(delivery)
        }
        func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool {
            try self.fail(.remove)
            return try await self.store.remove(id)
        }
        func lanes() async throws(LamassuEventsError) -> [ParkedLane] {
            try self.fail(.lanes)
            return try await self.store.lanes()
        }
        func list(lane: String?, limit: Int) async throws(LamassuEventsError) -> [ParkedDelivery] {
            try self.fail(.list)
            return try await self.store.list(lane: lane, limit: limit)
        }
    }

    private struct Handler: EventHandler {
        let body: @Sendable (ReceivedEvent) async -> EventOutcome
        func handle(_ event: ReceivedEvent) async -> EventOutcome { await self.body(event) }
    }

    private let handled = Shared<[Int]>([])
    private let letters = Shared<[String]>([])

    private func delivery(_ number: Int, interruptions: Int = 0, attempts: Int = 0, at nextAttempt: Timestamp = .now) throws
        -> ParkedDelivery
    {
        let event = try CloudEvent(
            id: .random(), source: "s", type: "ca.create", subject: "ca/one", json: JSONValue.number(JSONNumber(number)))
        return ParkedDelivery(
            id: .random(), lane: "ca/one", event: event, userID: "u", routingKey: "k", parkedAt: .now, firstAttemptAt: nil,
            attempts: attempts, interruptions: interruptions, reason: "no", nextAttempt: nextAttempt)
    }

    /// Runs a worker over a store until a condition holds, and drains it.
    private func run(
        _ store: any ParkedStore, loaded: Latch = Latch(),
        _ body: @escaping @Sendable (ReceivedEvent) async -> EventOutcome = { _ in .done },
        until condition: (Inbox) async throws -> Bool
    ) async throws {
        var handling = HandlingConfiguration()
        handling.backoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))
        handling.maximumDeliveries = 3
        let inbox = Inbox(handling, isParking: true, observer: nil, logger: .silent)
        let (handled, letters) = (self.handled, self.letters)
        let handler = Handler { event in
            handled.state.withLock { $0.append((try? event.payload(as: Int.self)) ?? -1) }
            return await body(event)
        }
        let worker = EventWorker(inbox: inbox, handler: handler, handling: handling, store: store) { _, reason in
            letters.state.withLock { $0.append(reason) }
        }
        let stop = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run(until: stop, loaded: loaded) }
            try await eventually { try await condition(inbox) }
            inbox.drainRequested()
            stop.open()
            try await group.waitForAll()
        }
    }

    @Test func `an attempt stands in the store before it begins, so that one that ends the process is counted`() async throws {
        let store = InMemoryParkedStore()
        try await store.park(self.delivery(1, interruptions: 1))
        let seen = Shared<[Int]>([])
        try await self.run(store) { event in
            let parked = try? await store.list(lane: nil, limit: 1)
            seen.state.withLock { $0 += (parked ?? []).map(\.interruptions) }
            return event.attempt < 3 ? .retry(reason: "again") : .done
        } until: { _ in
            try await store.list(lane: nil, limit: 1).isEmpty
        }
        #expect(seen.state.withLock { $0 } == [2, 2, 2])
        #expect(self.letters.state.withLock { $0 }.isEmpty)
    }

    @Test func `an event whose attempts have ended the process too often is a dead letter, and the next one is handled`() async throws {
        let store = InMemoryParkedStore()
        try await store.park(self.delivery(1, interruptions: 3))
        try await store.park(self.delivery(2))
        try await self.run(store) { _ in
            .done
        } until: { _ in
            try await store.list(lane: nil, limit: 1).isEmpty
        }
        #expect(self.handled.state.withLock { $0 } == [2])
        #expect(self.letters.state.withLock { $0 } == ["3 attempts ended with the process"])
    }

    @Test(arguments: 0..<8) func `whatever call of the store fails, events are handled in order and removed`(failures: Int) async throws {
        let store = FailingStore(failures: failures)
        for number in 1...3 { try await store.store.park(self.delivery(number)) }
        try await self.run(store) { _ in
            .done
        } until: { _ in
            try await store.store.list(lane: nil, limit: 1).isEmpty
        }
        let handled = self.handled.state.withLock { $0 }
        #expect(handled == handled.sorted() && Set(handled) == [1, 2, 3])
        #expect(self.letters.state.withLock { $0 }.isEmpty)
    }

    @Test func `an attempt whose end the store does not take is not one that ended the process`() async throws {
        // More failures than attempts may end with the process.
        let store = FailingStore(failures: 5, of: [.updateAfter, .remove])
        for number in 1...2 { try await store.store.park(self.delivery(number)) }
        let attempts = Shared<[Int]>([])
        try await self.run(store) { event in
            attempts.state.withLock { $0.append(event.attempt) }
            return event.attempt < 4 ? .retry(reason: FailingStore.reason) : .done
        } until: { _ in
            try await store.store.list(lane: nil, limit: 1).isEmpty
        }
        // Three attempts have failed, and so has the store after each; then the event is done, twice in vain.
        #expect(attempts.state.withLock { $0 } == [1, 2, 3, 4, 4, 4, 1, 2, 3, 4])
        #expect(self.letters.state.withLock { $0 }.isEmpty)
    }

    @Test func `it is told when what is parked is known, before which nothing may be received`() async throws {
        let store = FailingStore(failures: 3, of: [.lanes])
        try await store.store.park(self.delivery(1))
        let loaded = Latch()
        try await self.run(store, loaded: loaded) { _ in
            .done
        } until: { _ in
            let isLoaded = loaded.isOpen
            let failuresLeft = store.failures.state.withLock { $0 }
            #expect(!isLoaded || failuresLeft < 0)
            return isLoaded
        }
    }

    @Test func `a drain does not wait for a store that cannot be read`() async throws {
        let store = FailingStore(failures: .max, of: [.lanes])
        let loaded = Latch()
        try await self.run(store, loaded: loaded) { _ in
            .done
        } until: { _ in
            #expect(!loaded.isOpen)
            return store.failures.state.withLock { $0 } < Int.max - 3
        }
        #expect(self.handled.state.withLock { $0 }.isEmpty)
    }

    @Test func `a clock that was set back makes nothing wait for ever`() async throws {
        let store = InMemoryParkedStore()
        try await store.park(self.delivery(1, at: try Timestamp(secondsSinceEpoch: 200_000_000_000)))
        try await self.run(store) { _ in
            .done
        } until: { _ in
            try await store.list(lane: nil, limit: 1).isEmpty
        }
        #expect(self.handled.state.withLock { $0 } == [1])
    }

    @Test func `what an operator discards is not handled`() async throws {
        let store = InMemoryParkedStore()
        let delivery = try self.delivery(1)
        try await store.park(delivery)
        try await self.run(store) { _ in
            .retry(reason: "never")
        } until: { inbox in
            try await store.remove(delivery.id)
            return inbox.statistics.parkedSubjects == 0
        }
        #expect(try await store.list(lane: nil, limit: 1).isEmpty)
    }
}
