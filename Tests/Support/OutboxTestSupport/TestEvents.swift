// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import CloudEvents
package import LamassuEvents
package import Logging

extension Logger {
    /// Says nothing.
    package static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}

extension CloudEvent {
    /// An event of a subject, whose payload begins with its id.
    package static func test(_ id: String, of subject: String? = "ca/1", bytes: Int = 0) throws -> CloudEvent {
        let padding = String(repeating: "x", count: bytes)
        return try CloudEvent(
            id: ID(rawValue: id), source: EventSource.ca.rawValue, type: EventType.caCreate.rawValue, subject: subject,
            dataContentType: .json, data: .json(Array("\"\(id)\(padding)\"".utf8)[...]))
    }
}

extension OutboxSubmission {
    /// A test event, to be sent.
    package static func test(_ id: String, of subject: String? = "ca/1", bytes: Int = 0) throws -> OutboxSubmission {
        try OutboxSubmission(CloudEvent.test(id, of: subject, bytes: bytes))
    }

    /// A test event, parked at once.
    package static func parked(_ id: String, of subject: String? = "ca/1", bytes: Int = 0) throws -> OutboxSubmission {
        let event = try CloudEvent.test(id, of: subject, bytes: bytes)
        return OutboxSubmission(EventSummary(event), event: event, error: LamassuEventsError(.eventTooLarge, message: "for a test"))
    }
}

extension OutboxIntent {
    /// The intent of a test event.
    package static func test(_ id: String, of subject: EventSubject? = .ca("1"), previous: [UInt8]? = nil) -> OutboxIntent {
        OutboxIntent(id: id, source: .ca, type: .caCreate, subject: subject, previous: previous)
    }
}

extension ParkedDelivery {
    /// A test event as a subscriber parks it after its first attempt.
    package static func test(_ id: String, of lane: String = "ca/1", bytes: Int = 0, nextAttempt: Timestamp = .now) throws -> ParkedDelivery
    {
        ParkedDelivery(
            id: ID(rawValue: id), lane: lane, event: try .test(id, of: lane, bytes: bytes), userID: nil, routingKey: "ca.create",
            parkedAt: .now, firstAttemptAt: nil, attempts: 1, interruptions: 0, reason: "for a test", nextAttempt: nextAttempt)
    }
}

extension OutboxStore {
    /// Claims and confirms until nothing comes, and says what came.
    package func drain(limit: Int = 100, perSubject: Int = 10) async throws -> [CloudEvent] {
        var events: [CloudEvent] = []
        while case let entries = try await self.claim(limit: limit, perSubject: perSubject), !entries.isEmpty {
            events += entries.map(\.event)
            _ = try await self.settle(entries.map { .confirmed($0.number) })
        }
        return events
    }

    /// The ids of what ``drain(limit:perSubject:)`` finds.
    package func drainIDs() async throws -> [String] { try await self.drain().map(\.id.rawValue) }
}
