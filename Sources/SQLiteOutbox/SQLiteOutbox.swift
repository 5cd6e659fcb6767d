// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
public import LamassuEvents
public import Logging

/// Keeps events in a SQLite database until the broker has confirmed them: they survive the end of the process and a power cut.
///
/// Several processes may share the file, and the file may be the host's own database, with whose transactions
/// ``enqueue(_:in:)`` stores events. Calls that come while the disk is busy share the next transaction and its sync.
public final class SQLiteOutbox: OutboxStore {
    let configuration: Configuration
    let room: OutboxRoom
    let worker: OutboxWorker
    private let logger: Logger

    private init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.room = OutboxRoom(configuration.limits)
        self.worker = OutboxWorker(OutboxSession(configuration, room: self.room, logger: logger))
    }

    deinit {
        self.worker.closeLater()
    }

    /// Opens an outbox, and makes it where it is not there.
    ///
    /// - Parameters:
    ///   - configuration: where it is, and how much it holds.
    ///   - logger: is told of a damaged file that was moved aside, and of what could not be tidied.
    /// - Returns: the outbox.
    /// - Throws: `storeInaccessible`, `storeFull`, `storeBusy`, `storeTooNew`, or `storeCorrupt`
    ///   where a damaged file is not moved aside.
    public static func open(_ configuration: Configuration, logger: Logger) async throws(LamassuEventsError) -> SQLiteOutbox {
        let outbox = SQLiteOutbox(configuration, logger: logger)
        // Reads the counts, by which the limits hold from the first operation on.
        _ = try await outbox.depth()
        return outbox
    }

    /// True.
    public var isDurable: Bool { true }

    /// That of the configuration.
    public var leaseDuration: Duration? { self.configuration.leaseDuration }

    /// Where damaged files were moved to since the outbox was opened, oldest first.
    public var damagedFiles: [String] { self.room.damagedFiles }

    // MARK: The service's side

    /// Makes room for the event of an operation; where it is written ahead, the intent is on the disk when this returns.
    public func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError) {
        guard isWriteAhead else { return try self.room.reserve(intent) }
        try await self.worker.perform(.durable) { transaction throws(SQLiteError) -> Result<Void, LamassuEventsError> in
            if let refusal = transaction.refusal { return .failure(refusal) }
            return .success(try transaction.insert(intent))
        }
    }

    /// Stores the event of an operation in place of its intent; it is on the disk when this returns.
    public func complete(_ intent: OutboxIntent, with submission: OutboxSubmission) async throws(LamassuEventsError) -> [EventSummary] {
        let stored = StoredSubmission(submission)
        let isReserved = self.room.holds(intent)
        let dropped = try await self.worker.perform(.durable) {
            transaction throws(SQLiteError) -> Result<[EventSummary], LamassuEventsError> in
            if isReserved { transaction.reserved -= 1 } else { try transaction.delete(intent) }
            return .success(try transaction.store(stored).dropped)
        }
        if isReserved { self.room.release(intent) }
        return dropped
    }

    /// Forgets an intent and its room.
    ///
    /// A power cut may bring a written intent back, which is then put to the host like one that a crash left open.
    public func abandon(_ intent: OutboxIntent) async throws(LamassuEventsError) {
        guard !self.room.release(intent) else { return }
        try await self.worker.perform(.relaxed) { transaction throws(SQLiteError) -> Result<Void, LamassuEventsError> in
            .success(try transaction.delete(intent))
        }
    }

    /// Stores an event; it is on the disk when this returns.
    public func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt {
        let stored = StoredSubmission(submission)
        return try await self.worker.perform(.durable) { transaction throws(SQLiteError) -> Result<OutboxReceipt, LamassuEventsError> in
            if let refusal = transaction.refusal { return .failure(refusal) }
            return .success(try transaction.store(stored))
        }
    }

    /// Takes over the intents of stores whose lease has run out.
    public func adoptIntents(limit: Int) async throws(LamassuEventsError) -> [OutboxIntent] {
        try await self.worker.perform(.relaxed) { transaction throws(SQLiteError) -> Result<[OutboxIntent], LamassuEventsError> in
            .success(try transaction.adoptIntents(limit: max(0, limit)))
        }
    }

    // MARK: The relay's side

    /// Leases subjects and gives out their oldest events; an event that cannot be read any more is parked.
    public func claim(limit: Int, perSubject: Int) async throws(LamassuEventsError) -> [OutboxEntry] {
        let stored = try await self.worker.perform(.relaxed) {
            transaction throws(SQLiteError) -> Result<[StoredEntry], LamassuEventsError> in
            .success(try transaction.claim(limit: max(0, limit), perSubject: max(0, perSubject)))
        }
        var entries: [OutboxEntry] = []
        var unreadable: [OutboxSettlement] = []
        for entry in stored {
            do throws(CloudEventError) {
                entries.append(try entry.entry())
            } catch {
                let error = LamassuEventsError(.undecodable, message: "the stored event cannot be read: \(error)")
                unreadable.append(.parked(UInt64(clamping: entry.number), error))
            }
        }
        if !unreadable.isEmpty { self.logDropped(try await self.settle(unreadable)) }
        return entries
    }

    /// Notes what became of events; a power cut may undo that, and the events are then sent again.
    public func settle(_ settlements: [OutboxSettlement]) async throws(LamassuEventsError) -> [EventSummary] {
        guard !settlements.isEmpty else { return [] }
        return try await self.worker.perform(.relaxed) { transaction throws(SQLiteError) -> Result<[EventSummary], LamassuEventsError> in
            var dropped: [EventSummary] = []
            for settlement in settlements { dropped += try transaction.settle(settlement) }
            return .success(dropped)
        }
    }

    /// When a subject may be given out that cannot be now: its rest ends, or the lease of a process that may be gone.
    public func nextDue() async throws(LamassuEventsError) -> ContinuousClock.Instant? {
        let delay = try await self.worker.perform(.none) { transaction throws(SQLiteError) -> Result<Int64?, LamassuEventsError> in
            .success(try transaction.nextDue())
        }
        return delay.map { .now + .milliseconds($0) }
    }

    /// Gives a sign of life, unless there was one in the last quarter of the lease's time; every call that stores or settles does so too.
    public func renewLeases() async throws(LamassuEventsError) {
        try await self.worker.perform(.relaxed) { _ throws(SQLiteError) -> Result<Void, LamassuEventsError> in .success(()) }
    }

    /// Gives back every subject that this store holds.
    public func release() async throws(LamassuEventsError) {
        try await self.worker.perform(.relaxed) { transaction throws(SQLiteError) -> Result<Void, LamassuEventsError> in
            .success(try transaction.releaseEverything())
        }
    }

    /// Gives back what this store holds and closes the file, which a later call opens again.
    ///
    /// - Returns: nothing: no event is lost.
    public func close() async -> [EventSummary] {
        await self.worker.close()
        return []
    }

    // MARK: Looking in

    /// How much the outbox holds, of all processes.
    public func depth() async throws(LamassuEventsError) -> OutboxDepth {
        try await self.worker.perform(.none) { transaction throws(SQLiteError) -> Result<OutboxDepth, LamassuEventsError> in
            .success(try transaction.depth())
        }
    }

    /// The parked events, oldest first.
    public func parkedEvents(limit: Int) async throws(LamassuEventsError) -> [ParkedEvent] {
        try await self.worker.perform(.none) { transaction throws(SQLiteError) -> Result<[ParkedEvent], LamassuEventsError> in
            .success(try transaction.parkedEvents(limit: max(0, limit)))
        }
    }

    /// Puts a parked event back in line, behind what its subject has waiting.
    public func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool {
        try await self.worker.perform(.durable) { transaction throws(SQLiteError) -> Result<Bool, LamassuEventsError> in
            .success(try transaction.retry(Int64(clamping: id.number)))
        }
    }

    /// Forgets a parked event.
    public func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> EventSummary? {
        try await self.worker.perform(.durable) { transaction throws(SQLiteError) -> Result<EventSummary?, LamassuEventsError> in
            .success(try transaction.discard(Int64(clamping: id.number)))
        }
    }

    private func logDropped(_ dropped: [EventSummary]) {
        for event in dropped {
            self.logger.error("As much is parked as may be: an event was dropped", metadata: ["event": "\(event)"])
        }
    }
}
