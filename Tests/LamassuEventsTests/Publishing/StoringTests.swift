// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Synchronization
import TestSupport
import Testing
import TransportTesting

/// How an operation and its event get into the store, at each level, and what happens when the store fails or the process ends between.
@Suite(.timeLimit(.minutes(1))) struct StoringTests {
    private struct OperationFailed: Error {}

    /// Answers for what it was told has happened.
    private final class Directory: IntentResolver {
        let happened: [EventType: IntentResolution]
        let isReachable = Mutex(true)
        let asked = Mutex<[OutboxIntent]>([])

        init(_ happened: [EventType: IntentResolution] = [:]) { self.happened = happened }

        func resolve(_ intent: OutboxIntent) async throws -> IntentResolution {
            self.asked.withLock { $0.append(intent) }
            guard self.isReachable.withLock({ $0 }) else { throw OperationFailed() }
            return self.happened[intent.type] ?? .didNotHappen
        }
    }

    let fixture = PublisherFixture()
    let store = FailingOutbox()

    // MARK: Levels

    @Test func `the level is the firmest that store and resolver make possible, and one that is out of reach is refused`() async throws {
        #expect(self.fixture.publisher().defaultLevel == .afterTheFact)
        #expect(self.fixture.publisher(store: self.store).defaultLevel == .afterTheFact)
        #expect(self.fixture.publisher(resolver: Directory()).defaultLevel == .afterTheFact)
        #expect(self.fixture.publisher(store: self.store, resolver: Directory()).defaultLevel == .writeAhead)
        let outOfReach: [(LamassuEventPublisher, DeliveryLevel)] = [
            (self.fixture.publisher(resolver: Directory()), .writeAhead), (self.fixture.publisher(store: self.store), .writeAhead),
            // The host has no transaction with what is in memory.
            (self.fixture.publisher(resolver: Directory()), .transactional),
        ]
        for (events, level) in outOfReach {
            await #expect(throws: LamassuEventsError(.levelUnavailable, message: "")) {
                try await events.publishing(.caCreate, subject: .ca("a"), level: level) { () -> JSONValue in
                    Issue.record("the operation ran")
                    return .null
                }
            }
        }
    }

    @Test func `with write-ahead the intent is written before the operation, with what was before, and gone after it`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        let store = self.store
        _ = try await events.publishing(.caStatusUpdate, subject: .ca("a"), previous: JSONValue.string("ACTIVE")) { () -> JSONValue in
            let intent = try #require(store.intents.first)
            #expect(intent.type == .caStatusUpdate)
            #expect(intent.subject == .ca("a"))
            #expect(intent.source == .ca)
            #expect(intent.previous == Array("\"ACTIVE\"".utf8))
            return "REVOKED"
        }
        #expect(self.store.intents.isEmpty)
        #expect(try await self.store.depth().events == 1)
        await #expect(throws: OperationFailed.self) {
            try await events.publishing(.caCreate, subject: { _ in .ca("b") }) { () -> JSONValue in
                #expect(store.intents.count == 1)
                #expect(store.intents.first?.subject == nil)
                throw OperationFailed()
            }
        }
        #expect(self.store.intents.isEmpty)
        #expect(try await self.store.depth().events == 1)
        #expect(try await self.store.depth().intents == 0)
    }

    @Test func `the secrets of what was before are not written down`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        let store = self.store
        let previous = try JSONValue(parsing: Sample.payload(ofSchema: "dms", version: 1))
        _ = try await events.publishing(.dmsUpdate, subject: .dms("line"), previous: previous) { () -> JSONValue in
            let written = String(decoding: try #require(store.intents.first?.previous), as: UTF8.self)
            #expect(written.contains("lamassu-ra"))
            #expect(!written.contains("hunter2"))
            return previous
        }
    }

    @Test func `after the fact nothing is written before the operation`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        let store = self.store
        _ = try await events.publishing(.caCreate, subject: .ca("a"), level: .afterTheFact) { () -> JSONValue in
            #expect(store.intents.isEmpty)
            return .null
        }
        #expect(try await self.store.depth().events == 1)
    }

    // MARK: After a crash

    /// Leaves intents behind as a crash does.
    private func leaveIntents(_ intents: [OutboxIntent]) async throws {
        for intent in intents { try await self.store.prepare(intent, isWriteAhead: true) }
        self.store.crash()
    }

    private static func intent(_ type: EventType, _ subject: EventSubject?, previous: JSONValue? = nil) throws -> OutboxIntent {
        OutboxIntent(
            id: CloudEvent.ID.random().rawValue, source: .deviceManager, type: type, subject: subject,
            previous: try previous.map { try JSONWriter.encode($0) }, time: try Timestamp("2026-11-21T12:00:00Z"))
    }

    @Test func `what a crash left open is put to the host, and its event is published if it has happened`() async throws {
        let happened = try Self.intent(.caCreate, .ca("a"))
        let updated = try Self.intent(.caStatusUpdate, .ca("b"), previous: "ACTIVE")
        let unknown = try Self.intent(.deviceCreate, nil)
        let not = try Self.intent(.caDelete, .ca("c"))
        try await self.leaveIntents([happened, updated, unknown, not])
        let directory = Directory([
            .caCreate: .happened(JSONValue.string("it")), .caStatusUpdate: .happened(JSONValue.string("REVOKED")),
            .deviceCreate: .happened(JSONValue.null, subject: .device("d")),
        ])
        let events = self.fixture.publisher(store: self.store, resolver: directory)
        try await self.fixture.running(events) {
            try await eventually { events.statistics.confirmed == 3 && events.statistics.resolved == 4 }
        }
        let arrived = Dictionary(uniqueKeysWithValues: try self.fixture.events().map { ($0.id.rawValue, $0) })
        #expect(Set(arrived.keys) == [happened.id, updated.id, unknown.id])
        #expect(try arrived[happened.id]?.decodeData(as: JSONValue.self) == "it")
        #expect(arrived[happened.id]?.time == happened.time)
        #expect(arrived[happened.id]?.source.description == EventSource.deviceManager.rawValue)
        #expect(try arrived[updated.id]?.decodeData(as: JSONValue.self) == ["previous": "ACTIVE", "updated": "REVOKED"])
        #expect(arrived[unknown.id]?.subject == "device/d")
        #expect(self.store.intents.isEmpty)
        #expect(self.fixture.observer.told.contains("resolved ca.delete false"))
    }

    @Test(arguments: [["sub"], nil] as [Set<String>?])
    func `an event that is made after a crash has the trace and the principal of its operation, and what an event may carry of the claims`(
        _ kept: Set<String>?
    ) async throws {
        let context = EventContext(
            trace: TraceContext(traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", traceState: "vendor=1"),
            principal: .jwt(subject: "5d8c1e0a", claims: ["sub": "5d8c1e0a", "email": "a@example.com"]), source: .service("gateway"))
        let configure: (inout EventPublisherConfiguration) -> Void = { $0.redaction.keptClaims = kept }
        let events = self.fixture.publisher(store: self.store, resolver: Directory(), configure)
        try await EventContext.withValue(context) {
            // The first event is stored at once, the second one after a crash between the operation and its event.
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
            self.store.fail([.complete])
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
        }
        let claims: JSONValue = kept == nil ? ["sub": "5d8c1e0a", "email": "a@example.com"] : ["sub": "5d8c1e0a"]
        #expect(self.store.intents.map(\.context.principal?.claims) == [claims])
        self.store.fail([])
        self.store.crash()

        let successor = self.fixture.publisher(
            store: self.store, resolver: Directory([.caCreate: .happened(JSONValue.null)]), configure)
        try await self.fixture.running(successor) { try await eventually { successor.statistics.confirmed == 2 } }
        let arrived = try self.fixture.events()
        #expect(arrived.count == 2)
        for event in arrived {
            var extensions = event.extensions
            extensions[.sequence] = nil
            #expect(
                extensions == [
                    .traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", .traceState: "vendor=1", .authType: "jwt",
                    .authID: "5d8c1e0a", .authClaims: .string(String(decoding: try claims.encoded(), as: UTF8.self)),
                ])
            #expect(event.source.description == "source://lamassu.io/ctx/source/service/gateway")
        }
    }

    @Test func `a host that cannot tell yet is asked again, and events go out meanwhile`() async throws {
        try await self.leaveIntents([try Self.intent(.caCreate, .ca("a"))])
        let directory = Directory([.caCreate: .happened(JSONValue.null)])
        directory.isReachable.withLock { $0 = false }
        let events = self.fixture.publisher(store: self.store, resolver: directory)
        try await self.fixture.running(events) {
            try await eventually { self.fixture.observer.told.contains("unresolved ca.create") }
            try await events.publishAndConfirm(events.event(.caCreate, subject: .ca("b"), payload: JSONValue.null))
            directory.isReachable.withLock { $0 = true }
            try await eventually { events.statistics.confirmed == 2 }
        }
        #expect(try self.fixture.subjects() == ["ca/b", "ca/a"])
    }

    @Test func `however many intents cannot be resolved, those behind them are`() async throws {
        // One that has happened without a subject is never resolved.
        let stuck = try (0..<150).map { _ in try Self.intent(.deviceCreate, nil) }
        let behind = try (0..<150).map { try Self.intent(.caCreate, .ca("\($0)")) }
        try await self.leaveIntents(stuck + behind)
        let directory = Directory([.caCreate: .happened(JSONValue.null), .deviceCreate: .happened(JSONValue.null)])
        let events = self.fixture.publisher(store: self.store, resolver: directory)
        try await self.fixture.running(events) { try await eventually { events.statistics.confirmed == behind.count } }
        #expect(events.statistics.resolved == behind.count)
        #expect(self.store.intents.count == stuck.count)
    }

    @Test func `what has happened without a subject is asked for again until there is one`() async throws {
        try await self.leaveIntents([try Self.intent(.caCreate, nil)])
        let events = self.fixture.publisher(store: self.store, resolver: Directory([.caCreate: .happened(JSONValue.null)]))
        try await self.fixture.running(events) { try await eventually { self.fixture.observer.told.contains("unresolved ca.create") } }
        #expect(events.statistics.resolved == 0)
        #expect(self.store.intents.count == 1)
    }

    @Test func `intents that nobody can resolve are logged`() async throws {
        try await self.leaveIntents([try Self.intent(.caCreate, .ca("a"))])
        let events = self.fixture.publisher(store: self.store)
        try await self.fixture.running(events) {
            try await eventually { self.fixture.logs.lines.contains { $0.contains("IntentResolver") } }
        }
    }

    @Test func `the leases of a long operation are renewed while the broker is away`() async throws {
        let store = FailingOutbox(leaseDuration: .milliseconds(30))
        self.fixture.broker.stop()
        let events = self.fixture.publisher(store: store, resolver: Directory())
        try await self.fixture.running(events) {
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { () -> JSONValue in
                let before = store.renewals.withLock { $0 }
                try await eventually { store.renewals.withLock { $0 } >= before + 3 }
                return .null
            }
        }
    }

    @Test func `the leases of an operation are renewed in time however soon it follows another`() async throws {
        let lease = Duration.seconds(6)
        let store = FailingOutbox(leaseDuration: lease)
        self.fixture.broker.stop()
        let events = self.fixture.publisher(store: store, resolver: Directory())
        try await self.fixture.running(events) {
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
            // By now the relay has seen that nothing is under way, and a third of the lease's time is not over.
            try await Task.sleep(for: .milliseconds(1_500))
            _ = try await events.publishing(.caCreate, subject: .ca("b")) { () -> JSONValue in
                let (start, before) = (ContinuousClock.now, store.renewals.withLock { $0 })
                try await eventually { store.renewals.withLock { $0 } > before }
                #expect(ContinuousClock.now - start < lease)
                return .null
            }
        }
    }

    // MARK: A store that fails

    @Test func `a store that fails before the operation refuses it, or is done without, as the policy says`() async throws {
        self.store.fail([.prepare])
        let strict = self.fixture.publisher(store: self.store, resolver: Directory())
        await #expect(throws: FailingOutbox.failure) {
            try await strict.publishing(.caCreate, subject: .ca("a")) { () -> JSONValue in
                Issue.record("the operation ran")
                return .null
            }
        }
        #expect(strict.statistics.refused == 1)
        let lenient = self.fixture.publisher(store: self.store, resolver: Directory()) { $0.storeFailurePolicy = .proceed }
        _ = try await lenient.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
        #expect(lenient.statistics.stored == 1)
        #expect(lenient.statistics.storeFailures == 1)
        #expect(try await self.store.depth().events == 1)
    }

    @Test func `a full store refuses whatever the policy says`() async throws {
        let events = self.fixture.publisher(store: MemoryOutbox(limits: OutboxLimits(maximumEvents: 2))) {
            $0.storeFailurePolicy = .proceed
        }
        for number in 0..<2 { _ = try await events.publishing(.caCreate, subject: .ca("\(number)")) { JSONValue.null } }
        await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
            try await events.publishing(.caCreate, subject: .ca("c")) { JSONValue.null }
        }
    }

    @Test func `a store that fails after the operation gets the event later, in order, and the operation succeeds`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        self.store.fail([.complete])
        for number in 0..<3 {
            #expect(try await events.publishing(.caCreate, subject: .ca("a")) { number } == number)
        }
        #expect(events.statistics.keptAside == 3)
        #expect(events.statistics.stored == 0)
        #expect(self.store.intents.count == 3)
        try await self.fixture.running(events) {
            try await eventually { self.store.failures > 1 }
            self.store.fail([])
            // A later event of the subject does not overtake those that wait.
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { 3 }
            try await eventually { events.statistics.confirmed == 4 }
        }
        #expect(try self.fixture.events().map { try $0.decodeData(as: Int.self) } == [0, 1, 2, 3])
        #expect(events.statistics.keptAside == 0)
        #expect(events.statistics.storeFailures > 1)
        #expect(self.store.intents.isEmpty)
    }

    @Test func `what waits for a failing store is bounded, and what finds no room is told as lost`() async throws {
        let events = self.fixture.publisher(store: self.store) { $0.maximumKeptAside = 2 }
        self.store.fail([.complete])
        for subject in ["a", "b", "c"] { _ = try await events.publishing(.caCreate, subject: .ca(subject)) { JSONValue.null } }
        #expect(events.statistics.keptAside == 2)
        #expect(events.statistics.dropped == 1)
        #expect(self.fixture.observer.told.contains("dropped ca/c refusedByBroker"))
        // The room of the one that is lost is free again, that of the others is not.
        #expect(try await self.store.depth().intents == 2)
        try await self.fixture.running(events) {
            self.store.fail([])
            try await eventually { events.statistics.confirmed == 2 }
        }
        #expect(try await self.store.depth() == OutboxDepth())
    }

    @Test func `the bytes of what waits for a failing store are bounded, and there is room again for those that went`() async throws {
        let events = self.fixture.publisher(store: self.store) { $0.maximumKeptAsideBytes = 10 }
        self.store.fail([.complete])
        // Payloads of five bytes and of six, with their quotes.
        for payload in ["abc", "abcd", "def"] {
            _ = try await events.publishing(.caCreate, subject: .ca(payload)) { JSONValue.string(payload) }
        }
        #expect(events.statistics.keptAside == 2)
        #expect(self.fixture.observer.told.filter { $0.hasPrefix("dropped") } == ["dropped ca/abcd refusedByBroker"])
        try await self.fixture.running(events) {
            self.store.fail([])
            try await eventually { events.statistics.confirmed == 2 }
            self.store.fail([.complete])
            _ = try await events.publishing(.caCreate, subject: .ca("g")) { JSONValue.string("abcdefgh") }
            #expect(events.statistics.dropped == 1)
            self.store.fail([])
            try await eventually { events.statistics.confirmed == 3 }
        }
    }

    @Test func `an end with a store that still fails loses what waits, and says so`() async throws {
        let events = self.fixture.publisher(store: self.store) { $0.drainTimeout = .milliseconds(20) }
        self.store.fail([.complete])
        _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
        try await self.fixture.running(events) {
        } throwing: {
            #expect($0 == .drainTimedOut)
        }
        #expect(self.fixture.observer.told.contains("dropped ca/a drainTimedOut"))
        _ = try await events.publishing(.caCreate, subject: .ca("b")) { JSONValue.null }
        #expect(self.fixture.observer.told.contains("dropped ca/b refusedByBroker"))
        #expect(try await self.store.depth() == OutboxDepth())
    }

    @Test func `what was given up at the end holds up no later event of its subject`() async throws {
        let events = self.fixture.publisher(store: self.store) { $0.drainTimeout = .milliseconds(20) }
        self.store.fail([.complete])
        _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
        try await self.fixture.running(events) {
        } throwing: {
            #expect($0 == .drainTimedOut)
        }
        self.store.fail([])
        _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.null }
        #expect(events.statistics.dropped == 1)
        #expect(try await self.store.depth().events == 1)
    }

    @Test func `an intent that could not be taken back is taken back later`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        self.store.fail([.abandon])
        await #expect(throws: OperationFailed.self) {
            try await events.publishing(.caCreate, subject: .ca("a")) { () -> JSONValue in throw OperationFailed() }
        }
        #expect(self.store.intents.count == 1)
        try await self.fixture.running(events) {
            self.store.fail([])
            try await eventually { self.store.intents.isEmpty }
        }
        #expect(try await self.store.depth() == OutboxDepth())
    }

    // MARK: Cancellation

    @Test func `an operation that succeeded although its task was cancelled has its event`() async throws {
        let events = self.fixture.publisher(store: self.store, resolver: Directory())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let result = try? await events.publishing(.caCreate, subject: .ca("a")) { () -> JSONValue in
                    while !Task.isCancelled { await Task.yield() }
                    return "done"
                }
                #expect(result == "done")
            }
            group.cancelAll()
        }
        #expect(try await self.store.depth().events == 1)
        #expect(self.store.intents.isEmpty)
    }

    @Test func `a cancelled wait for a confirm leaves the event in the store`() async throws {
        let events = self.fixture.publisher()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: LamassuEventsError(.cancelled, message: "")) {
                    try await events.publishAndConfirm(events.event(.caCreate, subject: .ca("a"), payload: JSONValue.null))
                }
            }
            group.cancelAll()
        }
        #expect(try await events.depth().events == 1)
    }

    // MARK: Bad input

    @Test func `an event over a limit is parked, can be tried again, and ends the wait for it`() async throws {
        let events = self.fixture.publisher {
            $0.maximumEventBytes = 10
            $0.maximumSubjectBytes = 10
        }
        let cases: [(EventType, EventSubject, JSONValue, LamassuEventsError.Code)] = [
            (.caCreate, .ca("large"), .string("123456789"), .eventTooLarge),
            (.caCreate, .ca("12345678"), .null, .attributeTooLong),
            (EventType(rawValue: String(repeating: "t", count: 256)), .ca("type"), .null, .attributeTooLong),
            (.caCreate, .ca("\u{7}"), .null, .encodingFailed),
        ]
        for (type, subject, payload, code) in cases {
            _ = try await events.publishing(type, subject: subject) { payload }
            let parked = try #require(try await events.parkedEvents().last)
            #expect(parked.error.code == code)
            #expect(parked.event.subject == subject.description)
            #expect(throws: LamassuEventsError(code, message: "")) { try events.event(type, subject: subject, payload: payload) }
        }
        #expect(events.statistics.parked == cases.count)
        var within = try events.event(.caCreate, subject: .ca("a"), payload: JSONValue.null)
        within.data = try .encoding(JSONValue.string("123456789"))
        await #expect(throws: LamassuEventsError(.parked, message: "")) { try await events.publishAndConfirm(within) }
        try await self.fixture.running(events) {
            for parked in try await events.parkedEvents() {
                // What is on the limit of the publisher, and not on that of the protocol, goes out when it is sent by hand.
                let mayGoOut = parked.event.type == .caCreate && parked.error.code != .encodingFailed
                if mayGoOut { #expect(try await events.retryParked(parked.id)) }
            }
            try await eventually { events.statistics.confirmed == 3 }
            for parked in try await events.parkedEvents() { #expect(try await events.discardParked(parked.id)) }
        }
        #expect(try await events.depth() == OutboxDepth())
    }

    @Test func `an event over the advised size is sent, with one warning for its type`() async throws {
        let events = self.fixture.publisher { $0.advisedEventBytes = 10 }
        for _ in 0..<3 { _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.string("0123456789") } }
        _ = try await events.publishing(.caImport, subject: .ca("a")) { JSONValue.string("0123456789") }
        _ = try await events.publishing(.caDelete, subject: .ca("a")) { JSONValue.string("0") }
        let warnings = self.fixture.logs.lines.filter { $0.contains("longer than every intermediary") }
        #expect(warnings.count == 2)
        #expect(try await events.depth().events == 5)
        let silent = PublisherFixture()
        let other = silent.publisher { $0.advisedEventBytes = nil }
        _ = try await other.publishing(.caCreate, subject: .ca("a")) { JSONValue.string(String(repeating: "x", count: 100_000)) }
        #expect(!silent.logs.lines.contains { $0.hasPrefix("warning") })
    }

    @Test func `an event that goes out after it was parked in the store leaves a gap that its sequence shows`() async throws {
        let events = self.fixture.publisher { $0.maximumEventBytes = 10 }
        for payload in ["a", "0123456789", "b"] {
            _ = try await events.publishing(.caCreate, subject: .ca("a")) { JSONValue.string(payload) }
        }
        try await self.fixture.running(events) {}
        #expect(try self.fixture.events().map { $0[.sequence]?.text.suffix(2) ?? "" } == ["01", "03"])
    }
}
