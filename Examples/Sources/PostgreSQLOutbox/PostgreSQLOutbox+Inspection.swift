// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

// Looking in.
extension PostgreSQLOutbox {
    /// How much there is, of all processes.
    public func depth() async throws(LamassuEventsError) -> OutboxDepth {
        let rows = try await self.perform { database in try database.run(OutboxStatement.depth.sql) }
        var depth = OutboxDepth()
        guard let row = rows.first else { return depth }
        depth.events = row[0].flatMap { Int($0) } ?? 0
        depth.bytes = row[1].flatMap { Int($0) } ?? 0
        depth.oldest = row[2].flatMap { try? Timestamp($0) }
        depth.parked = row[3].flatMap { Int($0) } ?? 0
        depth.intents = row[4].flatMap { Int($0) } ?? 0
        return depth
    }

    /// The parked events, oldest first.
    public func parkedEvents(limit: Int) async throws(LamassuEventsError) -> [ParkedEvent] {
        let rows = try await self.perform { database in
            try database.run(OutboxStatement.parked.sql, [String(limit)])
        }
        return rows.map { row in
            ParkedEvent(
                id: ParkedEvent.ID(number: row[0].flatMap { UInt64($0) } ?? 0), event: Self.summary(row[1...]),
                error: LamassuEventsError(row[5].flatMap { LamassuEventsError.Code(name: $0) } ?? .parked, message: row[6] ?? ""))
        }
    }

    /// Puts a parked event back in line.
    public func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool {
        let rows = try await self.perform { database in
            try database.run(OutboxStatement.retry.sql, [String(id.number)])
        }
        return !rows.isEmpty
    }

    /// Forgets a parked event.
    public func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> EventSummary? {
        let rows = try await self.perform { database in
            try database.run(OutboxStatement.discard.sql, [String(id.number)])
        }
        return rows.first.map { Self.summary($0[...]) }
    }

    private static func summary(_ row: ArraySlice<String?>) -> EventSummary {
        let row = Array(row)
        return EventSummary(
            id: row[1] ?? "", source: EventSource(rawValue: row[0] ?? ""), type: EventType(rawValue: row[2] ?? ""), subject: row[3])
    }
}
