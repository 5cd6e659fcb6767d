// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// A lane that has events in a ``ParkedStore``.
public struct ParkedLane: Hashable, Sendable {
    /// The lane, as ``ParkedDelivery/lane`` names it.
    public var name: String
    /// When its first event is tried next.
    public var nextAttempt: Timestamp

    /// Makes a lane, as a store does.
    ///
    /// - Parameters:
    ///   - name: the lane.
    ///   - nextAttempt: when its first event is tried next.
    public init(name: String, nextAttempt: Timestamp) {
        self.name = name
        self.nextAttempt = nextAttempt
    }
}
