// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Deadlines by name, the earliest first: a binary heap that knows the place of each name, so that one can be removed.
package struct DeadlineQueue<ID: Hashable & Sendable>: Sendable {
    private struct Item {
        var deadline: ContinuousClock.Instant
        var id: ID
    }

    private var heap: [Item] = []
    private var places: [ID: Int] = [:]

    package init() {}

    package var count: Int { self.heap.count }

    /// The earliest deadline.
    package var earliest: ContinuousClock.Instant? { self.heap.first?.deadline }

    /// Sets the deadline of a name; it replaces the one before.
    package mutating func set(_ id: ID, to deadline: ContinuousClock.Instant) {
        self.remove(id)
        self.heap.append(Item(deadline: deadline, id: id))
        self.places[id] = self.heap.count - 1
        self.siftUp(self.heap.count - 1)
    }

    /// Removes the deadline of a name, if it has one.
    package mutating func remove(_ id: ID) {
        guard let place = self.places[id] else { return }
        self.remove(at: place)
    }

    /// Removes all.
    package mutating func removeAll() {
        self.heap.removeAll()
        self.places.removeAll()
    }

    /// Removes the name with the earliest deadline, if that has passed.
    package mutating func popExpired(at now: ContinuousClock.Instant) -> ID? {
        guard let first = self.heap.first, first.deadline <= now else { return nil }
        self.remove(at: 0)
        return first.id
    }

    private mutating func remove(at place: Int) {
        self.swap(place, self.heap.count - 1)
        let removed = self.heap.removeLast()
        self.places[removed.id] = nil
        guard place < self.heap.count else { return }
        self.siftDown(place)
        self.siftUp(place)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].deadline < self.heap[parent].deadline else { return }
            self.swap(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < self.heap.count {
                if self.heap[child].deadline < self.heap[smallest].deadline { smallest = child }
            }
            guard smallest != parent else { return }
            self.swap(parent, smallest)
            parent = smallest
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        guard left != right else { return }
        self.heap.swapAt(left, right)
        self.places[self.heap[left].id] = left
        self.places[self.heap[right].id] = right
    }
}
