// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An event that can never be sent as it is, put aside for a person to look at.
public struct ParkedEvent: Hashable, Sendable {
    /// Names a parked event to its publisher.
    public struct ID: Hashable, Sendable {
        package let number: UInt64

        package init(number: UInt64) { self.number = number }
    }

    /// The name by which it is tried again or dropped.
    public let id: ID
    /// Which event.
    public let event: EventSummary
    /// Why it cannot be sent.
    public let error: LamassuEventsError
}
