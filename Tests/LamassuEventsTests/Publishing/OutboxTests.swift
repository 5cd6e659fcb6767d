// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct OutboxTests {
    /// Keeps what an outbox tells.
    final class Observer: EventPublisherObserver {
        private let lines = Mutex<[String]>([])

        var told: [String] { self.lines.withLock { $0 } }

        private func add(_ line: String) { self.lines.withLock { $0.append(line) } }

        func eventStored(_ event: EventSummary) { self.add("stored \(event.subject ?? "")") }
        func eventConfirmed(_ event: EventSummary) { self.add("confirmed \(event.subject ?? "")") }
        func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration) {
            self.add("retrying \(event.subject ?? "") \(error.code)")
        }
        func eventParked(_ event: EventSummary, error: LamassuEventsError) { self.add("parked \(event.subject ?? "") \(error.code)") }
        func eventDropped(_ event: EventSummary, error: LamassuEventsError) { self.add("dropped \(event.subject ?? "") \(error.code)") }
    }

    let observer = Observer()

    func outbox(_ configure: (inout EventPublisherConfiguration) -> Void = { _ in }) -> Outbox {
        var configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "localhost", credentials: .external), source: .ca)
        configure(&configuration)
        return Outbox(configuration, observer: self.observer, logger: .silent)
    }

    static func event(_ subject: String, _ payload: JSONValue = .null) throws -> CloudEvent {
        try CloudEvent(id: .random(), source: EventSource.ca.rawValue, type: "ca.create", subject: subject, json: payload)
    }

    static func store(_ event: CloudEvent, in outbox: Outbox, isReserved: Bool = false, _ confirmation: EventConfirmation? = nil) throws {
        try outbox.store(.success(event), summary: EventSummary(event), isReserved: isReserved, confirmation: confirmation)
    }

    @Test func `an event goes out numbered, and its confirm ends the wait for it`() async throws {
        let outbox = self.outbox()
        let confirmation = EventConfirmation()
        let event = try Self.event("a")
        try Self.store(event, in: outbox, confirmation)
        outbox.sessionOpened()
        guard case .publish(let id, let published) = outbox.next() else {
            Issue.record("nothing goes out")
            return
        }
        #expect(published.id == event.id)
        #expect(published[.sequence]?.text.hasSuffix(".0000000001") == true)
        #expect(outbox.statistics.inFlight == 1)
        outbox.confirmed(id)
        outbox.confirmed(id)
        try await confirmation.wait()
        #expect(outbox.statistics.confirmed == 1)
        #expect(outbox.statistics.depth == 0)
        #expect(self.observer.told == ["stored a", "confirmed a"])
    }

    @Test func `the end of a session is told, and its events go out again with the same id and number`() throws {
        let outbox = self.outbox()
        try Self.store(Self.event("a"), in: outbox)
        outbox.sessionOpened()
        guard case .publish(_, let first) = outbox.next() else {
            Issue.record("nothing goes out")
            return
        }
        outbox.sessionBroke()
        guard case .endSession = outbox.next() else {
            Issue.record("the session goes on")
            return
        }
        outbox.sessionEnded(LamassuEventsError(.connectionFailed, message: "cut"), isRefusal: false, retryingAfter: .seconds(1))
        #expect(outbox.statistics.lastError?.message == "cut")
        #expect(!outbox.statistics.isConnected)
        outbox.sessionOpened()
        #expect(outbox.statistics.lastError == nil)
        guard case .publish(_, let second) = outbox.next() else {
            Issue.record("nothing goes out again")
            return
        }
        #expect(first == second)
    }

    @Test func `an event over the limit is parked, and goes out when it is tried by hand`() async throws {
        let outbox = self.outbox { $0.limits.maximumEventBytes = 10 }
        let confirmation = EventConfirmation()
        try Self.store(Self.event("large", "12345678901"), in: outbox, confirmation)
        try Self.store(Self.event("small"), in: outbox)
        await #expect(throws: LamassuEventsError(.parked, message: "")) { try await confirmation.wait() }
        let parked = try #require(outbox.parkedEvents.first)
        #expect(parked.error.code == .eventTooLarge)
        #expect(self.observer.told == ["stored large", "parked large eventTooLarge", "stored small"])
        #expect(outbox.statistics.parked == 1)
        outbox.sessionOpened()
        guard case .publish(let small, _) = outbox.next() else {
            Issue.record("the small one does not go out")
            return
        }
        outbox.confirmed(small)
        #expect(outbox.retry(parked.id))
        #expect(!outbox.retry(parked.id))
        guard case .publish(_, let large) = outbox.next() else {
            Issue.record("the large one does not go out")
            return
        }
        #expect(large.subject == "large")
    }

    @Test func `what cannot be written is parked without an event, and can only be dropped`() throws {
        let outbox = self.outbox()
        let summary = EventSummary(id: "", source: .ca, type: .caCreate, subject: "broken")
        try outbox.store(.failure(LamassuEventsError(.encodingFailed, message: "no")), summary: summary, isReserved: false)
        let parked = try #require(outbox.parkedEvents.first)
        #expect(parked.event == summary)
        #expect(parked.error.code == .encodingFailed)
        #expect(!outbox.retry(parked.id))
        #expect(outbox.discard(parked.id))
        #expect(!outbox.discard(parked.id))
        #expect(outbox.parkedEvents.isEmpty)
        #expect(self.observer.told == ["stored broken", "parked broken encodingFailed", "dropped broken dropped"])
    }

    @Test func `a full outbox refuses and counts`() throws {
        let outbox = self.outbox { $0.limits.maximumEvents = 2 }
        try outbox.reserve()
        try Self.store(Self.event("a"), in: outbox)
        let refused = #expect(throws: LamassuEventsError.self) { try outbox.reserve() }
        #expect(refused?.code == .outboxFull)
        #expect(throws: LamassuEventsError(.outboxFull, message: "")) { try Self.store(Self.event("b"), in: outbox) }
        outbox.release()
        try outbox.reserve()
        try Self.store(Self.event("b"), in: outbox, isReserved: true)
        #expect(outbox.statistics.refused == 2)
        #expect(outbox.statistics.stored == 2)
    }

    @Test func `a policy that drops tells each event, and ends the wait for it`() async throws {
        let outbox = self.outbox {
            $0.limits.maximumEvents = 2
            $0.limits.policy = .dropOldest
        }
        let confirmation = EventConfirmation()
        try Self.store(Self.event("a"), in: outbox, confirmation)
        for subject in ["b", "c"] { try Self.store(Self.event(subject), in: outbox) }
        await #expect(throws: LamassuEventsError(.dropped, message: "")) { try await confirmation.wait() }
        #expect(outbox.statistics.dropped == 1)
        #expect(outbox.statistics.depth == 2)
        #expect(self.observer.told.contains("dropped a dropped"))
    }

    @Test func `as many events are parked as may be, and the oldest one makes room`() throws {
        let outbox = self.outbox {
            $0.limits.maximumParked = 1
            $0.limits.maximumEventBytes = 0
        }
        for subject in ["a", "b"] { try Self.store(Self.event(subject), in: outbox) }
        #expect(outbox.parkedEvents.map(\.event.subject) == ["b"])
        #expect(self.observer.told.last == "dropped a dropped")
    }

    @Test func `an event that failed is told with the error and tried again`() throws {
        let outbox = self.outbox { $0.backoff = Backoff(initial: .zero, maximum: .zero) }
        try Self.store(Self.event("a"), in: outbox)
        outbox.sessionOpened()
        guard case .publish(let id, _) = outbox.next() else {
            Issue.record("nothing goes out")
            return
        }
        outbox.failed(id, LamassuEventsError(.unroutable, message: "nobody"))
        #expect(self.observer.told == ["stored a", "retrying a unroutable"])
        guard case .publish(id, _) = outbox.next() else {
            Issue.record("not tried again")
            return
        }
        outbox.rejected(id, LamassuEventsError(.encodingFailed, message: "never"))
        #expect(outbox.parkedEvents.map(\.error.code) == [.encodingFailed])
    }

    @Test func `a closed outbox tells what it did not get out, and what comes too late`() async throws {
        let outbox = self.outbox()
        let confirmation = EventConfirmation()
        try Self.store(Self.event("a"), in: outbox, confirmation)
        try outbox.reserve()
        outbox.drainRequested()
        #expect(throws: LamassuEventsError(.closed, message: "")) { try outbox.reserve() }
        #expect(!outbox.isDrained)
        #expect(outbox.close() == 1)
        await #expect(throws: LamassuEventsError(.drainTimedOut, message: "")) { try await confirmation.wait() }
        #expect(throws: LamassuEventsError(.closed, message: "")) { try Self.store(Self.event("b"), in: outbox, isReserved: true) }
        #expect(self.observer.told == ["stored a", "dropped a drainTimedOut", "dropped b closed"])
        #expect(outbox.statistics.dropped == 2)
    }

    @Test func `a cancelled wait leaves the event in the outbox`() async throws {
        let outbox = self.outbox()
        let confirmation = EventConfirmation()
        try Self.store(Self.event("a"), in: outbox, confirmation)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: LamassuEventsError(.cancelled, message: "")) { try await confirmation.wait() }
            }
            group.cancelAll()
        }
        #expect(outbox.statistics.depth == 1)
    }
}
