// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An event that can never be sent as it is, put aside for a person to look at.
public struct ParkedEvent: Hashable, Sendable {
    /// Names a parked event to its publisher.
    public struct ID: Hashable, Sendable {
        /// The number by which its store knows it.
        public let number: UInt64

        /// Names an event by its number.
        ///
        /// - Parameter number: the number by which its store knows it.
        public init(number: UInt64) { self.number = number }
    }

    /// The name by which it is tried again or dropped.
    public let id: ID
    /// Which event.
    public let event: EventSummary
    /// Why it cannot be sent.
    public let error: LamassuEventsError

    /// Makes a parked event, as a store does.
    ///
    /// - Parameters:
    ///   - id: the name by which it is tried again or dropped.
    ///   - event: which event.
    ///   - error: why it cannot be sent.
    public init(id: ID, event: EventSummary, error: LamassuEventsError) {
        self.id = id
        self.event = event
        self.error = error
    }
}
