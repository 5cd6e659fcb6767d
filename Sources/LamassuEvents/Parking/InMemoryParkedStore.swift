// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import Synchronization

/// Keeps parked events in memory, up to a limit: **not durable**, what is parked in it is lost with the process.
///
/// It is for tests, and for a bus that lives in the process itself. A subscriber of a broker acknowledges what it parks, so with this store a
/// crash loses events.
public final class InMemoryParkedStore: ParkedStore {
    private struct State {
        /// In the order in which they were parked.
        var deliveries: [ParkedDelivery] = []
    }

    private let state = Mutex(State())
    private let maximumEvents: Int

    /// Makes a store.
    ///
    /// - Parameter maximumEvents: how many events it takes at most; by default 1,000.
    public init(maximumEvents: Int = 1_000) {
        self.maximumEvents = maximumEvents
    }

    /// It is not.
    public var isDurable: Bool { false }

    /// Adds an event behind those of its lane, unless one of that name is there.
    ///
    /// - Throws: ``LamassuEventsError/Code/parkedStoreFull``.
    public func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        let hasRoom = self.state.withLock { state in
            guard !state.deliveries.contains(where: { $0.id == delivery.id }) else { return true }
            guard state.deliveries.count < self.maximumEvents else { return false }
            state.deliveries.append(delivery)
            return true
        }
        guard hasRoom else {
            throw LamassuEventsError(
                .parkedStoreFull, message: "\(self.maximumEvents) events are parked already: see to why they fail, or raise the limit")
        }
    }

    /// Replaces what is known of an event; does nothing where it is not there any more.
    public func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        self.state.withLock { state in
            guard let index = state.deliveries.firstIndex(where: { $0.id == delivery.id }) else { return }
            state.deliveries[index] = delivery
        }
    }

    /// Removes an event.
    @discardableResult
    public func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool {
        self.state.withLock { state in
            guard let index = state.deliveries.firstIndex(where: { $0.id == id }) else { return false }
            state.deliveries.remove(at: index)
            return true
        }
    }

    /// The lanes that have events.
    public func lanes() async throws(LamassuEventsError) -> [ParkedLane] {
        self.state.withLock { state in
            var first: [String: Timestamp] = [:]
            for delivery in state.deliveries where first[delivery.lane] == nil { first[delivery.lane] = delivery.nextAttempt }
            return first.map { ParkedLane(name: $0.key, nextAttempt: $0.value) }
        }
    }

    /// The events of a lane, or of all lanes, in the order in which they were parked.
    public func list(lane: String?, limit: Int) async throws(LamassuEventsError) -> [ParkedDelivery] {
        self.state.withLock { state in
            Array(state.deliveries.lazy.filter { lane == nil || $0.lane == lane }.prefix(max(0, limit)))
        }
    }
}
