// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import JSONCoding
internal import LamassuEvents

/// One transaction on the tables of an outbox; what it changes in memory holds only when it is committed.
struct OutboxTransaction: ~Copyable {
    let connection: SQLiteConnection
    let limits: OutboxLimits
    /// Of how many subjects the count is remembered that have nothing waiting.
    let maximumIdleSubjects: Int64
    /// Whether what the broker has is kept.
    let retainsSent: Bool
    /// The time since boot, in milliseconds: that of leases and rests.
    let now: Int64
    /// The time of day: that of events.
    let time: Timestamp
    /// As whom the store leases; 0 in a transaction of the host, which leases nothing.
    var owner: Int64 = 0
    var totals: OutboxTotals
    var claims = ClaimLedger()
    /// How many operations of this process have room that is written down nowhere.
    var reserved: Int64 = 0
    /// Whether a delivery was removed, which the counts do not tell.
    var hasRemovedDelivery = false

    private let loaded: OutboxTotals

    /// - Parameters:
    ///   - connection: stands in a transaction.
    ///   - configuration: that of the store.
    ///   - now: the time since boot, in milliseconds.
    init(on connection: SQLiteConnection, _ configuration: SQLiteOutbox.Configuration, at now: Int64) throws(SQLiteError) {
        self.connection = connection
        self.limits = configuration.limits
        self.maximumIdleSubjects = Int64(clamping: configuration.maximumIdleSubjects)
        self.retainsSent = configuration.sentRetention != nil
        self.now = now
        self.time = .now
        self.loaded = try OutboxTotals.load(from: connection)
        self.totals = self.loaded
    }

    /// The time of day in milliseconds since 1970.
    var milliseconds: Int64 { self.time.secondsSinceEpoch * 1_000 + Int64(self.time.nanoseconds / 1_000_000) }

    /// Whether something was removed, which leaves unused pages.
    var hasRemoved: Bool {
        self.hasRemovedDelivery || self.totals.events < self.loaded.events || self.totals.parked < self.loaded.parked
    }

    /// Writes the counts; the last thing before the commit.
    borrowing func finish() throws(SQLiteError) {
        if self.totals != self.loaded { try self.totals.save(to: self.connection) }
    }
}

// MARK: Storing

extension OutboxTransaction {
    /// Whether another event or operation finds no room.
    var isFull: Bool {
        self.totals.events + self.totals.intents + self.reserved >= Int64(clamping: self.limits.maximumEvents)
            || self.totals.bytes >= Int64(clamping: self.limits.maximumBytes)
    }

    /// Why an operation must not run, or an event is not taken.
    var refusal: LamassuEventsError? {
        guard self.limits.policy.kind == .refuse, self.isFull else { return nil }
        return .outboxFull(events: self.totals.events, bytes: self.totals.bytes)
    }

    /// Stores an event, unless it is known.
    ///
    /// - Returns: where it is now, and the events that were dropped to make room, oldest first.
    mutating func store(_ submission: StoredSubmission) throws(SQLiteError) -> OutboxReceipt {
        let summary = submission.summary
        switch try self.connection.row(.knownEvent, .text(summary.id), .text(summary.source.rawValue), read: { $0.integer(0) }) {
        case 1: return OutboxReceipt(.waiting)
        case 2: return OutboxReceipt(.parked)
        case 3: return OutboxReceipt(.sent)
        default: break
        }
        guard let event = submission.event, submission.error == nil else {
            let nothing = LamassuEventsError(.encodingFailed, message: "there is neither an event nor a reason")
            return OutboxReceipt(.parked, dropped: try self.park(submission, submission.error ?? nothing))
        }
        try self.append(event, lane: submission.lane, summary, bytes: submission.bytes, storedAt: self.milliseconds)
        return OutboxReceipt(.waiting, dropped: try self.makeRoom())
    }

    /// Puts an event at the end of its subject's line.
    mutating func append(
        _ event: [UInt8], lane: String, _ summary: EventSummary, bytes: Int64, storedAt: Int64, attempts: Int64 = 0,
        sequence: EventSequence? = nil
    ) throws(SQLiteError) {
        let number = self.totals.nextNumber()
        let (subject, place) = try self.extendLine(of: lane, by: number, at: sequence)
        try self.connection.run(
            .insertEvent, .integer(number), .integer(subject), .integer(place.start), .integer(place.count), .integer(attempts),
            .integer(bytes), .integer(storedAt), .text(summary.id), .text(summary.source.rawValue), .bytes(event))
        self.totals.events += 1
        self.totals.bytes += bytes
    }

    /// Counts an event of a subject, of which there may be none yet.
    ///
    /// - Parameters:
    ///   - lane: the subject.
    ///   - number: the event.
    ///   - sequence: the place that the event has already; nil gives it the next one.
    /// - Returns: the subject and the event's place.
    private mutating func extendLine(
        of lane: String, by number: Int64, at sequence: EventSequence?
    ) throws(SQLiteError) -> (subject: Int64, EventSequence) {
        let known = try self.connection.row(.subjectByLane, .text(lane)) { row in
            (id: row.integer(0), last: EventSequence(start: row.integer(1), count: UInt64(clamping: row.integer(2))))
        }
        if let known {
            let next = known.last.next
            let count = sequence == nil ? next.count : known.last.count
            try self.connection.run(.extendSubject, .integer(known.id), .integer(count), .integer(number), .integer(self.now))
            return (known.id, sequence ?? next)
        }
        let first = EventSequence.first(at: self.time, after: self.totals.latestStart)
        let count = sequence == nil ? first.count : 0
        self.totals.latestStart = first.start
        self.totals.subjects += 1
        try self.connection.run(
            .insertSubject, .text(lane), .integer(first.start), .integer(count), .integer(self.now), .integer(number))
        return (self.connection.lastInsertedRow, sequence ?? first)
    }

