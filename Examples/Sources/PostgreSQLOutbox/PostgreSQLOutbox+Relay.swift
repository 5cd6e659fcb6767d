// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents
import Synchronization

// The relay's side.
extension PostgreSQLOutbox {
    /// Leases lanes, and gives out their oldest events; an event that cannot be read any more is parked.
    public func claim(limit: Int, perSubject: Int) async throws(LamassuEventsError) -> [OutboxEntry] {
        try await self.giveSignOfLife()
        let start = self.housekeeping.withLock { $0.lane }
        let rows = try await self.perform { database in
            var rows = try database.run(OutboxStatement.claim.sql, [self.holder, String(limit), String(perSubject), start])
            if rows.count < limit, !start.isEmpty {
                rows += try database.run(OutboxStatement.claim.sql, [self.holder, String(limit - rows.count), String(perSubject), ""])
            }
            return rows
        }
        self.housekeeping.withLock { $0.lane = rows.count < limit ? "" : rows.last?[1] ?? "" }
        var entries: [OutboxEntry] = []
        var unreadable: [OutboxSettlement] = []
        for row in rows {
            let number = row[0].flatMap { UInt64($0) } ?? 0
            do throws(CloudEventError) {
                var event = try CloudEvent(decoding: Array((row[4] ?? "").utf8), format: .json)
                event[.sequence] = row[3].map { .string($0) }
                entries.append(
                    OutboxEntry(number: number, lane: row[1] ?? "", event: event, attempts: row[2].flatMap { Int($0) } ?? 0))
            } catch {
                let error = LamassuEventsError(.undecodable, message: "the stored event cannot be read: \(error)")
                unreadable.append(.parked(number, error))
            }
        }
        if !unreadable.isEmpty { _ = try await self.settle(unreadable) }
        // RETURNING has no order.
        return entries.sorted { $0.number < $1.number }
    }

    /// Notes what became of events; parked ones are kept until somebody decides, so that none is dropped.
    public func settle(_ settlements: [OutboxSettlement]) async throws(LamassuEventsError) -> [EventSummary] {
        guard !settlements.isEmpty else { return [] }
        try await self.perform { database in
            // First, because a lane that is given back takes with it what was not confirmed.
            let confirmed = settlements.compactMap { if case .confirmed(let number) = $0 { String(number) } else { nil } }
            if !confirmed.isEmpty {
                try database.run(OutboxStatement.confirm.sql, [self.holder, "{\(confirmed.joined(separator: ","))}"])
            }
            for settlement in settlements {
                switch settlement {
                case .confirmed: break
                case .deferred(let number, let duration):
                    try database.run(OutboxStatement.defer.sql, [self.holder, String(number), Self.seconds(duration)])
                case .parked(let number, let error):
                    try database.run(
                        OutboxStatement.park.sql, [self.holder, String(number), error.code.description, error.message])
                }
            }
        }
        try await self.tidy()
        return []
    }

    /// When the first lane comes free that is not now.
    public func nextDue() async throws(LamassuEventsError) -> ContinuousClock.Instant? {
        let rows = try await self.perform { database in
            try database.run(OutboxStatement.nextDue.sql, [self.holder])
        }
        return rows.first?.first.flatMap { $0.flatMap { Double($0) } }.map { .now + .seconds($0) }
    }

    /// Gives a sign of life.
    public func renewLeases() async throws(LamassuEventsError) { try await self.giveSignOfLife() }

    /// Gives back every lane that this process has.
    public func release() async throws(LamassuEventsError) {
        try await self.perform { database in
            _ = try database.run(OutboxStatement.release.sql, [self.holder])
        }
    }
}
