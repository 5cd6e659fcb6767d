// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What went wrong between a service and the queue, or between the queue and a handler.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct LamassuEventsError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case outboxFull, closed, alreadyRan, drainTimedOut, cancelled
            case encodingFailed, eventTooLarge, attributeTooLong, parked, dropped
            case levelUnavailable
            case connectionFailed, accessRefused, topologyDiffers, unroutable, refusedByBroker
            case undecodable, unsupportedByProfile
            case storeInaccessible, storeFull, storeBusy, storeCorrupt, storeTooNew, storeFailed
            case subscriptionRefused, subscriptionFull, parkedStoreFull, parkedStoreInUse
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The store of events has no room, so that the operation was not run: wait for the broker, or raise ``OutboxLimits``.
        public static let outboxFull = Code(.outboxFull)
        /// The publisher or consumer is draining or has ended: it takes nothing more.
        public static let closed = Code(.closed)
        /// `run()` was called a second time: make a new publisher or consumer instead.
        public static let alreadyRan = Code(.alreadyRan)
        /// `run()` was cancelled, and not every event was confirmed within the drain timeout.
        public static let drainTimedOut = Code(.drainTimedOut)
        /// The task that waited was cancelled; what it waited for goes on.
        public static let cancelled = Code(.cancelled)
        /// The event or its payload has no form on the wire.
        public static let encodingFailed = Code(.encodingFailed)
        /// The payload is longer than ``EventPublisherConfiguration/maximumEventBytes``.
        public static let eventTooLarge = Code(.eventTooLarge)
        /// The type is longer than a routing key may be, or the subject than ``EventPublisherConfiguration/maximumSubjectBytes``.
        public static let attributeTooLong = Code(.attributeTooLong)
        /// The publisher cannot keep the promise of the level that was asked for; the message says what is missing.
        public static let levelUnavailable = Code(.levelUnavailable)
        /// The event was parked: see ``LamassuEventPublisher/parkedEvents(limit:)``.
        public static let parked = Code(.parked)
        /// The event was dropped, by the policy of the outbox or by hand.
        public static let dropped = Code(.dropped)
        /// There is no connection to the broker, or it broke; the attempt is repeated.
        public static let connectionFailed = Code(.connectionFailed)
        /// The broker refused the user, the password, the virtual host, or a permission.
        public static let accessRefused = Code(.accessRefused)
        /// An exchange or a queue exists and differs from what the topology asks in a way that loses events; the message names it.
        public static let topologyDiffers = Code(.topologyDiffers)
        /// No queue is bound for the event; it is kept and tried again.
        public static let unroutable = Code(.unroutable)
        /// The broker did not take the message.
        public static let refusedByBroker = Code(.refusedByBroker)
        /// A message is not an event, or a payload is not what its type promises.
        public static let undecodable = Code(.undecodable)
        /// The wire profile has no form for the event, and its policy is to park such.
        public static let unsupportedByProfile = Code(.unsupportedByProfile)

        /// The store cannot be opened, read or written as it is; the message says whether a folder is missing, a permission, or what else.
        public static let storeInaccessible = Code(.storeInaccessible)
        /// The disk of the store has no room: make some, and the next call succeeds.
        public static let storeFull = Code(.storeFull)
        /// The store was locked by another connection for longer than it waits; the call may be repeated.
        public static let storeBusy = Code(.storeBusy)
        /// What the store kept is damaged; the message says where it is now.
        public static let storeCorrupt = Code(.storeCorrupt)
        /// The store was last written by a later release, whose form this one does not know; the message names both versions.
        public static let storeTooNew = Code(.storeTooNew)
        /// The disk of the store, or the store itself, failed in another way; the call may be repeated.
        public static let storeFailed = Code(.storeFailed)

        /// The bus does not take the subscription: its name is in use, or the bus runs already.
        public static let subscriptionRefused = Code(.subscriptionRefused)
        /// A subscription of the bus has no room for the event, and did not get any in time; nobody has the event.
        public static let subscriptionFull = Code(.subscriptionFull)
        /// The store of parked events has no room: see to why events fail, or give it more.
        public static let parkedStoreFull = Code(.parkedStoreFull)
        /// Another subscriber uses the store of parked events: the call succeeds once that one has ended, in whatever way.
        public static let parkedStoreInUse = Code(.parkedStoreInUse)

        /// A code by its ``description``, as a store keeps it; `nil` where this release knows none of that name.
        ///
        /// - Parameter name: the code's name.
        public init?(name: String) {
            guard let kind = Kind(rawValue: name) else { return nil }
            self.init(kind)
        }

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person; holds no secret and nothing of a payload.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened, for a person; no secret belongs in it.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension LamassuEventsError: Hashable {
    /// Compares the codes alone.
    public static func == (left: LamassuEventsError, right: LamassuEventsError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