    /// Drops the oldest events that are not given out, while there are more than may be and the policy is to drop.
    private mutating func makeRoom() throws(SQLiteError) -> [EventSummary] {
        guard self.limits.policy.kind == .dropOldest else { return [] }
        var dropped: [EventSummary] = []
        while self.totals.events + self.totals.intents + self.reserved > Int64(clamping: self.limits.maximumEvents)
            || self.totals.bytes > Int64(clamping: self.limits.maximumBytes),
            let number = try self.connection.row(.oldestFree, read: { $0.integer(0) }),
            let event = try self.waitingEvent(number)
        {
            try self.remove(number, of: event.subject, bytes: event.bytes)
            dropped.append(event.summary)
        }
        return dropped
    }

    /// An event that waits, whole.
    struct WaitingEvent {
        var number: Int64
        var subject: Int64
        var lane: String
        var sequence: EventSequence
        var attempts: Int64
        var bytes: Int64
        var storedAt: Int64
        var id: String
        var source: String
        var event: [UInt8]

        /// Which event it is; where it cannot be read any more, what its columns tell.
        var summary: EventSummary {
            (try? CloudEvent.stored(self.event)).map { EventSummary($0) }
                ?? EventSummary(
                    id: self.id, source: EventSource(rawValue: self.source), type: EventType(rawValue: ""), subject: self.lane)
        }
    }

    borrowing func waitingEvent(_ number: Int64) throws(SQLiteError) -> WaitingEvent? {
        try self.connection.row(.eventByNumber, .integer(number)) { row in
            WaitingEvent(
                number: number, subject: row.integer(0), lane: row.text(9),
                sequence: EventSequence(start: row.integer(1), count: UInt64(clamping: row.integer(2))), attempts: row.integer(3),
                bytes: row.integer(4), storedAt: row.integer(5), id: row.text(6), source: row.text(7), event: row.bytes(8))
        }
    }

    /// Takes an event out of its line.
    mutating func remove(_ number: Int64, of subject: Int64, bytes: Int64) throws(SQLiteError) {
        guard try self.connection.run(.deleteEvent, .integer(number)) == 1 else { return }
        try self.connection.run(.shortenSubject, .integer(subject))
        self.totals.events -= 1
        self.totals.bytes -= bytes
    }

    /// Forgets the subjects that had no event for the longest time, where more are known than need be.
    mutating func forgetIdleSubjects() throws(SQLiteError) {
        // Of those that have events waiting none is idle.
        guard self.totals.subjects - self.totals.events > self.maximumIdleSubjects else { return }
        for subject in try self.connection.rows(.idleSubjects, .integer(64), read: { $0.integer(0) }) {
            try self.connection.run(.deleteSubject, .integer(subject))
            self.totals.subjects -= 1
        }
    }
}

// MARK: Intents

extension OutboxTransaction {
    /// Writes an intent down, unless it is.
    mutating func insert(_ intent: OutboxIntent) throws(SQLiteError) {
        self.totals.intents += Int64(
            try self.connection.run(
                .insertIntent, .text(intent.id), .text(intent.source.rawValue), .integer(self.totals.nextNumber()), .integer(self.owner),
                .text(intent.type.rawValue), .text(intent.subject?.description), .text(intent.time.description), .bytes(intent.previous),
                .bytes(try? JSONWriter.encode(intent.context))))
    }

    /// Strikes an intent out, where it is written down.
    mutating func delete(_ intent: OutboxIntent) throws(SQLiteError) {
        self.totals.intents -= Int64(try self.connection.run(.deleteIntent, .text(intent.id), .text(intent.source.rawValue)))
    }

    /// Takes over intents of stores that are gone.
    mutating func adoptIntents(limit: Int) throws(SQLiteError) -> [OutboxIntent] {
        try self.freeWhatIsOrphaned()
        let intents = try self.connection.rows(.orphanedIntents, .integer(limit)) { row in
            OutboxIntent(
                id: row.text(0), source: EventSource(rawValue: row.text(1)), type: EventType(rawValue: row.text(2)),
                subject: row.optionalText(3).flatMap { EventSubject(parsing: $0) }, previous: row.optionalBytes(5),
                // That of an operation of an earlier release is not known.
                context: row.optionalBytes(6).flatMap { try? JSONReader.decode(EventContext.self, from: $0) } ?? EventContext(),
                time: (try? Timestamp(row.text(4))) ?? .now)
        }
        for intent in intents {
            try self.connection.run(.adoptIntent, .text(intent.id), .text(intent.source.rawValue), .integer(self.owner))
        }
        return intents
    }
}

extension LamassuEventsError {
    /// The outbox has no room for another event.
    static func outboxFull(events: Int64, bytes: Int64) -> LamassuEventsError {
        LamassuEventsError(
            .outboxFull,
            message: "\(events) events of \(bytes) bytes wait for the broker, and operations for theirs: is it away? Or raise the limits")
    }
}
