// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import CloudEvents
import CurlTransport
import Foundation
import LamassuEvents
import Logging
import SQLiteOutbox

/// A process of its own on an outbox, for tests; it says in lines what it was told, at once, so that a kill loses none of them.
///
///     OutboxProcess store PATH PREFIX COUNT [KILLED-AT]    stores events, some of operations; is killed at that operation of the disk
///     OutboxProcess relay PATH                             confirms events, until its input ends and the outbox is empty
///     OutboxProcess park PATH PREFIX COUNT [KILLED-AT]     parks events, tries some again and removes some
///     OutboxProcess hold PATH NAME                         takes what is parked for a subscription, and keeps it until its input ends
///     OutboxProcess subscribe PATH NAME URI EXCHANGE       subscribes over a broker and tries every event again, until its input ends
@main
struct OutboxProcess {
    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let command = arguments.popFirst(), let path = arguments.popFirst() else { return Self.say("usage") }
        var configuration = SQLiteOutbox.Configuration(path: path)
        configuration.leaseDuration = .milliseconds(500)
        configuration.checkpointPages = 50
        switch command {
        case "store", "park":
            let prefix = arguments.popFirst() ?? ""
            let count = arguments.popFirst().flatMap { Int($0) } ?? 0
            if let operation = arguments.popFirst().flatMap({ UInt64($0) }) {
                guard let disk = unsafe cfaultvfs_create("killing") else { return }
                unsafe cfaultvfs_arm(disk, CFAULTVFS_KILL, operation, 1)
                configuration.vfs = "killing"
            }
            let outbox = try await SQLiteOutbox.open(configuration, logger: .silent)
            if command == "store" {
                try await Self.store(prefix, count: count, in: outbox)
            } else {
                try await Self.park(prefix, count: count, in: outbox)
            }
        case "relay":
            try await Self.relay(from: SQLiteOutbox.open(configuration, logger: .silent))
        case "hold":
            try await Self.hold(SQLiteOutbox.open(configuration, logger: .silent).parkedStore(for: arguments.popFirst() ?? ""))
        case "subscribe":
            guard let name = arguments.popFirst(), let uri = arguments.popFirst(), let exchange = arguments.popFirst() else {
                return Self.say("usage")
            }
            let store = try await SQLiteOutbox.open(configuration, logger: .silent).parkedStore(for: name)
            try await Self.subscribe(name, at: uri, exchange: exchange, store)
        default: Self.say("usage")
        }
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    private static func store(_ prefix: String, count: Int, in outbox: SQLiteOutbox) async throws {
        for index in 0..<count {
            let id = "\(prefix)-\(index)"
            let event = try Self.event(id, of: "ca/\(prefix)\(index % 3)")
            if index.isMultiple(of: 2) {
                _ = try await outbox.enqueue(OutboxSubmission(event))
            } else {
                let intent = OutboxIntent(id: id, source: .ca, type: .caCreate, subject: .ca("\(prefix)\(index % 3)"))
                try await outbox.prepare(intent, isWriteAhead: true)
                Self.say("prepared \(id)")
                _ = try await outbox.complete(intent, with: OutboxSubmission(event))
            }
            Self.say("stored \(id)")
        }
        _ = await outbox.close()
        Self.say("done")
    }

    private static func event(_ id: String, of subject: String) throws -> CloudEvent {
        try CloudEvent(
            id: CloudEvent.ID(rawValue: id), source: EventSource.ca.rawValue, type: EventType.caCreate.rawValue, subject: subject,
            dataContentType: .json, data: .json(Array("{}".utf8)[...]))
    }

    private static func delivery(_ id: String, in lane: String) throws -> ParkedDelivery {
        ParkedDelivery(
            id: ParkedDelivery.ID(rawValue: id), lane: lane, event: try Self.event(id, of: lane), userID: nil, routingKey: "ca.create",
            parkedAt: .now, firstAttemptAt: nil, attempts: 1, interruptions: 0, reason: "for a test", nextAttempt: .now)
    }

    private static func park(_ prefix: String, count: Int, in outbox: SQLiteOutbox) async throws {
        let store = outbox.parkedStore(for: prefix)
        _ = try await store.lanes()
        for index in 0..<count {
            var delivery = try Self.delivery("\(prefix)-\(index)", in: "ca/\(index % 3)")
            try await store.park(delivery)
            Self.say("parked \(delivery.id)")
            delivery.attempts = 2
            if !index.isMultiple(of: 3) {
                try await store.update(delivery)
                Self.say("updated \(delivery.id)")
            }
            if index % 4 == 3 {
                try await store.remove(delivery.id)
                Self.say("removed \(delivery.id)")
            }
        }
        _ = await outbox.close()
        Self.say("done")
    }

    private static func hold(_ store: SQLiteParkedStore) async throws {
        _ = try await store.lanes()
        try await store.park(Self.delivery("held", in: "ca/1"))
        Self.say("holding")
        while !Self.inputHasEnded { try await Task.sleep(for: .milliseconds(5)) }
        await store.release()
    }

    /// A handler that has no success.
    private struct Unable: EventHandler {
        func handle(_ event: ReceivedEvent) async -> EventOutcome { .retry(reason: "not in this process", after: .milliseconds(20)) }
    }

    private static func subscribe(_ name: String, at uri: String, exchange: String, _ store: SQLiteParkedStore) async throws {
        var configuration = AMQPEventBusConfiguration(broker: try AMQPConfiguration(uri: uri))
        configuration.exchange = exchange
        let bus = AMQPEventBus(configuration, transport: .curl, logger: .silent)
        var handling = HandlingConfiguration()
        handling.parkingDelay = .zero
        try bus.subscribe(Subscription(name, handling: handling), handler: Unable(), parkedStore: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            while bus.statistics(of: name)?.isConnected != true { try await Task.sleep(for: .milliseconds(5)) }
            Self.say("ready")
            while !Self.inputHasEnded { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func relay(from outbox: SQLiteOutbox) async throws {
        Self.say("ready")
        while true {
            let isLast = Self.inputHasEnded
            let entries = try await outbox.claim(limit: 5, perSubject: 2)
            for entry in entries { Self.say("sent \(entry.event.id) \(entry.lane) \(entry.event[.sequence]?.text ?? "")") }
            _ = try await outbox.settle(entries.map { .confirmed($0.number) })
            if isLast, try await outbox.depth().events == 0 { break }
            if entries.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
        _ = await outbox.close()
        Self.say("done")
    }

    /// Whether nobody can write to standard input any more.
    private static var inputHasEnded: Bool {
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&input, 1, 0) > 0
    }
}

extension Logger {
    /// Says nothing.
    fileprivate static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}
