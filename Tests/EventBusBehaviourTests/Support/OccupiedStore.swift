// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Synchronization

/// A store that another subscriber uses until the test says otherwise.
final class OccupiedStore: ParkedStore {
    private struct State {
        var isOccupied = true
        var refusals = 0
    }

    private let state = Mutex(State())
    private let store = InMemoryParkedStore()

    var isDurable: Bool { false }
    /// How often it was refused.
    var refusals: Int { self.state.withLock { $0.refusals } }

    /// The other subscriber has ended.
    func vacate() { self.state.withLock { $0.isOccupied = false } }

    func lanes() async throws(LamassuEventsError) -> [ParkedLane] {
        let isOccupied = self.state.withLock { state in
            if state.isOccupied { state.refusals += 1 }
            return state.isOccupied
        }
        guard !isOccupied else { throw LamassuEventsError(.parkedStoreInUse, message: "another subscriber uses it") }
        return try await self.store.lanes()
    }

    func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError) { try await self.store.park(delivery) }
    func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError) { try await self.store.update(delivery) }
    func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool { try await self.store.remove(id) }
    func list(lane: String?, limit: Int) async throws(LamassuEventsError) -> [ParkedDelivery] {
        try await self.store.list(lane: lane, limit: limit)
    }
}
