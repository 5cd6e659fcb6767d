// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import Synchronization

/// Keeps parked events in memory, up to its limits: **not durable**, what is parked in it is lost with the process.
///
/// It is for tests, and for a bus that lives in the process itself. A subscriber of a broker acknowledges what it parks, so with this store a
/// crash loses events.
public final class InMemoryParkedStore: ParkedStore {
    private struct State {
        /// In the order in which they were parked.
        var deliveries: [ParkedDelivery] = []
        /// How many bytes their payloads have.
        var bytes = 0
    }

    private let state = Mutex(State())
    private let maximumEvents: Int
    private let maximumBytes: Int

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - maximumEvents: how many events it takes at most; by default 1,000.
    ///   - maximumBytes: how many bytes their payloads may have together; by default 64 MiB.
    public init(maximumEvents: Int = 1_000, maximumBytes: Int = 64 * 1024 * 1024) {
        self.maximumEvents = maximumEvents
        self.maximumBytes = maximumBytes
    }

    /// It is not.
    public var isDurable: Bool { false }

    /// Adds an event behind those of its lane, unless one of that name is there.
    ///
    /// - Throws: ``LamassuEventsError/Code/parkedStoreFull``.
    public func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        let refusal = self.state.withLock { state -> LamassuEventsError? in
            guard !state.deliveries.contains(where: { $0.id == delivery.id }) else { return nil }
            let bytes = delivery.event.dataBytes
            guard state.deliveries.count < self.maximumEvents, bytes <= self.maximumBytes - state.bytes else {
                return LamassuEventsError(
                    .parkedStoreFull,
                    message: """
                        \(state.deliveries.count) events with \(state.bytes) bytes are parked already, and this one has \(bytes): see to why \
                        they fail, or raise the limits
                        """)
            }
            state.deliveries.append(delivery)
            state.bytes += bytes
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Replaces what is known of an event; does nothing where it is not there any more.
    public func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        self.state.withLock { state in
            guard let index = state.deliveries.firstIndex(where: { $0.id == delivery.id }) else { return }
            state.bytes += delivery.event.dataBytes - state.deliveries[index].event.dataBytes
            state.deliveries[index] = delivery
        }
    }

    /// Removes an event.
    @discardableResult
    public func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool {
        self.state.withLock { state in
            guard let index = state.deliveries.firstIndex(where: { $0.id == id }) else { return false }
            state.bytes -= state.deliveries.remove(at: index).event.dataBytes
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
