// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What became of an event that was given out.
public enum OutboxSettlement: Hashable, Sendable {
    /// The broker has it: the store forgets it, or keeps it as sent for as long as it retains.
    case confirmed(UInt64)
    /// The broker did not take it: its subject, which is given back whole, rests for this time.
    case deferred(UInt64, for: Duration)
    /// It can never be sent as it is.
    case parked(UInt64, LamassuEventsError)

    /// Which event.
    public var number: UInt64 {
        switch self {
        case .confirmed(let number), .deferred(let number, _), .parked(let number, _): number
        }
    }
}
