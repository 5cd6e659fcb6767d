// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A first-in, first-out queue whose elements can also be reached by their distance from the front.
///
/// Adding and taking cost constant time on average; memory is at most about twice what the elements need.
package struct FIFOQueue<Element> {
    private var slots: [Element?] = []
    private var head = 0

    package init() {}

    package var count: Int { self.slots.count - self.head }
    package var isEmpty: Bool { self.count == 0 }
    package var first: Element? { self[0] }

    package mutating func append(_ element: Element) {
        self.slots.append(element)
    }

    package mutating func popFirst() -> Element? {
        guard self.head < self.slots.count else { return nil }
        let element = self.slots[self.head].take()
        self.head += 1
        if self.head == self.slots.count {
            self.slots.removeAll(keepingCapacity: self.head <= 1_024)
            self.head = 0
        } else if self.head >= 64, self.head * 2 >= self.slots.count {
            self.slots.removeFirst(self.head)
            self.head = 0
        }
        return element
    }

    package mutating func popLast() -> Element? {
        self.isEmpty ? nil : self.slots.removeLast()
    }

    /// Removes the first element that fulfils a condition.
    package mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        for index in self.head..<self.slots.count {
            guard let element = self.slots[index], condition(element) else { continue }
            if index == self.head { return self.popFirst() }
            self.slots.remove(at: index)
            return element
        }
        return nil
    }

    /// Removes all elements that fulfil a condition and returns them in order.
    package mutating func removeAll(where condition: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        var kept: [Element?] = []
        for element in self.removeAll() {
            if condition(element) { removed.append(element) } else { kept.append(element) }
        }
        self.slots = kept
        return removed
    }

    /// Removes all elements and returns them in order.
    package mutating func removeAll() -> [Element] {
        let elements = self.slots[self.head...].compactMap { $0 }
        self.slots = []
        self.head = 0
        return elements
    }

    /// The element at a distance from the front; `nil` where there is none.
    package subscript(offset: Int) -> Element? {
        offset >= 0 && offset < self.count ? self.slots[self.head + offset] : nil
    }

    /// Changes the element at a distance from the front; nothing happens where there is none.
    package mutating func update<Result>(at offset: Int, _ change: (inout Element) -> Result) -> Result? {
        guard offset >= 0, offset < self.count, var element = self.slots[self.head + offset].take() else { return nil }
        let result = change(&element)
        self.slots[self.head + offset] = element
        return result
    }

    /// Finds the distance from the front of the first element, at or behind a start, that fulfils a condition.
    package func firstOffset(from start: Int = 0, where condition: (Element) -> Bool) -> Int? {
        var offset = start
        while offset < self.count {
            if let element = self.slots[self.head + offset], condition(element) { return offset }
            offset += 1
        }
        return nil
    }
}
