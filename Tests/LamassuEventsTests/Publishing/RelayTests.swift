// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing
import TransportTesting

/// What becomes of events between the store and the broker, with real frames and a broker in memory.
@Suite(.timeLimit(.minutes(2))) struct RelayTests {
    let fixture = PublisherFixture()

    private func publish(_ subjects: [String], by events: LamassuEventPublisher) async throws {
        for subject in subjects { try await events.publish(events.event(.caCreate, subject: .ca(subject), payload: JSONValue.null)) }
    }

    @Test func `an event arrives as structured JSON with its properties, and is told in order`() async throws {
        let events = self.fixture.publisher()
        try await self.fixture.running(events) {
            _ = try await events.publishing(.caCreate, subject: .ca("one")) { JSONValue.string("payload") }
            try await eventually { events.statistics.confirmed == 1 }
        }
        let message = try #require(self.fixture.broker.messages(in: "lamassu_events")?.first)
        let event = try CloudEvent(decoding: message.body, format: .json)
        #expect(event.subject == "ca/one")
        #expect(try event.decodeData(as: JSONValue.self) == "payload")
        #expect(event[.sequence]?.text.hasSuffix(".0000000001") == true)
        #expect(message.routingKey == "ca.create")
        #expect(message.properties.messageID == event.id.rawValue)
        #expect(message.properties.userID == "guest")
        #expect(self.fixture.observer.told.filter { $0 != "connected" } == ["stored ca/one", "confirmed ca/one"])
        #expect(events.statistics.stored == 1)
        #expect(try await events.depth() == OutboxDepth())
    }

    @Test func `every event arrives once the broker is there, each subject in its order, whatever happens to connections`() async throws {
        let events = self.fixture.publisher { $0.window = 16 }
        let (subjects, rounds) = (20, 40)
        try await self.fixture.running(events) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for subject in 0..<subjects {
                    group.addTask {
                        for round in 0..<rounds {
                            _ = try await events.publishing(.caMetadataUpdate, subject: .ca("\(subject)")) { round }
                            if round.isMultiple(of: 8) { try await Task.sleep(for: .milliseconds(5)) }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<5 {
                        let confirmed = events.statistics.confirmed
                        try await eventually { events.statistics.confirmed > confirmed || events.statistics.confirmed == subjects * rounds }
                        self.fixture.broker.dropConnections()
                    }
                    self.fixture.broker.stop()
                    self.fixture.broker.start()
                    self.fixture.broker.closeConnections("a test")
                }
                try await group.waitForAll()
            }
            try await eventually { events.statistics.confirmed == subjects * rounds }
        }
        var seen: Set<String> = []
        var arrived: [String: [Int]] = [:]
        for event in try self.fixture.events() where seen.insert(event.id.rawValue).inserted {
            arrived[event.subject ?? "", default: []].append(try event.decodeData(as: Int.self))
        }
        #expect(arrived.count == subjects)
        #expect(arrived.values.allSatisfy { $0 == Array(0..<rounds) })
    }

    @Test func `an event that no queue takes is kept, and holds up no other subject`() async throws {
        let events = self.fixture.publisher()
        try await self.fixture.running(events) {
            try await eventually { events.statistics.isConnected }
            try await self.fixture.withChannel { channel in
                try await channel.unbindQueue("lamassu_events", from: "lamassu-events", routingKey: "#")
                try await channel.bindQueue("lamassu_events", to: "lamassu-events", routingKey: "ca.#")
            }
            try await events.publish(events.event(.dmsCreate, subject: .dms("away"), payload: JSONValue.null))
            try await eventually { self.fixture.observer.told.contains("retrying dms/away unroutable") }
            try await events.publishAndConfirm(events.event(.caCreate, subject: .ca("there"), payload: JSONValue.null))
            try await self.fixture.withChannel { channel in
                try await channel.bindQueue("lamassu_events", to: "lamassu-events", routingKey: "#")
            }
            try await eventually { events.statistics.confirmed == 2 }
        }
        #expect(try self.fixture.subjects() == ["ca/there", "dms/away"])
        #expect(events.statistics.retried > 0)
    }

    @Test func `whoever publishes an event again waits for its one confirm, and for none that has come`() async throws {
        let store = FailingOutbox()
        let events = self.fixture.publisher(store: store)
        let event = try events.event(.caCreate, subject: .ca("twice"), payload: JSONValue.null)
        try await events.publish(event)
        store.fail([.settle])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...3 { group.addTask { try await events.publishAndConfirm(event) } }
            try await self.fixture.running(events) {
                try await group.waitForAll()
                // The broker has it, and the store does not know that.
                try await eventually { store.failures > 0 }
                try await events.publishAndConfirm(event)
                store.fail([])
                try await eventually { try await events.depth().events == 0 }
            }
        }
        #expect(try self.fixture.subjects() == ["ca/twice"])
        #expect(events.statistics.confirmed == 1)
    }

    @Test func `one of several who wait for an event may give up, and the others learn what becomes of it`() async throws {
        let events = self.fixture.publisher(store: MemoryOutbox(limits: OutboxLimits(maximumEvents: 2)))
        let event = try events.event(.caCreate, subject: .ca("one"), payload: JSONValue.null)
        try await events.publish(events.event(.caCreate, subject: .ca("other"), payload: JSONValue.null))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.publishAndConfirm(event) }
            try await eventually { events.statistics.stored == 2 }
            // Another wait for the same event that ends, because the outbox is full or because it is cancelled, leaves the first one as it is.
            let late = Task { try await events.publishAndConfirm(event) }
            late.cancel()
            await #expect(throws: LamassuEventsError.self) { try await late.value }
            try await self.fixture.running(events) { try await group.waitForAll() }
        }
        #expect(Set(try self.fixture.subjects()) == ["ca/one", "ca/other"])
    }

    @Test func `whoever publishes an event that is parked learns that it is`() async throws {
        let events = self.fixture.publisher { $0.maximumEventBytes = 10 }
        var event = try events.event(.caCreate, subject: .ca("large"), payload: JSONValue.null)
        event.data = try .encoding(JSONValue.string("123456789"))
        try await events.publish(event)
        for _ in 1...2 {
            await #expect(throws: LamassuEventsError(.parked, message: "")) { try await events.publishAndConfirm(event) }
        }
        #expect(try await events.parkedEvents().count == 1)
    }

    @Test func `an event that a full queue does not take is kept until it does`() async throws {
        try await self.fixture.withChannel { channel in
            _ = try await channel.declareQueue(
                "lamassu_events", durable: true, arguments: ["x-max-length": 1, "x-overflow": "reject-publish"])
        }
        let events = self.fixture.publisher()
        try await self.fixture.running(events) {
            try await self.publish(["a"], by: events)
            try await eventually { events.statistics.confirmed == 1 }
            try await self.publish(["b"], by: events)
            try await eventually { self.fixture.observer.told.contains("retrying ca/b refusedByBroker") }
            try await self.fixture.withChannel { channel in _ = try await channel.purgeQueue("lamassu_events") }
            try await eventually { events.statistics.confirmed == 2 }
        }
        #expect(try self.fixture.subjects() == ["ca/b"])
    }

    @Test func `a broker that refuses the password is told, without the password, and the event is kept`() async throws {
        let events = self.fixture.publisher {
            $0.broker.credentials = .plain(username: "guest", password: "the password")
            $0.drainTimeout = .zero
        }
        try await self.publish(["a"], by: events)
        try await self.fixture.running(events) {
            try await eventually { events.statistics.lastError?.code == .accessRefused }
            #expect(!self.fixture.logs.lines.contains { $0.contains("the password") })
            #expect(try await events.depth().events == 1)
        } throwing: {
            #expect($0 == .drainTimedOut)
        }
    }

    @Test func `what is in memory goes out before a cancelled publisher ends`() async throws {
        let events = self.fixture.publisher()
        try await self.publish((0..<500).map { "\($0 % 20)" }, by: events)
        try await self.fixture.running(events) {}
        #expect(events.statistics.confirmed == 500)
        #expect(self.fixture.broker.messages(in: "lamassu_events")?.count == 500)
        await #expect(throws: LamassuEventsError(.closed, message: "")) { try await self.publish(["late"], by: events) }
        await #expect(throws: LamassuEventsError(.alreadyRan, message: "")) { try await events.run() }
    }

    @Test func `an operation under way is waited for at the end, and its event goes out`() async throws {
        let events = self.fixture.publisher()
        let mayGoOn = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let isRunning = Latch()
            group.addTask {
                _ = try await events.publishing(.caCreate, subject: .ca("late")) {
                    isRunning.open()
                    await mayGoOn.wait()
                    return JSONValue.null
                }
            }
            await isRunning.wait()
            let run = Task { try await events.run() }
            try await eventually { events.statistics.isConnected }
            run.cancel()
            await #expect(throws: LamassuEventsError(.closed, message: "")) { try await self.publish(["refused"], by: events) }
            mayGoOn.open()
            try await run.value
            try await group.waitForAll()
        }
        #expect(try self.fixture.subjects() == ["ca/late"])
    }

    @Test func `what memory could not get out in time is lost, told and logged, and whoever waited for it learns it`() async throws {
        self.fixture.broker.stop()
        let events = self.fixture.publisher { $0.drainTimeout = .milliseconds(50) }
        try await self.publish(["a", "b"], by: events)
        let awaited = try events.event(.caCreate, subject: .ca("c"), payload: JSONValue.null)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: LamassuEventsError(.drainTimedOut, message: "")) { try await events.publishAndConfirm(awaited) }
            }
            try await eventually { events.statistics.stored == 3 }
            try await self.fixture.running(events) {
            } throwing: {
                #expect($0 == .drainTimedOut)
            }
            try await group.waitForAll()
        }
        #expect(
            self.fixture.observer.told.filter { $0.hasPrefix("dropped") }.sorted()
                == ["a", "b", "c"].map { "dropped ca/\($0) drainTimedOut" })
        #expect(self.fixture.logs.lines.count { $0.hasPrefix("error: event dropped") } == 3)
        #expect(events.statistics.dropped == 3)
    }

    @Test func `a publisher with nothing to send and no broker ends at once`() async throws {
        self.fixture.broker.stop()
        let events = self.fixture.publisher {
            $0.drainTimeout = .seconds(3_600)
            $0.reconnectBackoff = Backoff(initial: .seconds(3_600), maximum: .seconds(3_600))
        }
        try await self.fixture.running(events) { try await eventually { events.statistics.lastError != nil } }
        #expect(!events.statistics.isConnected)
    }

    @Test func `with a durable store a cancelled publisher ends without its events, and the next one sends them`() async throws {
        let store = FailingOutbox()
        self.fixture.broker.stop()
        let first = self.fixture.publisher(store: store) { $0.drainTimeout = .seconds(3_600) }
        try await self.publish(["a", "b", "a"], by: first)
        try await self.fixture.running(first) { try await eventually { first.statistics.lastError != nil } }
        #expect(try await store.depth().events == 3)
        // The next start sends what is stored until then.
        try await self.publish(["c"], by: first)
        self.fixture.broker.start()
        let second = self.fixture.publisher(store: store)
        try await self.fixture.running(second) { try await eventually { second.statistics.confirmed == 4 } }
        #expect(try self.fixture.subjects().sorted() == ["ca/a", "ca/a", "ca/b", "ca/c"])
        #expect(try await store.depth().events == 0)
    }

    @Test func `a store that cannot give out or note what was sent is survived, and told`() async throws {
        let store = FailingOutbox()
        let events = self.fixture.publisher(store: store)
        store.fail([.claim])
        try await self.publish(["a"], by: events)
        try await self.fixture.running(events) {
            try await eventually { store.failures > 0 }
            store.fail([.settle])
            try await eventually { events.statistics.confirmed == 1 && store.failures > 1 }
            #expect(try await events.depth().events == 1)
            store.fail([])
            try await eventually { try await events.depth().events == 0 }
        }
        #expect(self.fixture.observer.told.contains("store refusedByBroker"))
        #expect(events.statistics.storeFailures > 1)
        #expect(self.fixture.broker.messages(in: "lamassu_events")?.count == 1)
    }

    @Test func `what the host has stored by itself goes out when it says so`() async throws {
        let store = FailingOutbox()
        let events = self.fixture.publisher(store: store)
        try await self.fixture.running(events) {
            try await eventually { events.statistics.isConnected }
            let event = try events.event(.caCreate, subject: .ca("mine"), payload: JSONValue.null)
            _ = try await store.memory.enqueue(OutboxSubmission(event))
            events.publishStored()
            try await eventually { events.statistics.confirmed == 1 }

            let result = try await events.publishing(.caCreate, subject: .ca("too"), level: .transactional) {
                let event = try events.event(.caCreate, subject: .ca("too"), payload: JSONValue.null)
                _ = try await store.memory.enqueue(OutboxSubmission(event))
                return JSONValue.string("done")
            }
            #expect(result == "done")
            try await eventually { events.statistics.confirmed == 2 }
        }
        #expect(try self.fixture.subjects() == ["ca/mine", "ca/too"])
    }

    @Test(.serialized, arguments: [OutboxLimits.Policy.refuse, .dropOldest])
    func `with the broker away a hundred thousand events stay within the limits of the store`(policy: OutboxLimits.Policy) async throws {
        self.fixture.broker.stop()
        let limits = OutboxLimits(maximumEvents: 1_000, maximumBytes: 100_000, policy: policy)
        let events = self.fixture.publisher(store: MemoryOutbox(limits: limits)) { $0.drainTimeout = .zero }
        let count = 100_000
        try await self.fixture.running(events) {
            var refused = 0
            for number in 0..<count {
                do {
                    _ = try await events.publishing(.caCreate, subject: .ca("\(number)")) { JSONValue.string("0123456789") }
                } catch let error as LamassuEventsError where error.code == .outboxFull {
                    refused += 1
                }
                // Nothing else waits in this loop, which would keep a thread from all other tests.
                if number.isMultiple(of: 8) { await Task.yield() }
                if number.isMultiple(of: 10_000) {
                    let depth = try await events.depth()
                    #expect(depth.events <= 1_000)
                    #expect(depth.bytes <= 100_000)
                }
            }
            let depth = try await events.depth()
            #expect(depth.events == 1_000)
            #expect(depth.intents == 0)
            let statistics = events.statistics
            #expect(statistics.refused == refused)
            #expect(refused == (policy == .refuse ? count - 1_000 : 0))
            #expect(statistics.dropped == (policy == .dropOldest ? count - 1_000 : 0))
            #expect(statistics.stored == count - refused)
        } throwing: {
            #expect($0 == .drainTimedOut)
        }
        #expect(events.statistics.dropped + events.statistics.refused == count)
    }
}

extension PublisherFixture {
    /// Runs a publisher while a closure runs, and looks at what its end throws; it has to throw.
    func running(
        _ publisher: LamassuEventPublisher, _ body: () async throws -> Void, throwing check: (LamassuEventsError.Code?) -> Void
    ) async throws {
        do {
            try await self.running(publisher, body)
            check(nil)
        } catch let error as LamassuEventsError {
            check(error.code)
        }
    }
}
