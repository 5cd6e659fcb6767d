// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Keeps in memory what a store could not take after its operation had succeeded, in order and within bounds, until it can.
final class KeptAside: Sendable {
    enum Item: Sendable {
        case complete(OutboxIntent, OutboxSubmission, isWriteAhead: Bool)
        case abandon(OutboxIntent, isWriteAhead: Bool)

        var intent: OutboxIntent {
            switch self {
            case .complete(let intent, _, _), .abandon(let intent, _): intent
            }
        }

        /// What keeps its order among its like; `nil` where it needs none.
        var lane: String? {
            switch self {
            case .complete(_, let submission, _): submission.lane
            case .abandon: nil
            }
        }

        /// How long the payload is.
        var bytes: Int {
            switch self {
            case .complete(_, let submission, _): submission.event?.dataBytes ?? 0
            case .abandon: 0
            }
        }
    }

    private struct State {
        var items = FIFO<Item>()
        /// How long the payloads of the items are together.
        var bytes = 0
        var lanes: [String: Int] = [:]
        var isClosed = false
    }

    private let limit: Int
    private let byteLimit: Int
    private let state = Mutex(State())
    /// Wakes the one who tries the store again.
    let wakeup = Wakeup()

    init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    var count: Int { self.state.withLock { $0.items.count } }
    var isEmpty: Bool { self.state.withLock { $0.items.isEmpty } }
    var first: Item? { self.state.withLock { $0.items.first } }

    /// Whether an event of this lane waits, so that a later one may not go before it.
    func holds(_ lane: String) -> Bool { self.state.withLock { $0.lanes[lane] != nil } }

    /// Keeps an item.
    ///
    /// - Returns: whether there was room.
    func append(_ item: Item) -> Bool {
        let bytes = item.bytes
        let isKept = self.state.withLock { state in
            guard !state.isClosed, state.items.count < self.limit, state.bytes + bytes <= self.byteLimit else { return false }
            state.items.append(item)
            state.bytes += bytes
            if let lane = item.lane { state.lanes[lane, default: 0] += 1 }
            return true
        }
        if isKept { self.wakeup.signal() }
        return isKept
    }

    /// The first item is done with.
    func removeFirst() {
        self.state.withLock { state in
            guard let item = state.items.popFirst() else { return }
            state.bytes -= item.bytes
            guard let lane = item.lane, let count = state.lanes[lane] else { return }
            state.lanes[lane] = count > 1 ? count - 1 : nil
        }
    }

    /// Nobody tries the store again: keeps nothing more.
    ///
    /// - Returns: what was kept.
    func close() -> [Item] {
        self.state.withLock { state in
            defer { state = State(isClosed: true) }
            return Array(state.items.elements)
        }
    }
}
