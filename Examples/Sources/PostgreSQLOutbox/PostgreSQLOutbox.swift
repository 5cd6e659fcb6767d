// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
public import LamassuEvents
import Synchronization

/// Keeps events in the host's own database until the broker has confirmed them.
///
/// A host whose updates are transactions of the same database stores the event in them (``enqueue(_:in:)``), so that nothing can separate the two:
///
/// ```swift
/// try await database.transaction { transaction in
///     try transaction.run("UPDATE ca SET status = $2 WHERE id = $1", [id, "REVOKED"])
///     try PostgreSQLOutbox.enqueue(OutboxSubmission(event), in: transaction)
/// }
/// events.publishStored()
/// ```
public final class PostgreSQLOutbox: OutboxStore {
    /// The version of the tables that this release knows.
    static var version: Int { OutboxStatement.schemas.count }

    struct Housekeeping {
        var renewedAt: ContinuousClock.Instant?
        var tidiedAt = ContinuousClock.now
        /// The lane at which the last claim stopped, so that the next goes on behind it.
        var lane = ""
    }

    let configuration: Configuration
    private let database: PostgreSQLConnection
    /// Names this process to the others.
    let holder: String
    let housekeeping = Mutex(Housekeeping())

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        self.database = PostgreSQLConnection(configuration.address)
        self.holder = Self.uuid()
    }

    /// Opens the outbox, and makes its tables where there are none, or none of this version.
    ///
    /// - Parameter configuration: where it is, and how much it holds.
    /// - Returns: the outbox.
    /// - Throws: ``LamassuEventsError`` where there is no connection, or the tables are of a version that this release does not know.
    public static func open(_ configuration: Configuration) async throws(LamassuEventsError) -> PostgreSQLOutbox {
        let outbox = PostgreSQLOutbox(configuration)
        let version = try await outbox.perform { database in
            // Two processes that start at the same time make the tables once.
            try database.run("SELECT pg_advisory_xact_lock(hashtext('lamassu_events'))")
            let isThere = try database.run("SELECT to_regclass('lamassu_events.version')")[0][0] != nil
            let version = isThere ? try database.run(OutboxStatement.version.sql).first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0 : 0
            for schema in OutboxStatement.schemas.dropFirst(max(0, version)) { try database.run(script: schema) }
            return max(version, Self.version)
        }
        guard version == Self.version else {
            throw LamassuEventsError(
                version > Self.version ? .storeTooNew : .storeFailed,
                message: "the tables in lamassu_events are of version \(version), and this release knows version \(Self.version)")
        }
        return outbox
    }

    /// True: a commit is on the disk, as long as the server's `synchronous_commit` is on.
    public var isDurable: Bool { true }

    /// That of the configuration.
    public var leaseDuration: Duration? { self.configuration.leaseDuration }

    // MARK: The service's side

    /// Stores an event in a transaction of the host, which decides whether it is stored.
    ///
    /// - Parameters:
    ///   - submission: the event.
    ///   - transaction: the connection on which the transaction is open; see ``PostgreSQLConnection/transaction(_:)``.
    /// - Throws: what the database threw.
    public static func enqueue(
        _ submission: OutboxSubmission, in transaction: isolated PostgreSQLConnection
    ) throws(PostgreSQLError) {
        let summary = submission.summary
        let json: String?
        var error = submission.error
        do throws(CloudEventError) {
            json = try submission.event.map { event throws(CloudEventError) in
                String(decoding: try event.encoded(as: .json), as: UTF8.self)
            }
        } catch let failure {
            json = nil
            error = error ?? LamassuEventsError(.encodingFailed, message: "the event has no form in which it can be stored: \(failure)")
        }
        let parameters = [summary.source.rawValue, summary.id, summary.type.rawValue, summary.subject, submission.lane, json]
        if let error {
            try transaction.run(OutboxStatement.enqueueParked.sql, parameters + [error.code.description, error.message])
        } else {
            try transaction.run(OutboxStatement.enqueue.sql, parameters)
        }
    }

    /// Writes the intent down where it is to be; refuses where there is no room.
    public func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError) {
        if isWriteAhead { try await self.giveSignOfLife() }
        let hasRoom = try await self.perform { database in
            guard try self.hasRoom(database) else { return false }
            guard isWriteAhead else { return true }
            try database.run(
                OutboxStatement.prepare.sql,
                [
                    intent.source.rawValue, intent.id, intent.type.rawValue, intent.subject?.description,
                    intent.previous.map { String(decoding: $0, as: UTF8.self) },
                    (try? JSONWriter.encode(intent.context)).map { String(decoding: $0, as: UTF8.self) }, intent.time.description,
                    self.holder,
                ])
            return true
        }
        guard hasRoom else { throw self.full }
    }

    /// Stores the event of an operation in place of its intent.
    public func complete(_ intent: OutboxIntent, with submission: OutboxSubmission) async throws(LamassuEventsError) -> [EventSummary] {
        try await self.perform { database in
            try database.run(OutboxStatement.abandon.sql, [intent.source.rawValue, intent.id])
            try Self.enqueue(submission, in: database)
        }
        return []
    }

    /// Forgets an intent.
    public func abandon(_ intent: OutboxIntent) async throws(LamassuEventsError) {
        try await self.perform { database in
            _ = try database.run(OutboxStatement.abandon.sql, [intent.source.rawValue, intent.id])
        }
    }

    /// Stores an event in a transaction of its own; refuses where there is no room.
    public func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt {
        let state = try await self.perform { database -> String? in
            guard try self.hasRoom(database) else { return nil }
            try Self.enqueue(submission, in: database)
            let summary = submission.summary
            return try database.run(OutboxStatement.standing.sql, [summary.source.rawValue, summary.id]).first?.first ?? ""
        }
        switch state {
        case nil: throw self.full
        case "sent": return OutboxReceipt(.sent)
        case "parked": return OutboxReceipt(.parked)
        default: return OutboxReceipt(.waiting)
        }
    }

    /// Takes over the intents of processes that are gone.
    public func adoptIntents(limit: Int) async throws(LamassuEventsError) -> [OutboxIntent] {
        try await self.giveSignOfLife()
        let rows = try await self.perform { database in
            try database.run(OutboxStatement.adopt.sql, [self.holder, String(limit)])
        }
        return rows.map { row in
            OutboxIntent(
                id: row[1] ?? "", source: EventSource(rawValue: row[0] ?? ""), type: EventType(rawValue: row[2] ?? ""),
                subject: row[3].flatMap { EventSubject(parsing: $0) }, previous: row[4].map { Array($0.utf8) },
                context: row[6].flatMap { try? JSONReader.decode(EventContext.self, from: Array($0.utf8)) } ?? EventContext(),
                time: row[5].flatMap { try? Timestamp($0) } ?? .now)
        }
    }

    // MARK: Inside

    private var full: LamassuEventsError {
        LamassuEventsError(.outboxFull, message: "\(self.configuration.maximumEvents) events wait for the broker, and no more may")
    }

    private func hasRoom(_ database: isolated PostgreSQLConnection) throws(PostgreSQLError) -> Bool {
        try database.run(OutboxStatement.room.sql, [String(self.configuration.maximumEvents)]).first?.first == "t"
    }

    /// Gives a sign of life, unless the last one is younger than a quarter of the time for which it holds.
    func giveSignOfLife() async throws(LamassuEventsError) {
        let now = ContinuousClock.now
        let lease = self.configuration.leaseDuration
        let isYoung = self.housekeeping.withLock { $0.renewedAt.map { now < $0 + lease / 4 } ?? false }
        guard !isYoung else { return }
        try await self.perform { database in
            _ = try database.run(OutboxStatement.renew.sql, [self.holder, Self.seconds(lease)])
        }
        self.housekeeping.withLock { $0.renewedAt = now }
    }

    /// Forgets what is older than the retention, once a minute at most.
    func tidy() async throws(LamassuEventsError) {
        let now = ContinuousClock.now
        let isDue = self.housekeeping.withLock { housekeeping in
            guard now >= housekeeping.tidiedAt + .seconds(60) else { return false }
            housekeeping.tidiedAt = now
            return true
        }
        guard isDue else { return }
        try await self.perform { database in
            _ = try database.run(OutboxStatement.retention.sql, [Self.seconds(self.configuration.retention)])
        }
    }

    @discardableResult
    func perform<Value: Sendable>(
        _ body: @Sendable (isolated PostgreSQLConnection) throws -> Value
    ) async throws(LamassuEventsError) -> Value {
        do {
            return try await self.database.transaction(body)
        } catch let error as PostgreSQLError {
            throw LamassuEventsError(error.sqlState == nil ? .storeInaccessible : .storeFailed, message: "\(error)")
        } catch {
            throw LamassuEventsError(.storeFailed, message: "\(error)")
        }
    }

    static func seconds(_ duration: Duration) -> String { String(duration / .seconds(1)) }

    /// 128 random bits in the form of a UUID (RFC 9562, version 4).
    private static func uuid() -> String {
        let digits = (0..<32).map { place in
            switch place {
            case 12: "4"
            case 16: String(UInt8.random(in: 8...11), radix: 16)
            default: String(UInt8.random(in: 0...15), radix: 16)
            }
        }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { digits[$0].joined() }.joined(separator: "-")
    }
}
