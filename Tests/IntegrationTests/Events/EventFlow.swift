// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import JSONCoding
import LamassuEvents
import Synchronization
import TestSupport

/// A publisher and a consumer of one user, and events between them that do not stop until the test has run.
struct EventFlow {
    /// What was stored, and what was handled.
    private final class Ledger: EventHandler {
        private let sent = Mutex<Set<String>>([])
        private let handled = Mutex<Set<String>>([])

        var sentIDs: Set<String> { self.sent.withLock { $0 } }
        var handledIDs: Set<String> { self.handled.withLock { $0 } }

        func stored(_ event: CloudEvent) { self.sent.withLock { _ = $0.insert(event.id.rawValue) } }

        func handle(_ event: ReceivedEvent) async -> EventOutcome {
            self.handled.withLock { _ = $0.insert(event.event.id.rawValue) }
            return .done
        }
    }

    let publisher: LamassuEventPublisher
    let consumer: EventConsumer
    private let ledger = Ledger()

    init(_ broker: AMQPConfiguration, _ topology: EventTopology, user: String) {
        let backoff = Backoff(initial: .milliseconds(50), maximum: .milliseconds(500))
        var publishing = EventPublisherConfiguration(broker: broker, source: .ca, topology: topology)
        publishing.userID = user
        publishing.reconnectBackoff = backoff
        publishing.drainTimeout = .seconds(60)
        var consuming = EventConsumerConfiguration(broker: broker, topology: topology)
        consuming.reconnectBackoff = backoff
        consuming.senderPolicy = .only([.init(user: user, sources: [.ca])])
        self.publisher = LamassuEventPublisher(publishing, transport: .curl, logger: .silent)
        self.consumer = EventConsumer(consuming, transport: .curl, handler: self.ledger, logger: .silent)
    }

    /// The ids of the events that were stored.
    var sentIDs: Set<String> { self.ledger.sentIDs }
    /// The ids of those that were handled.
    var handledIDs: Set<String> { self.ledger.handledIDs }

    /// Runs both sides, and stores an event of one of eight subjects every two milliseconds, while a closure runs; then waits until all of
    /// them were handled.
    func run(_ body: () async throws -> Void) async throws {
        try await Self.during(self.consumer.run) {
            try await Self.during(self.publisher.run) { try await Self.during(self.publish, body) }
            try await eventually("every event was handled") { self.handledIDs.isSuperset(of: self.sentIDs) }
        }
    }

    /// Runs a service while a closure runs, and then until it has come to its end.
    private static func during(_ service: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func publish() async throws {
        var number = 0
        while !Task.isCancelled {
            let event = try self.publisher.event(.caMetadataUpdate, subject: .ca("\(number % 8)"), payload: JSONValue.null)
            self.ledger.stored(event)
            try await self.publisher.publish(event)
            number += 1
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits until both sides have a connection and events come through.
    func waitUntilThrough() async throws {
        let confirmed = self.publisher.statistics.confirmed
        let handled = self.handledIDs.count
        try await eventually("events come through") {
            self.publisher.statistics.confirmed > confirmed && self.handledIDs.count > handled
                && self.publisher.statistics.isConnected && self.consumer.statistics.isConnected
        }
    }

    /// Waits until both sides say that they cannot connect, and events wait; returns what both say.
    func waitUntilHeldBack() async throws -> [LamassuEventsError] {
        let errors = { [self.publisher.statistics.lastError, self.consumer.statistics.lastError].compactMap(\.self) }
        try await eventually("both sides say that they cannot connect") {
            // Not that the connection before was closed.
            errors().count { !$0.message.contains("CONNECTION_FORCED") } == 2
        }
        let waiting = { self.publisher.statistics.stored - self.publisher.statistics.confirmed }
        let before = waiting()
        try await eventually("events wait") { waiting() > before + 10 }
        return errors()
    }
}
