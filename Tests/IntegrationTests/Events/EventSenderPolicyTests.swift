// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import JSONCoding
import LamassuEvents
import Testing

/// Two services of one broker, of which one says that it is the other.
@Suite(.timeLimit(.minutes(2))) struct EventSenderPolicyTests {
    private let topology = TestBroker.freshTopology()
    private let recorder = Recorder()
    private let ca = TestBroker.freshName("ca")
    private let devices = TestBroker.freshName("devices")

    /// Publishes one event of the CA service, as one of the two users.
    private func publish(_ type: EventType, as user: String) async throws {
        let configuration = EventPublisherConfiguration(
            broker: try TestBroker.configuration(user: user, password: "the password"), source: .ca, topology: self.topology)
        let publisher = LamassuEventPublisher(configuration, transport: .curl, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            try await publisher.publishAndConfirm(publisher.event(type, subject: .ca("one"), payload: JSONValue.null))
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func withUsers(_ body: () async throws -> Void) async throws {
        for user in [self.ca, self.devices] {
            _ = try await TestBroker.control("add_user", user, "the password")
            _ = try await TestBroker.control("set_permissions", user, ".*", ".*", ".*")
        }
        try await body()
        for user in [self.ca, self.devices] { _ = try await TestBroker.control("delete_user", user) }
        try await TestBroker.remove(self.topology)
    }

    @Test func `an event of a user who may not send it is a dead letter with the reason, and the true one is handled`() async throws {
        try await self.withUsers {
            try await TestBroker.declare(self.topology)
            try await self.publish(.caDelete, as: self.devices)
            // Whoever leaves out the property that the broker checks is nobody.
            try await TestBroker.withChannel { channel in
                let event = try CloudEvent(
                    id: .random(), source: EventSource.ca.rawValue, type: "ca.delete", subject: "ca/one", json: JSONValue.null)
                try await channel.publisher().publish(
                    try event.encoded(as: .json), properties: AMQPProperties(contentType: "application/cloudevents+json"),
                    to: .queue(self.topology.queue))
            }
            try await self.publish(.caCreate, as: self.ca)

            let handler = EventConsumerTests.Handler()
            var configuration = EventConsumerConfiguration(broker: try TestBroker.configuration(), topology: self.topology)
            configuration.senderPolicy = .only([
                .init(user: self.ca, sources: [.ca], types: ["ca.#"]), .init(user: self.devices, sources: [.deviceManager]),
            ])
            let consumer = EventConsumer(configuration, transport: .curl, handler: handler, observer: self.recorder, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run() }
                await self.recorder.wait(for: 2, \.isDeadLettered)
                await self.recorder.wait(for: 1, \.isDone)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(handler.events.map(\.type) == [.caCreate])
            #expect(handler.events.map(\.userID) == [self.ca])

            let letters = try await TestBroker.take(2, from: self.topology.deadLetterQueue)
            let forged = try #require(letters.first { $0.properties.headers?["x-lamassu-user-id"] == .string(self.devices) })
            #expect(
                forged.properties.headers?["x-lamassu-reason"]
                    == .string("the user '\(self.devices)' may not send 'ca.delete' of '\(EventSource.ca)'"))
            #expect(letters.contains { $0.properties.headers?["x-lamassu-user-id"] == nil })
            #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        }
    }

    @Test func `the broker takes no message that names another user`() async throws {
        try await self.withUsers {
            try await TestBroker.declare(self.topology)
            var configuration = EventPublisherConfiguration(
                broker: try TestBroker.configuration(user: self.devices, password: "the password"), source: .ca, topology: self.topology)
            configuration.userID = self.ca
            configuration.drainTimeout = .milliseconds(200)
            let publisher = LamassuEventPublisher(configuration, transport: .curl, observer: self.recorder, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await publisher.run() }
                try await publisher.publish(publisher.event(.caDelete, subject: .ca("one"), payload: JSONValue.null))
                await self.recorder.wait { $0.contains { $0.isDisconnected(.refusedByBroker) } }
                group.cancelAll()
                await #expect(throws: LamassuEventsError(.drainTimedOut, message: "")) { try await group.waitForAll() }
            }
            #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        }
    }
}
