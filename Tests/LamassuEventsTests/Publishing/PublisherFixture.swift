// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Synchronization
import TestSupport
import TransportTesting

/// A broker in memory, and publishers that run against it.
struct PublisherFixture {
    let broker = InMemoryBroker()
    let observer = PublisherRecorder()
    let logs = LogStore()

    var configuration: EventPublisherConfiguration {
        var configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "broker", credentials: .plain(username: "guest", password: "guest")), source: .ca)
        configuration.backoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))
        configuration.reconnectBackoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))
        return configuration
    }

    func publisher(
        store: some OutboxStore = MemoryOutbox(), resolver: (any IntentResolver)? = nil,
        _ configure: (inout EventPublisherConfiguration) -> Void = { _ in }
    ) -> LamassuEventPublisher {
        var configuration = self.configuration
        configure(&configuration)
        return LamassuEventPublisher(
            configuration, transport: self.broker.transport, store: store, resolver: resolver, observer: self.observer,
            logger: self.logs.logger)
    }

    /// Runs a publisher while a closure runs, then drains it.
    func running(_ publisher: LamassuEventPublisher, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The events that are in the queue, in their order.
    func events() throws -> [CloudEvent] {
        try (self.broker.messages(in: EventTopology.standard.queue) ?? []).map { try CloudEvent(decoding: $0.body, format: .json) }
    }

    /// The subjects of the events in the queue, each event once.
    func subjects() throws -> [String] {
        var seen: Set<String> = []
        return try self.events().filter { seen.insert($0.id.rawValue).inserted }.map { $0.subject ?? "" }
    }

    /// Does something at the broker by hand.
    func withChannel(_ body: (AMQPChannel) async throws -> Void) async throws {
        let configuration = AMQPConfiguration(host: "broker", credentials: .plain(username: "guest", password: "guest"))
        try await AMQPClient.withConnection(to: configuration, over: self.broker.transport, logger: .silent) { connection in
            try await connection.withChannel { try await body($0) }
        }
    }
}

/// Keeps what a publisher tells, one line each.
final class PublisherRecorder: EventPublisherObserver {
    private let lines = Mutex<[String]>([])

    var told: [String] { self.lines.withLock { $0 } }

    private func add(_ line: String) { self.lines.withLock { $0.append(line) } }

    func publisherConnected() { self.add("connected") }
    func publisherDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) { self.add("disconnected \(error.code)") }
    func eventStored(_ event: EventSummary) { self.add("stored \(event.subject ?? "")") }
    func eventConfirmed(_ event: EventSummary) { self.add("confirmed \(event.subject ?? "")") }
    func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration) {
        self.add("retrying \(event.subject ?? "") \(error.code)")
    }
    func eventParked(_ event: EventSummary, error: LamassuEventsError) { self.add("parked \(event.subject ?? "") \(error.code)") }
    func eventDropped(_ event: EventSummary, error: LamassuEventsError) { self.add("dropped \(event.subject ?? "") \(error.code)") }
    func storeFailed(_ error: LamassuEventsError, retryingAfter delay: Duration?) { self.add("store \(error.code)") }
    func intentResolved(_ intent: OutboxIntent, happened: Bool) { self.add("resolved \(intent.type) \(happened)") }
    func intentUnresolved(_ intent: OutboxIntent, error: String, retryingAfter delay: Duration) { self.add("unresolved \(intent.type)") }
}

/// A store that outlives its publisher, as a disk does, and that fails when it is told to.
final class FailingOutbox: OutboxStore {
    enum Call: Hashable { case prepare, complete, abandon, enqueue, claim, settle }

    private struct State {
        var failing: Set<Call> = []
        var failures = 0
        /// The intents that are written down, and those among them whose process is gone.
        var intents: [OutboxIntent] = []
        var orphans: [OutboxIntent] = []
    }

    static let failure = LamassuEventsError(.refusedByBroker, message: "the disk is full")

    let memory = MemoryOutbox()
    let isDurable = true
    let leaseDuration: Duration?
    private let state = Mutex(State())

    init(leaseDuration: Duration? = nil) {
        self.leaseDuration = leaseDuration
    }

    func fail(_ calls: Set<Call>) { self.state.withLock { $0.failing = calls } }

    var failures: Int { self.state.withLock { $0.failures } }
    var intents: [OutboxIntent] { self.state.withLock { $0.intents } }

    /// The process that has written the intents is gone.
    func crash() {
        self.state.withLock { $0.orphans = $0.intents }
    }

    private func check(_ call: Call) throws(LamassuEventsError) {
        let fails = self.state.withLock { state in
            guard state.failing.contains(call) else { return false }
            state.failures += 1
            return true
        }
        if fails { throw Self.failure }
    }

    func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError) {
        try self.check(.prepare)
        try await self.memory.prepare(intent, isWriteAhead: isWriteAhead)
        if isWriteAhead { self.state.withLock { $0.intents.append(intent) } }
    }

    func complete(_ intent: OutboxIntent, with submission: OutboxSubmission) async throws(LamassuEventsError) -> [EventSummary] {
        try self.check(.complete)
        self.forget(intent)
        return try await self.memory.complete(intent, with: submission)
    }

    func abandon(_ intent: OutboxIntent) async throws(LamassuEventsError) {
        try self.check(.abandon)
        self.forget(intent)
        try await self.memory.abandon(intent)
    }

    private func forget(_ intent: OutboxIntent) { self.state.withLock { $0.intents.removeAll { $0 == intent } } }

    func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt {
        try self.check(.enqueue)
        return try await self.memory.enqueue(submission)
    }

    func adoptIntents(limit: Int) async throws(LamassuEventsError) -> [OutboxIntent] {
        self.state.withLock { state in
            defer { state.orphans.removeFirst(min(limit, state.orphans.count)) }
            return Array(state.orphans.prefix(limit))
        }
    }

    func claim(limit: Int, perSubject: Int) async throws(LamassuEventsError) -> [OutboxEntry] {
        try self.check(.claim)
        return try await self.memory.claim(limit: limit, perSubject: perSubject)
    }

    func settle(_ settlements: [OutboxSettlement]) async throws(LamassuEventsError) -> [EventSummary] {
        try self.check(.settle)
        return try await self.memory.settle(settlements)
    }

    func nextDue() async throws(LamassuEventsError) -> ContinuousClock.Instant? { try await self.memory.nextDue() }
    func renewLeases() async throws(LamassuEventsError) { self.renewals.withLock { $0 += 1 } }
    func release() async throws(LamassuEventsError) { try await self.memory.release() }
    func depth() async throws(LamassuEventsError) -> OutboxDepth { try await self.memory.depth() }
    func parkedEvents(limit: Int) async throws(LamassuEventsError) -> [ParkedEvent] { try await self.memory.parkedEvents(limit: limit) }
    func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool { try await self.memory.retryParked(id) }
    func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> EventSummary? { try await self.memory.discardParked(id) }

    /// How often leases were renewed.
    let renewals = Mutex(0)
}
