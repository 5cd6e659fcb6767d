// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import CurlTransport
import Foundation
import JSONCoding
import LamassuEvents
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct EventConsumerTests {
    /// Does what the test says, and keeps what it was given.
    final class Handler: EventHandler {
        private let received = Mutex<[ReceivedEvent]>([])
        private let body: @Sendable (ReceivedEvent) async -> EventOutcome

        init(_ body: @escaping @Sendable (ReceivedEvent) async -> EventOutcome = { _ in .done }) { self.body = body }

        var events: [ReceivedEvent] { self.received.withLock { $0 } }

        func handle(_ event: ReceivedEvent) async -> EventOutcome {
            self.received.withLock { $0.append(event) }
            return await self.body(event)
        }
    }

    private let topology = TestBroker.freshTopology()
    private let recorder = Recorder()

    private func configuration() throws -> EventConsumerConfiguration {
        var configuration = EventConsumerConfiguration(broker: try TestBroker.configuration(), topology: self.topology)
        configuration.handling.backoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(200))
        configuration.reconnectBackoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(500))
        return configuration
    }

    /// Runs a consumer while a closure runs, then drains it.
    private func withConsumer(
        _ handler: Handler, _ configure: (inout EventConsumerConfiguration) -> Void = { _ in },
        _ body: (EventConsumer) async throws -> Void
    ) async throws {
        var configuration = try self.configuration()
        configure(&configuration)
        let consumer = EventConsumer(configuration, transport: .curl, handler: handler, observer: self.recorder, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await body(consumer)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func event(_ subject: EventSubject?, _ payload: JSONValue = .null, isNumbered: Bool = true) throws -> CloudEvent {
        var event = try CloudEvent(
            id: .random(), source: EventSource.ca.rawValue, type: "ca.create", subject: subject?.description, time: .now, json: payload)
        if isNumbered { event[.sequence] = "0000000000001.0000000001" }
        return event
    }

    private func send(_ bodies: [[UInt8]], _ properties: AMQPProperties = AMQPProperties()) async throws {
        try await TestBroker.withChannel { channel in
            let publisher = try await channel.publisher()
            for body in bodies {
                try await publisher.publish(body, properties: properties, to: .queue(self.topology.queue), mandatory: true)
            }
        }
    }

    private func send(_ events: CloudEvent...) async throws {
        try await self.send(
            events.map { try $0.encoded(as: .json) }, AMQPProperties(contentType: "application/cloudevents+json"))
    }

    @Test func `events are handled in order and acknowledged`() async throws {
        let handler = Handler()
        try await self.withConsumer(handler) { consumer in
            await self.recorder.wait { $0.contains(.connected) }
            for number in 0..<20 { try await self.send(self.event(.ca("one"), .number(JSONNumber(number)))) }
            await self.recorder.wait(for: 20, \.isDone)
            #expect(consumer.statistics.held == 0)
        }
        #expect(try handler.events.map { try $0.payload(as: Int.self) } == Array(0..<20))
        #expect(handler.events.allSatisfy { $0.attempt == 1 && !$0.isRedelivered && $0.subject == .ca("one") && $0.type == .caCreate })
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test func `the sample events are read, whatever their generation`() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/lamassu-events")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let bodies = try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
        #expect(bodies.count == 12)
        let handler = Handler()
        try await TestBroker.declare(self.topology)
        try await self.send(Array(bodies[..<2]), AMQPProperties(contentType: "text/json"))
        try await self.send(Array(bodies[2...]))
        try await self.withConsumer(handler) { _ in await self.recorder.wait(for: 12, \.isDone) }
        #expect(Set(handler.events.map(\.type.rawValue)).count == 12)
        #expect(handler.events.count { $0.source.isCurrentGeneration } == 10)
        try await TestBroker.remove(self.topology)
    }

    @Test func `what is no event goes to the dead letters, byte for byte and with the reason`() async throws {
        let bodies: [[UInt8]] = [[0xFF, 0x00], Array("{\"specversion\":".utf8), Array("{}".utf8), []]
        try await TestBroker.declare(self.topology)
        try await self.send(
            bodies,
            AMQPProperties(
                contentType: "application/json", headers: ["kept": "yes", "CC": .array([.string(self.topology.queue)])],
                expiration: "600000", messageID: "mine", userID: TestBroker.user))
        try await self.send([try self.event(.ca("one")).encoded(as: .json)], AMQPProperties(contentType: "text/plain"))
        let handler = Handler()
        try await self.withConsumer(handler) { _ in await self.recorder.wait(for: 5, \.isDeadLettered) }
        #expect(handler.events.isEmpty)
        // With the header CC the letters would have come back into the queue.
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        let letters = try await TestBroker.take(5, from: self.topology.deadLetterQueue)
        #expect(letters.map(\.body).filter(bodies.contains).count == 4)
        for letter in letters where letter.properties.contentType == "application/json" {
            let headers = try #require(letter.properties.headers)
            #expect(headers["kept"] == "yes")
            #expect(headers["x-lamassu-queue"] == .string(self.topology.queue))
            #expect(try headers["x-lamassu-user-id"] == .string(TestBroker.user))
            #expect(headers["x-lamassu-reason"] != nil)
            #expect(letter.properties.messageID == "mine")
            #expect(letter.properties.deliveryMode == .persistent)
        }
        let plain = try #require(letters.first { $0.properties.contentType == "text/plain" })
        #expect(plain.properties.headers?["x-lamassu-reason"] == "the content type 'text/plain' is not that of an event in JSON")
        try await TestBroker.remove(self.topology)
    }

    @Test func `an event that is tried again holds up no other subject`() async throws {
        let others = Latch()
        let handler = Handler { event in
            switch event.subject {
            case .ca("slow") where !others.isOpen: .retry(reason: "not yet")
            default: .done
            }
        }
        try await self.withConsumer(handler) { _ in
            await self.recorder.wait { $0.contains(.connected) }
            try await self.send(
                self.event(.ca("slow"), 1), self.event(.ca("slow"), 2), self.event(.ca("a"), 3), self.event(.ca("b"), 4),
                self.event(nil, 5))
            await self.recorder.wait(for: 3, \.isDone)
            await self.recorder.wait(for: 3) { if case .handlingAgain(_, reason: "not yet") = $0 { true } else { false } }
            others.open()
            await self.recorder.wait(for: 5, \.isDone)
        }
        let slow = handler.events.filter { $0.subject == .ca("slow") }
        let payloads = try slow.map { try $0.payload(as: Int.self) }
        #expect(payloads == payloads.sorted())
        #expect(slow.dropLast().map(\.attempt) == Array(1..<slow.count))
        #expect(slow.count > 4)
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a handler that gives up sends the event to the dead letters`() async throws {
        let handler = Handler { event in event.subject == .ca("forbidden") ? .deadLetter(reason: "AWS says no") : .done }
        try await self.withConsumer(handler) { _ in
            await self.recorder.wait { $0.contains(.connected) }
            try await self.send(self.event(.ca("forbidden")), self.event(.ca("fine")))
            await self.recorder.wait(for: 1, \.isDone)
            await self.recorder.wait(for: 1, \.isDeadLettered)
        }
        let letter = try #require(try await TestBroker.take(1, from: self.topology.deadLetterQueue).first)
        #expect(letter.properties.headers?["x-lamassu-reason"] == "AWS says no")
        #expect(try CloudEvent(decoding: letter.body, format: .json).subject == "ca/forbidden")
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a dead letter is acknowledged only when the dead-letter queue has it`() async throws {
        let handler = Handler { _ in .deadLetter(reason: "no") }
        try await self.withConsumer(handler) { consumer in
            await self.recorder.wait { $0.contains(.connected) }
            try await TestBroker.withChannel { channel in _ = try await channel.deleteQueue(self.topology.deadLetterQueue) }
            try await self.send(self.event(.ca("one")))
            await self.recorder.wait(for: 2) { if case .handlingAgain(_, let reason) = $0 { reason.contains("unroutable") } else { false } }
            #expect(consumer.statistics.held == 1)
            try await TestBroker.declare(self.topology)
            await self.recorder.wait { $0.contains(where: \.isDeadLettered) }
            #expect(consumer.statistics.held == 0)
        }
        #expect(handler.events.count == 1)
        #expect(try await TestBroker.depth(of: self.topology.deadLetterQueue) == 1)
        try await TestBroker.remove(self.topology)
    }

    @Test(arguments: [true, false])
    func `work that outlives its connection is not done twice where the id is unique`(isNumbered: Bool) async throws {
        let release = Latch()
        let handler = Handler { _ in
            await release.wait()
            return .done
        }
        try await self.withConsumer(handler) { _ in
            await self.recorder.wait { $0.contains(.connected) }
            try await self.send(self.event(.ca("one"), isNumbered: isNumbered))
            await self.recorder.wait { $0.contains { if case .received = $0 { true } else { false } } }
            _ = try await TestBroker.control("close_all_connections", "a test")
            await self.recorder.wait { $0.contains { if case .received(_, isRedelivered: true) = $0 { true } else { false } } }
            release.open()
            await self.recorder.wait { $0.contains(where: \.isDone) }
        }
        #expect(handler.events.count == (isNumbered ? 1 : 2))
        #expect(handler.events.map(\.isRedelivered) == (isNumbered ? [false] : [false, true]))
        #expect(self.recorder.notices.filter(\.isDone).count == 1)
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a consumer comes back after a restart of the broker`() async throws {
        let handler = Handler()
        try await self.withConsumer(handler) { _ in
            await self.recorder.wait { $0.contains(.connected) }
            _ = try await TestBroker.control("stop_app")
            await self.recorder.wait { $0.contains { $0.isDisconnected(.connectionFailed) } }
            _ = try await TestBroker.control("start_app")
            await self.recorder.wait(for: 2) { $0 == .connected }
            try await self.send(self.event(.ca("one")))
            await self.recorder.wait { $0.contains(where: \.isDone) }
        }
        #expect(handler.events.count == 1)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a drain lets the running handler end and leaves the rest in the queue`() async throws {
        let started = Latch()
        let release = Latch()
        let handler = Handler { _ in
            started.open()
            await release.wait()
            return .done
        }
        let consumer = EventConsumer(try self.configuration(), transport: .curl, handler: handler, observer: self.recorder, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            await self.recorder.wait { $0.contains(.connected) }
            try await self.send(self.event(.ca("one"), 1), self.event(.ca("one"), 2))
            await started.wait()
            await self.recorder.wait(for: 2) { if case .received = $0 { true } else { false } }
            group.cancelAll()
            release.open()
            try await group.waitForAll()
        }
        #expect(handler.events.count == 1)
        let left = try await TestBroker.take(1, from: self.topology.queue)
        #expect(try left.map { try CloudEvent(decoding: $0.body, format: .json).decodeData(as: Int.self) } == [2])
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test(arguments: [EventOutcome.done, .retry(reason: "cancelled")])
    func `a handler that does not end in time is cancelled, and what it says then counts`(outcome: EventOutcome) async throws {
        let started = Latch()
        let handler = Handler { _ in
            started.open()
            try? await Task.sleep(for: .seconds(3_600))
            return outcome
        }
        try await self.withConsumer(handler, { $0.handling.drainTimeout = .milliseconds(50) }) { _ in
            await self.recorder.wait { $0.contains(.connected) }
            try await self.send(self.event(.ca("one")))
            await started.wait()
        }
        #expect(try await TestBroker.depth(of: self.topology.queue) == (outcome == .done ? 0 : 1))
        try await TestBroker.remove(self.topology)
    }

    @Test func `a password that the broker refuses is told and tried again`() async throws {
        let user = TestBroker.freshName("user")
        _ = try await TestBroker.control("add_user", user, "another password")
        _ = try await TestBroker.control("set_permissions", user, ".*", ".*", ".*")
        let configuration = try TestBroker.configuration(user: user, password: "the password")
        try await self.withConsumer(Handler(), { $0.broker = configuration }) { consumer in
            await self.recorder.wait(for: 2) { $0.isDisconnected(.accessRefused) }
            #expect(consumer.statistics.lastError?.code == .accessRefused)
            _ = try await TestBroker.control("change_password", user, "the password")
            await self.recorder.wait { $0.contains(.connected) }
        }
        _ = try await TestBroker.control("delete_user", user)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a consumer that is not connected ends at once`() async throws {
        var configuration = try self.configuration()
        // An address of documentation (RFC 5737): nobody answers, and nobody refuses.
        configuration.broker.endpoints[0].host = "192.0.2.1"
        configuration.broker.connectTimeout = .seconds(3_600)
        let consumer = EventConsumer(configuration, transport: .curl, handler: Handler(), logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            await Task.yield()
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(!consumer.statistics.isConnected)
    }
}
