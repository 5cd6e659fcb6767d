// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// An event that a handler could not finish yet and that stands in a ``ParkedStore``: acknowledged to the broker, and tried again later.
public struct ParkedDelivery: Hashable, Sendable, Identifiable {
    /// Names a parked event within its store; random, because events of older generations repeat their ids.
    public struct ID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name's text.
        public var rawValue: String

        /// Makes a name of a text that a store gives back.
        ///
        /// - Parameter rawValue: the text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A name that no other has.
        ///
        /// - Returns: 32 hexadecimal digits.
        public static func random() -> ID { ID(rawValue: CloudEvent.ID.random().rawValue) }

        /// The name's text.
        public var description: String { self.rawValue }
    }

    /// Which parked event it is.
    public var id: ID
    /// What keeps the order: the event's subject, or its source and type where it has none.
    public var lane: String
    /// The event itself.
    public var event: CloudEvent
    /// The broker's user who published it, as the broker had checked.
    public var userID: String?
    /// The routing key with which it was published.
    public var routingKey: String
    /// When it was parked.
    public var parkedAt: Timestamp
    /// When an attempt at it began for the first time since it was parked; `nil` where none has.
    ///
    /// The age in a retry budget counts from here.
    public var firstAttemptAt: Timestamp?
    /// How many attempts have ended without success, those before it was parked included.
    public var attempts: Int
    /// How many attempts have begun and not ended: the process ended meanwhile, or the attempt is under way now.
    ///
    /// One whose end a store could not take stands here until the next end that it takes.
    public var interruptions: Int
    /// Why the last attempt failed, or why it waits; for a person.
    public var reason: String
    /// When it is tried next; an event behind it in its lane waits for it.
    public var nextAttempt: Timestamp

    /// Makes a parked event, as a store does that reads one.
    ///
    /// - Parameters:
    ///   - id: which parked event it is.
    ///   - lane: what keeps the order.
    ///   - event: the event itself.
    ///   - userID: the broker's user who published it.
    ///   - routingKey: the routing key with which it was published.
    ///   - parkedAt: when it was parked.
    ///   - firstAttemptAt: when an attempt at it began for the first time since it was parked.
    ///   - attempts: how many attempts have ended without success.
    ///   - interruptions: how many attempts have begun and not ended.
    ///   - reason: why the last attempt failed.
    ///   - nextAttempt: when it is tried next.
    public init(
        id: ID, lane: String, event: CloudEvent, userID: String?, routingKey: String, parkedAt: Timestamp, firstAttemptAt: Timestamp?,
        attempts: Int, interruptions: Int, reason: String, nextAttempt: Timestamp
    ) {
        self.id = id
        self.lane = lane
        self.event = event
        self.userID = userID
        self.routingKey = routingKey
        self.parkedAt = parkedAt
        self.firstAttemptAt = firstAttemptAt
        self.attempts = attempts
        self.interruptions = interruptions
        self.reason = reason
        self.nextAttempt = nextAttempt
    }

    /// Which event it is, without its payload.
    public var summary: EventSummary { EventSummary(self.event) }
}
