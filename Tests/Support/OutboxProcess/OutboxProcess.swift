// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import CloudEvents
import Foundation
import LamassuEvents
import Logging
import SQLiteOutbox

/// A process of its own on an outbox, for tests; it says in lines what it was told, at once, so that a kill loses none of them.
///
///     OutboxProcess store PATH PREFIX COUNT [KILLED-AT]    stores events, some of operations; is killed at that operation of the disk
///     OutboxProcess relay PATH                             confirms events, until its input ends and the outbox is empty
@main
struct OutboxProcess {
    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        guard let command = arguments.popFirst(), let path = arguments.popFirst() else { return Self.say("usage") }
        var configuration = SQLiteOutbox.Configuration(path: path)
        configuration.leaseDuration = .milliseconds(500)
        configuration.checkpointPages = 50
        switch command {
        case "store":
            let prefix = arguments.popFirst() ?? ""
            let count = arguments.popFirst().flatMap { Int($0) } ?? 0
            if let operation = arguments.popFirst().flatMap({ UInt64($0) }) {
                guard let disk = unsafe cfaultvfs_create("killing") else { return }
                unsafe cfaultvfs_arm(disk, CFAULTVFS_KILL, operation, 1)
                configuration.vfs = "killing"
            }
            try await Self.store(prefix, count: count, in: SQLiteOutbox.open(configuration, logger: .silent))
        case "relay":
            try await Self.relay(from: SQLiteOutbox.open(configuration, logger: .silent))
        default: Self.say("usage")
        }
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    private static func store(_ prefix: String, count: Int, in outbox: SQLiteOutbox) async throws {
        for index in 0..<count {
            let id = "\(prefix)-\(index)"
            let event = try CloudEvent(
                id: CloudEvent.ID(rawValue: id), source: EventSource.ca.rawValue, type: EventType.caCreate.rawValue,
                subject: "ca/\(prefix)\(index % 3)", dataContentType: .json, data: .json(Array("{}".utf8)[...]))
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
