// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import CurlTransport
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct EventPublisherTests {
    private struct OperationFailed: Error {}

    private let topology = TestBroker.freshTopology()
    private let recorder = Recorder()

    private func configuration() throws -> EventPublisherConfiguration {
        var configuration = EventPublisherConfiguration(broker: try TestBroker.configuration(), source: .ca, topology: self.topology)
        configuration.backoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(200))
        configuration.reconnectBackoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(500))
        return configuration
    }

    private func publisher(
        _ configuration: EventPublisherConfiguration, limits: OutboxLimits = OutboxLimits()
    ) -> LamassuEventPublisher {
        LamassuEventPublisher(
            configuration, transport: .curl, store: MemoryOutbox(limits: limits), observer: self.recorder, logger: .silent)
    }

    /// Runs a publisher while a closure runs, then drains it and removes what it made at the broker.
    private func withPublisher(
        _ configuration: EventPublisherConfiguration, _ body: (LamassuEventPublisher) async throws -> Void
    ) async throws {
        let publisher = self.publisher(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            try await body(publisher)
            group.cancelAll()
            try await group.waitForAll()
        }
        try await TestBroker.remove(self.topology)
    }

    @Test func `an operation that succeeds is published, as structured JSON with its properties`() async throws {
        try await self.withPublisher(self.configuration()) { events in
            let result = try await events.publishing(.caCreate, subject: .ca("one")) {
                JSONValue.object([.init(key: "id", value: "one")])
            }
            #expect(result["id"] == "one")
            await self.recorder.wait { $0.contains(where: \.isConfirmed) }

            let delivery = try #require(try await TestBroker.take(1, from: self.topology.queue).first)
            let event = try CloudEvent(decoding: delivery.body, format: .json)
            #expect(event.type == "ca.create")
            #expect(event.subject == "ca/one")
            #expect(event.source.description == EventSource.ca.rawValue)
            #expect(try event.decodeData(as: JSONValue.self) == ["id": "one"])
            #expect(event[.sequence] != nil)
            #expect(delivery.routingKey == "ca.create")
            #expect(delivery.properties.contentType == "application/cloudevents+json")
            #expect(delivery.properties.deliveryMode == .persistent)
            #expect(delivery.properties.messageID == event.id.rawValue)
            #expect(delivery.properties.type == "ca.create")
            #expect(try delivery.properties.userID == TestBroker.user)
            #expect(delivery.properties.timestamp.map { Int64($0) } == event.time?.secondsSinceEpoch)
            #expect(delivery.properties.headers == nil)
            let summary = EventSummary(event)
            #expect(self.recorder.notices.filter { $0 != .connected } == [.stored(summary), .confirmed(summary)])
        }
    }

    @Test func `an update carries what was before, and the trace goes into the headers as text`() async throws {
        try await self.withPublisher(self.configuration()) { events in
            _ = try await events.publishing(.caStatusUpdate, subject: .ca("one"), previous: JSONValue.string("ACTIVE")) { "REVOKED" }
            var event = try events.event(.caDelete, subject: .ca("one"), payload: JSONValue.null)
            event[.traceParent] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            try await events.publishAndConfirm(event)

            let deliveries = try await TestBroker.take(2, from: self.topology.queue)
            let update = try CloudEvent(decoding: deliveries[0].body, format: .json)
            #expect(try update.decodeData(as: JSONValue.self) == ["previous": "ACTIVE", "updated": "REVOKED"])
            #expect(
                deliveries[1].properties.headers
                    == ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
        }
    }

    @Test func `an operation that fails publishes nothing`() async throws {
        try await self.withPublisher(self.configuration()) { events in
            await #expect(throws: OperationFailed.self) {
                try await events.publishing(.caCreate, subject: .ca("one")) { () -> JSONValue in throw OperationFailed() }
            }
            try await events.publishAndConfirm(events.event(.caDelete, subject: .ca("two"), payload: JSONValue.null))
            #expect(events.statistics.stored == 1)
            let types = try await TestBroker.take(1, from: self.topology.queue).map(\.routingKey)
            #expect(types == ["ca.delete"])
            #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        }
    }

    @Test func `every event of a succeeded operation arrives, in order, while connections are cut and the broker restarts`()
        async throws
    {
        let subjects = 20
        let rounds = 50
        try await self.withPublisher(self.configuration()) { events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for subject in 0..<subjects {
                    group.addTask {
                        for round in 0..<rounds {
                            // Some operations fail; the others go on whatever the broker does.
                            if round.isMultiple(of: 10) {
                                _ = try? await events.publishing(.caCreate, subject: .ca("\(subject)")) { () -> JSONValue in
                                    throw OperationFailed()
                                }
                            }
                            let result = try await events.publishing(.caMetadataUpdate, subject: .ca("\(subject)")) {
                                JSONValue.number(JSONNumber(round))
                            }
                            #expect(result == .number(JSONNumber(round)))
                            try await Task.sleep(for: .milliseconds(100))
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<3 { _ = try await TestBroker.control("close_all_connections", "a test") }
                    _ = try await TestBroker.control("stop_app")
                    _ = try await TestBroker.control("start_app")
                    _ = try await TestBroker.control("close_all_connections", "a test")
                }
                try await group.waitForAll()
            }
            await self.recorder.wait(for: subjects * rounds, \.isConfirmed)
            try await eventually("the store is empty") { try await events.depth().events == 0 }
            #expect(events.statistics.stored == subjects * rounds)
            #expect(self.recorder.notices.count { $0 == .connected } > 1)

            let depth = try await TestBroker.depth(of: self.topology.queue)
            #expect(depth >= subjects * rounds)
            var seen: Set<String> = []
            var arrived: [String: [Int]] = [:]
            var sequences: [String: [String]] = [:]
            for delivery in try await TestBroker.take(depth, from: self.topology.queue) {
                let event = try CloudEvent(decoding: delivery.body, format: .json)
                #expect(event.type == "ca.metadata.update")
                guard seen.insert(event.id.rawValue).inserted else { continue }
                arrived[event.subject ?? "", default: []].append(try event.decodeData(as: Int.self))
                sequences[event.subject ?? "", default: []].append(event[.sequence]?.text ?? "")
            }
            #expect(arrived.count == subjects)
            #expect(arrived.values.allSatisfy { $0 == Array(0..<rounds) })
            #expect(sequences.values.allSatisfy { $0 == $0.sorted() && Set($0).count == rounds })
        }
    }

    @Test func `an idle publisher learns that its connection was cut, and connects again`() async throws {
        try await self.withPublisher(self.configuration()) { events in
            await self.recorder.wait { $0.contains(.connected) }
            _ = try await TestBroker.control("close_all_connections", "a test")
            await self.recorder.wait(for: 2) { $0 == .connected }
            #expect(self.recorder.notices.contains { $0.isDisconnected(.connectionFailed) })
            #expect(events.statistics.isConnected)
        }
    }

    @Test func `a password that the broker refuses is told, tried again, and does no harm once it is right`() async throws {
        let user = TestBroker.freshName("user")
        _ = try await TestBroker.control("add_user", user, "another password")
        _ = try await TestBroker.control("set_permissions", user, ".*", ".*", ".*")
        var configuration = try self.configuration()
        configuration.broker = try TestBroker.configuration(user: user, password: "the password")
        try await self.withPublisher(configuration) { events in
            _ = try await events.publishing(.caCreate, subject: .ca("one")) { JSONValue.null }
            await self.recorder.wait(for: 2) { $0.isDisconnected(.accessRefused) }
            #expect(events.statistics.lastError?.code == .accessRefused)
            #expect(events.statistics.isConnected == false)
            #expect(!self.recorder.notices.contains { "\($0)".contains("the password") })
            _ = try await TestBroker.control("change_password", user, "the password")
            await self.recorder.wait { $0.contains(where: \.isConfirmed) }
            #expect(events.statistics.lastError == nil)
            #expect(try await TestBroker.take(1, from: self.topology.queue).first?.properties.userID == user)
        }
        _ = try await TestBroker.control("delete_user", user)
    }

    @Test func `an event that no queue takes is kept, and holds up no other subject`() async throws {
        try await self.withPublisher(self.configuration()) { events in
            await self.recorder.wait { $0.contains(.connected) }
            let exchange = try #require(self.topology.exchange)
            try await TestBroker.withChannel { channel in
                try await channel.unbindQueue(self.topology.queue, from: exchange, routingKey: "#")
                try await channel.bindQueue(self.topology.queue, to: exchange, routingKey: "ca.#")
            }
            _ = try await events.publishing(.dmsCreate, subject: .dms("away")) { JSONValue.null }
            await self.recorder.wait { notices in
                notices.contains { if case .retrying(let event, .unroutable) = $0 { event.type == .dmsCreate } else { false } }
            }
            try await events.publishAndConfirm(events.event(.caCreate, subject: .ca("there"), payload: JSONValue.null))
            try await TestBroker.withChannel { channel in
                try await channel.bindQueue(self.topology.queue, to: exchange, routingKey: "#")
            }
            await self.recorder.wait(for: 2, \.isConfirmed)
            #expect(try await TestBroker.take(2, from: self.topology.queue).map(\.routingKey) == ["ca.create", "dms.create"])
        }
    }

    @Test func `an event that the broker refuses is parked, and the others arrive`() async throws {
        _ = try await TestBroker.control("eval", "application:set_env(rabbit, max_message_size, 20000).")
        try await self.withPublisher(self.configuration()) { events in
            let large = JSONValue.string(String(repeating: "x", count: 30_000))
            _ = try await events.publishing(.caCreate, subject: .ca("large")) { large }
            for number in 0..<2_000 {
                _ = try await events.publishing(.caCreate, subject: .ca("\(number % 50)")) { JSONValue.null }
                if number.isMultiple(of: 50) { try await Task.sleep(for: .milliseconds(20)) }
            }
            await self.recorder.wait(for: 2_000, \.isConfirmed)
            await self.recorder.wait { notices in
                notices.contains { if case .parked(let event, .refusedByBroker) = $0 { event.subject == "ca/large" } else { false } }
            }
            try await eventually("the event is parked in the store") { try await !events.parkedEvents().isEmpty }
            let parked = try #require(try await events.parkedEvents().first)
            #expect(try await events.parkedEvents().count == 1)
            #expect(parked.event.subject == "ca/large")
            #expect(parked.error.message.contains("message size"))

            _ = try await TestBroker.control("eval", "application:set_env(rabbit, max_message_size, 134217728).")
            _ = try await TestBroker.control("close_all_connections", "a test")
            #expect(try await events.retryParked(parked.id))
            await self.recorder.wait(for: 2_001, \.isConfirmed)
            #expect(try await events.parkedEvents().isEmpty)
        }
    }

    @Test func `a topology that differs is told by name, and the publisher goes on once it is right`() async throws {
        _ = try await TestBroker.withChannel { channel in try await channel.declareQueue(self.topology.queue, durable: false) }
        try await self.withPublisher(self.configuration()) { events in
            _ = try await events.publishing(.caCreate, subject: .ca("one")) { JSONValue.null }
            await self.recorder.wait { $0.contains { $0.isDisconnected(.topologyDiffers) } }
            #expect(events.statistics.lastError?.message.contains(self.topology.queue) == true)
            #expect(events.statistics.lastError?.message.contains("'durable'") == true)
            try await TestBroker.withChannel { channel in _ = try await channel.deleteQueue(self.topology.queue) }
            await self.recorder.wait { $0.contains(where: \.isConfirmed) }
        }
    }

    @Test func `the queue profile publishes straight into the queue`() async throws {
        var configuration = try self.configuration()
        configuration.topology.exchange = nil
        configuration.profile = .queue
        try await self.withPublisher(configuration) { events in
            try await events.publishAndConfirm(events.event(.caCreate, subject: .ca("one"), payload: JSONValue.null))
            let delivery = try #require(try await TestBroker.take(1, from: self.topology.queue).first)
            #expect(delivery.exchange == "")
            #expect(delivery.routingKey == self.topology.queue)
            #expect(delivery.properties.contentType == "application/cloudevents+json")
        }
    }

    @Test func `what is in the outbox goes out before a cancelled publisher ends`() async throws {
        let publisher = self.publisher(try self.configuration())
        for number in 0..<200 {
            try await publisher.publish(publisher.event(.caCreate, subject: .ca("\(number)"), payload: JSONValue.null))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(publisher.statistics.confirmed == 200)
        await #expect(throws: LamassuEventsError(.closed, message: "")) {
            try await publisher.publish(publisher.event(.caCreate, subject: .ca("late"), payload: JSONValue.null))
        }
        await #expect(throws: LamassuEventsError(.alreadyRan, message: "")) { try await publisher.run() }
        #expect(try await TestBroker.depth(of: self.topology.queue) == 200)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a full outbox refuses an operation before it runs, and what it could not send is told at the end`() async throws {
        var configuration = try self.configuration()
        configuration.broker.endpoints[0].port = 1
        configuration.drainTimeout = .milliseconds(100)
        let publisher = self.publisher(configuration, limits: OutboxLimits(maximumEvents: 3))
        let awaited = try publisher.event(.caCreate, subject: .ca("awaited"), payload: JSONValue.null)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            group.addTask {
                await #expect(throws: LamassuEventsError(.drainTimedOut, message: "")) {
                    // Not cancelled with the group: it is the publisher's end that ends the wait.
                    try await Task { try await publisher.publishAndConfirm(awaited) }.value
                }
            }
            await self.recorder.wait { $0.contains { if case .stored = $0 { true } else { false } } }
            for number in 0..<2 { _ = try await publisher.publishing(.caCreate, subject: .ca("\(number)")) { JSONValue.null } }
            await #expect(throws: LamassuEventsError(.outboxFull, message: "")) {
                try await publisher.publishing(.caCreate, subject: .ca("refused")) { () -> JSONValue in
                    Issue.record("the operation ran")
                    return .null
                }
            }
            await self.recorder.wait { $0.contains { $0.isDisconnected(.connectionFailed) } }
            group.cancelAll()
            await #expect(throws: LamassuEventsError(.drainTimedOut, message: "")) { try await group.waitForAll() }
        }
        #expect(publisher.statistics.dropped == 3)
        #expect(publisher.statistics.refused == 1)
    }

    @Test func `a publisher that is not connected and has nothing to send ends at once`() async throws {
        var configuration = try self.configuration()
        // An address of documentation (RFC 5737): nobody answers, and nobody refuses.
        configuration.broker.endpoints[0].host = "192.0.2.1"
        configuration.broker.connectTimeout = .seconds(3_600)
        configuration.drainTimeout = .seconds(3_600)
        let publisher = self.publisher(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            await Task.yield()
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(!publisher.statistics.isConnected)
    }
}
