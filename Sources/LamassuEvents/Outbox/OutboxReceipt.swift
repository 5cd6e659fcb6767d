// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How an event stands with a store that was given it, perhaps not for the first time.
public struct OutboxReceipt: Hashable, Sendable {
    /// Where the event is now.
    public enum Standing: Hashable, Sendable {
        /// It waits to be sent, since now or since an earlier call.
        case waiting
        /// The broker has it since an earlier call, of which the store still knows.
        case sent
        /// It is parked, since now or since an earlier call.
        case parked
    }

    /// Where the event is now.
    public var standing: Standing
    /// The events that were dropped to make room, oldest first; empty unless the policy of the store is to drop.
    public var dropped: [EventSummary]

    /// Makes a receipt, as a store does.
    ///
    /// - Parameters:
    ///   - standing: where the event is now.
    ///   - dropped: the events that were dropped to make room, oldest first.
    public init(_ standing: Standing, dropped: [EventSummary] = []) {
        self.standing = standing
        self.dropped = dropped
    }
}
