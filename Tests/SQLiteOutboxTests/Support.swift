// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import Foundation
import LamassuEvents
import Logging
import SQLiteOutbox

/// A folder for a database, gone with the object.
final class DatabaseFolder: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "lamassu-outbox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: self.url) }

    /// The path of a file in the folder.
    func path(_ name: String = "outbox.db") -> String { self.url.appending(path: name).path }

    /// A configuration of an outbox in the folder.
    func configuration(_ change: (inout SQLiteOutbox.Configuration) -> Void = { _ in }) -> SQLiteOutbox.Configuration {
        var configuration = SQLiteOutbox.Configuration(path: self.path())
        change(&configuration)
        return configuration
    }

    /// An outbox in the folder.
    func open(_ change: (inout SQLiteOutbox.Configuration) -> Void = { _ in }) async throws -> SQLiteOutbox {
        try await SQLiteOutbox.open(self.configuration(change), logger: .silent)
    }

    /// The names of the files.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: self.url.path).sorted() } }
}

extension Logger {
    /// Says nothing.
    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}

extension CloudEvent {
    /// An event of a subject, whose payload is its id.
    static func test(_ id: String, of subject: String? = "ca/1", bytes: Int = 0) throws -> CloudEvent {
        let padding = String(repeating: "x", count: bytes)
        return try CloudEvent(
            id: ID(rawValue: id), source: EventSource.ca.rawValue, type: EventType.caCreate.rawValue, subject: subject,
            dataContentType: .json, data: .json(Array("\"\(id)\(padding)\"".utf8)[...]))
    }
}

extension OutboxIntent {
    /// An intent of an event.
    static func test(_ id: String, of subject: EventSubject? = .ca("1"), previous: [UInt8]? = nil) -> OutboxIntent {
        OutboxIntent(id: id, source: .ca, type: .caCreate, subject: subject, previous: previous)
    }
}

extension OutboxStore {
    /// Claims, confirms, and says what came, until nothing comes.
    func drain(limit: Int = 100, perSubject: Int = 10) async throws -> [CloudEvent] {
        var events: [CloudEvent] = []
        while case let entries = try await self.claim(limit: limit, perSubject: perSubject), !entries.isEmpty {
            events += entries.map(\.event)
            _ = try await self.settle(entries.map { .confirmed($0.number) })
        }
        return events
    }
}
