// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A queue: appends at the end, removes at the front, both in amortised constant time.
package struct FIFO<Element: Sendable>: Sendable {
    private var storage: [Element] = []
    private var head = 0

    package init() {}

    package var count: Int { self.storage.count - self.head }
    package var isEmpty: Bool { self.head == self.storage.count }
    package var first: Element? { self.isEmpty ? nil : self.storage[self.head] }
    package var last: Element? { self.isEmpty ? nil : self.storage.last }
    package var elements: ArraySlice<Element> { self.storage[self.head...] }

    package mutating func append(_ element: Element) {
        self.storage.append(element)
    }

    package mutating func popFirst() -> Element? {
        guard let first = self.first else { return nil }
        self.head += 1
        self.compactIfWorthwhile()
        return first
    }

    package mutating func popLast() -> Element? {
        self.isEmpty ? nil : self.storage.removeLast()
    }

    /// Removes the element behind the first.
    package mutating func popSecond() -> Element? {
        guard self.count >= 2 else { return nil }
        let second = self.storage[self.head + 1]
        self.storage.swapAt(self.head, self.head + 1)
        self.head += 1
        self.compactIfWorthwhile()
        return second
    }

    /// Puts elements before all others, in their order.
    package mutating func prepend(contentsOf elements: [Element]) {
        self.storage.replaceSubrange(..<self.head, with: elements)
        self.head = 0
    }

    /// Keeps only the elements that satisfy a condition.
    package mutating func keep(where isKept: (Element) -> Bool) {
        self.storage = self.elements.filter(isKept)
        self.head = 0
    }

    /// Frees the part in front once it is the larger one.
    private mutating func compactIfWorthwhile() {
        guard self.head > 32, self.head * 2 > self.storage.count else { return }
        self.storage.removeSubrange(..<self.head)
        self.head = 0
    }
}
