// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Foundation
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// The commands of SECURITY.md, run as they stand there, and what the users that they make can do and cannot.
@Suite(.timeLimit(.minutes(3))) struct BrokerPermissionTests {
    private enum User: String, CaseIterable {
        case ca = "lamassu-ca"
        case deviceManager = "lamassu-device-manager"
        case dmsManager = "lamassu-dms-manager"
        case cloudSync = "lamassu-cloudsync"
    }

    private let topology = EventTopology.standard
    private let virtualHost = "lamassu"
    private let folder = FileManager.default.temporaryDirectory.appending(path: TestBroker.freshName("permissions"))

    /// The shell commands of the section "Broker permissions".
    private static func commands() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "SECURITY.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Broker permissions\n") })
        let blocks = section.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
        try #require(!blocks.isEmpty)
        return blocks.joined(separator: "\n")
    }

    private func withUsers(_ body: () async throws -> Void) async throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        _ = try await TestCommand.run(["bash", "-euc", "cd '\(self.folder.path)'\n" + Self.commands()])
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for user in User.allCases { _ = try await TestBroker.control("delete_user", user.rawValue) }
        _ = try await TestBroker.control("delete_vhost", self.virtualHost)
        try FileManager.default.removeItem(at: self.folder)
        try result.get()
    }

    private func configuration(_ user: User) throws -> AMQPConfiguration {
        let file = self.folder.appending(path: "\(user.rawValue).password")
        let password = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        var configuration = try TestBroker.configuration(user: user.rawValue, password: password)
        configuration.virtualHost = self.virtualHost
        return configuration
    }

    /// What the broker says to a user who does one thing; each has a connection of its own.
    private func code(
        _ user: User, _ body: (AMQPChannel) async throws -> Void
    ) async throws -> AMQPError.Code? {
        do {
            try await TestBroker.withConnection(self.configuration(user)) { connection in
                try await connection.withChannel { channel in try await body(channel) }
            }
            return nil
        } catch let error as AMQPError {
            return error.code
        }
    }

    private func publish(_ type: EventType, as user: User, naming name: User? = nil) async throws -> AMQPError.Code? {
        let exchange = try #require(self.topology.exchange)
        return try await self.code(user) { channel in
            try await channel.publisher().publish(
                [], properties: AMQPProperties(userID: (name ?? user).rawValue), to: .exchange(exchange, routingKey: type.rawValue),
                mandatory: true)
        }
    }

    /// Waits until a queue has as many messages, as the operator sees it: what RabbitMQ tells of a quorum queue is some seconds old.
    private func wait(for count: Int, in queue: String) async throws {
        try await eventually("\(queue) has \(count) messages") {
            let lines = try await TestBroker.control(
                "list_queues", "--vhost", self.virtualHost, "--no-table-headers", "name", "messages_ready")
            let line = try #require(lines.split(separator: "\n").first { $0.split(separator: "\t").first == queue[...] })
            return line.split(separator: "\t").last.flatMap { Int($0) } == count
        }
    }

    @Test func `the commands of the documentation let each user do its own work and nothing else`() async throws {
        try await self.withUsers {
            try await self.eventsGoThrough()
            try await self.publishersDoNothingElse()
            try await self.theConnectorDoesNothingElse()
        }
    }

    /// Publishers and a connector with the library's own declarations, none of which may configure anything.
    private func eventsGoThrough() async throws {
        for (user, source, type) in [
            (User.ca, EventSource.ca, EventType.caCreate), (.deviceManager, .deviceManager, .deviceGroupCreate),
            (.dmsManager, .dmsManager, .dmsBindDeviceID),
        ] {
            let publisher = LamassuEventPublisher(
                EventPublisherConfiguration(broker: try self.configuration(user), source: source), transport: .curl, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await publisher.run() }
                try await publisher.publishAndConfirm(publisher.event(type, subject: .ca("one"), payload: JSONValue.null))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        try await self.wait(for: 3, in: self.topology.queue)

        let recorder = Recorder()
        let handler = EventConsumerTests.Handler()
        var configuration = EventConsumerConfiguration(broker: try self.configuration(.cloudSync))
        configuration.senderPolicy = .only([
            .init(user: User.ca.rawValue, sources: [.ca]), .init(user: User.deviceManager.rawValue, sources: [.deviceManager]),
        ])
        let consumer = EventConsumer(configuration, transport: .curl, handler: handler, observer: recorder, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            await recorder.wait(for: 2, \.isDone)
            await recorder.wait(for: 1, \.isDeadLettered)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(Set(handler.events.map(\.type)) == [.caCreate, .deviceGroupCreate])
        try await self.wait(for: 0, in: self.topology.queue)
        try await self.wait(for: 1, in: self.topology.deadLetterQueue)
    }

    private func publishersDoNothingElse() async throws {
        let publishers: [User] = [.ca, .deviceManager, .dmsManager]
        let own: [User: [EventType]] = [
            .ca: EventType.catalogue.filter { type in ["ca.", "certificate.", "profile.", "kms."].contains { type.rawValue.hasPrefix($0) }
            },
            .deviceManager: EventType.catalogue.filter { $0.rawValue.hasPrefix("device.") || $0.rawValue.hasPrefix("device-group.") },
            .dmsManager: EventType.catalogue.filter { $0.rawValue.hasPrefix("dms.") },
        ]
        for user in publishers {
            let types = try #require(own[user])
            #expect(try await self.publish(try #require(types.last), as: user) == nil)
            // Whatever belongs to another, the keys of no event, and those that only begin or end like one of its own.
            let others = publishers.filter { $0 != user }.compactMap { own[$0]?.first }
            for type in others + [EventType(rawValue: "va.role.update"), EventType(rawValue: ""), EventType(rawValue: "x.\(types[0])")] {
                #expect(try await self.publish(type, as: user) == .accessRefused, "\(user) \(type)")
            }
            #expect(try await self.publish(types[0], as: user, naming: user == .ca ? .dmsManager : .ca) == .preconditionFailed)
            for queue in [self.topology.queue, self.topology.deadLetterQueue] {
                #expect(
                    try await self.code(user) { try await $0.publisher().publish([], to: .queue(queue), mandatory: true) } == .accessRefused
                )
                #expect(try await self.code(user) { _ = try await $0.get(from: queue) } == .accessRefused)
                #expect(try await self.code(user) { try await $0.withDeliveries(from: queue, prefetch: 1) { _ in } } == .accessRefused)
                #expect(try await self.code(user) { _ = try await $0.purgeQueue(queue) } == .accessRefused)
            }
            try await self.cannotConfigure(user)
        }
        try await self.wait(for: 3, in: self.topology.queue)
    }

    private func theConnectorDoesNothingElse() async throws {
        #expect(try await self.publish(.caCreate, as: .cloudSync) == .accessRefused)
        #expect(try await self.code(.cloudSync) { _ = try await $0.get(from: self.topology.deadLetterQueue) } == .accessRefused)
        #expect(try await self.code(.cloudSync) { _ = try await $0.purgeQueue(self.topology.deadLetterQueue) } == .accessRefused)
        try await self.cannotConfigure(.cloudSync)
        try await self.wait(for: 1, in: self.topology.deadLetterQueue)
    }

    private func cannotConfigure(_ user: User) async throws {
        let exchange = try #require(self.topology.exchange)
        #expect(try await self.code(user) { _ = try await $0.declareQueue(exclusive: true) } == .accessRefused)
        #expect(try await self.code(user) { _ = try await $0.deleteQueue(self.topology.queue) } == .accessRefused)
        #expect(try await self.code(user) { try await $0.declareExchange("mine", type: .topic) } == .accessRefused)
        #expect(try await self.code(user) { try await $0.deleteExchange(exchange) } == .accessRefused)
        #expect(
            try await self.code(user) { try await $0.bindQueue(self.topology.deadLetterQueue, to: exchange, routingKey: "#") }
                == .accessRefused)
        #expect(
            try await self.code(user) { try await $0.unbindQueue(self.topology.queue, from: exchange, routingKey: "#") } == .accessRefused)
    }
}
