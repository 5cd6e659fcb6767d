// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

// The side of the relay: giving subjects out and taking them back.
extension OutboxTransaction {
    /// Gives free what stores hold whose lease has run out, and forgets them.
    mutating func freeWhatIsOrphaned() throws(SQLiteError) {
        let expired = try self.connection.rows(.expiredOwners, .integer(self.owner), .integer(self.now)) { $0.integer(0) }
        for owner in expired {
            try self.connection.run(.freeSubjectsOfOwner, .integer(owner), .integer(self.now))
            try self.connection.run(.deleteOwner, .integer(owner))
        }
    }

    /// Leases subjects and gives out their oldest events.
    mutating func claim(limit: Int, perSubject: Int) throws(SQLiteError) -> [StoredEntry] {
        try self.freeWhatIsOrphaned()
        var entries: [StoredEntry] = []
        let subjects = try self.connection.rows(.readySubjects, .integer(self.now), .integer(limit)) {
            (id: $0.integer(0), lane: $0.text(1))
        }
        // Those of one subject go out one after the other, those of several side by side: where many are ready, each gives less.
        let share = min(perSubject, max(2, limit / max(1, subjects.count)))
        for subject in subjects where entries.count < limit {
            let line = try self.connection.rows(
                .eventsOfSubject, .integer(subject.id), .integer(min(share, limit - entries.count))
            ) { row in
                StoredEntry(
                    number: row.integer(0), lane: subject.lane,
                    sequence: EventSequence(start: row.integer(1), count: UInt64(clamping: row.integer(2))), attempts: row.integer(3),
                    bytes: row.integer(4), event: row.bytes(5))
            }
            guard let last = line.last else { continue }
            try self.connection.run(.leaseSubject, .integer(subject.id), .integer(self.owner), .integer(last.number))
            for entry in line { self.claims.gave(entry.number, of: subject.id, bytes: entry.bytes) }
            entries += line
        }
        return entries
    }

    /// Notes what became of an event, unless it is not held any more.
    ///
    /// - Returns: the parked events that were dropped to make room for it.
    mutating func settle(_ settlement: OutboxSettlement) throws(SQLiteError) -> [EventSummary] {
        guard let number = Int64(exactly: settlement.number), let (subject, bytes) = self.claims.place(of: number) else { return [] }
        if case .confirmed = settlement, try self.forget(number, of: subject, bytes: bytes) { return [] }
        guard try self.connection.row(.heldSubject, .integer(subject), .integer(self.owner), read: { _ in true }) != nil else {
            self.claims.gaveBack(subject)
            return []
        }
        if case .deferred(_, let rest) = settlement {
            try self.connection.run(.deferEvent, .integer(number))
            try self.giveBack(subject, resting: rest)
            return []
        }
        var dropped: [EventSummary] = []
        if case .parked(_, let error) = settlement, let event = try self.waitingEvent(number) { dropped = try self.park(event, error) }
        try self.remove(number, of: subject, bytes: bytes)
        if self.claims.settled(number) { try self.giveBack(subject, resting: .zero) }
        return dropped
    }

    /// Takes a confirmed event out of its line, and gives its subject back where it was the last that was given out.
    ///
    /// - Returns: whether the event was there and its subject held; otherwise nothing has changed.
    private mutating func forget(_ number: Int64, of subject: Int64, bytes: Int64) throws(SQLiteError) -> Bool {
        if self.retainsSent {
            try self.connection.run(.insertSent, .integer(number), .integer(self.milliseconds), .integer(subject), .integer(self.owner))
        }
        let count = try self.connection.run(.deleteHeldEvent, .integer(number), .integer(subject), .integer(self.owner))
        guard count == 1 else { return false }
        self.totals.events -= 1
        self.totals.bytes -= bytes
        if self.claims.settled(number) {
            try self.connection.run(.shortenAndFreeSubject, .integer(subject), .integer(self.now))
        } else {
            try self.connection.run(.shortenSubject, .integer(subject))
        }
        return true
    }

    /// Gives a subject back whole.
    private mutating func giveBack(_ subject: Int64, resting rest: Duration) throws(SQLiteError) {
        let (sum, overflow) = self.now.addingReportingOverflow(max(0, rest.milliseconds))
        let readyAt = overflow ? Int64.max : sum
        try self.connection.run(.restSubject, .integer(subject), .integer(self.owner), .integer(readyAt))
        self.claims.gaveBack(subject)
    }

    /// Gives every subject back.
    mutating func releaseEverything() throws(SQLiteError) {
        try self.connection.run(.freeSubjectsOfOwner, .integer(self.owner), .integer(self.now))
        self.claims.gaveBackEverything()
    }

    borrowing func depth() throws(SQLiteError) -> OutboxDepth {
        var depth = OutboxDepth()
        depth.events = Int(self.totals.events)
        depth.bytes = Int(self.totals.bytes)
        depth.parked = Int(self.totals.parked)
        depth.intents = Int(self.totals.intents + self.reserved)
        if let oldest = try self.connection.row(.oldestEvent, read: { $0.integer(0) }) {
            depth.oldest = try? Timestamp(secondsSinceEpoch: oldest / 1_000, nanoseconds: Int(oldest % 1_000) * 1_000_000)
        }
        return depth
    }

    /// In how many milliseconds a subject can be given out that cannot be now.
    borrowing func nextDue() throws(SQLiteError) -> Int64? {
        let ready = try self.connection.row(.nextReady, .integer(self.now)) { $0.optionalInteger(0) }
        let expiry = try self.connection.row(.nextExpiry, .integer(self.owner)) { $0.optionalInteger(0) }
        let due = [ready, expiry].compactMap { $0 ?? nil }.min()
        return due.map { max(0, $0 - self.now) }
    }
}

extension Duration {
    /// In whole milliseconds, rounded up, as far as they can be counted.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isTooMuch) = whole.addingReportingOverflow((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        return isTooMuch ? .max : sum
    }
}
