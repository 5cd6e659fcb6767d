// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What is known of the attempts at parked events that a store which fails may not know: the first event of each lane, since it was tried.
///
/// An attempt is written down before it begins, as one that may end the process. One that has ended, and whose end the store did not take,
/// is not such a one.
package final class AttemptCounts: Sendable {
    private struct Counts {
        var id: ParkedDelivery.ID
        var attempts: Int
        var interruptions: Int
    }

    private let lanes = Mutex<[String: Counts]>([:])

    package init() {}

    /// Puts right what was read from the store.
    func correct(_ delivery: inout ParkedDelivery) {
        guard let counts = self.lanes.withLock({ $0[delivery.lane] }), counts.id == delivery.id else { return }
        delivery.attempts = counts.attempts
        delivery.interruptions = counts.interruptions
    }

    /// Keeps the counts of an event, until the store is known to have them or the lane is left.
    func keep(_ delivery: ParkedDelivery) {
        let counts = Counts(id: delivery.id, attempts: delivery.attempts, interruptions: delivery.interruptions)
        self.lanes.withLock { $0[delivery.lane] = counts }
    }

    /// The store knows what there is to be known of a lane.
    func forget(_ lane: String) {
        self.lanes.withLock { $0[lane] = nil }
    }
}
