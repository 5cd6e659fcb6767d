// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

// What can never be sent as it is.
extension OutboxTransaction {
    /// Parks what was submitted as such.
    ///
    /// - Returns: the parked events that were dropped to make room.
    mutating func park(_ submission: StoredSubmission, _ error: LamassuEventsError) throws(SQLiteError) -> [EventSummary] {
        try self.insertParked(
            lane: submission.lane, sequence: nil, attempts: 0, bytes: submission.bytes, storedAt: self.milliseconds, submission.summary,
            error, event: submission.event)
    }

    /// Parks an event that waits; the caller removes it.
    ///
    /// - Returns: the parked events that were dropped to make room.
    mutating func park(_ event: WaitingEvent, _ error: LamassuEventsError) throws(SQLiteError) -> [EventSummary] {
        try self.insertParked(
            lane: event.lane, sequence: event.sequence, attempts: event.attempts, bytes: event.bytes, storedAt: event.storedAt,
            event.summary, error, event: event.event)
    }

    private mutating func insertParked(
        lane: String, sequence: EventSequence?, attempts: Int64, bytes: Int64, storedAt: Int64, _ summary: EventSummary,
        _ error: LamassuEventsError, event: [UInt8]?
    ) throws(SQLiteError) -> [EventSummary] {
        let limit = Int64(clamping: self.limits.maximumParkedBytes)
        // Dropping others would make no room for it.
        guard bytes <= limit else { return [summary] }
        try self.connection.run(
            .insertParked, .integer(self.totals.nextNumber()), .text(lane), .integer(sequence?.start),
            .integer(sequence.map { Int64(clamping: $0.count) }), .integer(attempts), .integer(bytes), .integer(storedAt),
            .text(summary.id), .text(summary.source.rawValue), .text(summary.type.rawValue), .text(summary.subject),
            .text(error.code.description), .text(error.message), .bytes(event))
        self.totals.parked += 1
        var held = try self.connection.row(.parkedBytes) { $0.integer(0) } ?? 0
        var dropped: [EventSummary] = []
        while self.totals.parked > max(0, Int64(clamping: self.limits.maximumParked)) || held > limit,
            let oldest = try self.connection.row(
                .oldestParked, read: { (number: $0.integer(0), bytes: $0.integer(1), summary: Self.summary($0, from: 2)) })
        {
            try self.connection.run(.deleteParked, .integer(oldest.number))
            self.totals.parked -= 1
            held -= oldest.bytes
            dropped.append(oldest.summary)
        }
        return dropped
    }

    borrowing func parkedEvents(limit: Int) throws(SQLiteError) -> [ParkedEvent] {
        try self.connection.rows(.parkedEvents, .integer(limit)) { row in
            ParkedEvent(
                id: ParkedEvent.ID(number: UInt64(clamping: row.integer(0))), event: Self.summary(row, from: 1),
                error: LamassuEventsError(LamassuEventsError.Code(name: row.text(5)) ?? .parked, message: row.text(6)))
        }
    }

    /// Puts a parked event back in line.
    ///
    /// - Returns: whether it was parked and can be sent.
    mutating func retry(_ number: Int64) throws(SQLiteError) -> Bool {
        let parked = try self.connection.row(.parkedByNumber, .integer(number)) { row in
            (
                lane: row.text(0),
                sequence: row.optionalInteger(1).map { EventSequence(start: $0, count: UInt64(clamping: row.integer(2))) },
                attempts: row.integer(3), bytes: row.integer(4), storedAt: row.integer(5), summary: Self.summary(row, from: 6),
                event: row.optionalBytes(10)
            )
        }
        guard let parked, let event = parked.event else { return false }
        try self.connection.run(.deleteParked, .integer(number))
        self.totals.parked -= 1
        try self.append(
            event, lane: parked.lane, parked.summary, bytes: parked.bytes, storedAt: parked.storedAt, attempts: parked.attempts,
            sequence: parked.sequence)
        return true
    }

    /// Forgets a parked event.
    mutating func discard(_ number: Int64) throws(SQLiteError) -> EventSummary? {
        guard let summary = try self.connection.row(.parkedByNumber, .integer(number), read: { Self.summary($0, from: 6) }) else {
            return nil
        }
        try self.connection.run(.deleteParked, .integer(number))
        self.totals.parked -= 1
        return summary
    }

    /// Reads id, source, type and subject.
    private static func summary(_ row: borrowing SQLiteRow, from column: Int32) -> EventSummary {
        EventSummary(
            id: row.text(column), source: EventSource(rawValue: row.text(column + 1)), type: EventType(rawValue: row.text(column + 2)),
            subject: row.optionalText(column + 3))
    }
}
