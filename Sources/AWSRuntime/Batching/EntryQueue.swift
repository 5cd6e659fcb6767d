// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What waits, first in, first out; taking from the front costs the same however long it is.
package struct EntryQueue<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var start = 0

    package init() {}

    package var isEmpty: Bool { self.start == self.elements.count }
    package var count: Int { self.elements.count - self.start }
    package var first: Element? { self.isEmpty ? nil : self.elements[self.start] }

    package mutating func append(_ element: Element) { self.elements.append(element) }

    package mutating func popFirst() -> Element? {
        guard let element = self.first else { return nil }
        self.start += 1
        // What was taken is let go when it is as much as what is left, so that each element is moved once at most.
        if self.start * 2 >= self.elements.count {
            self.elements.removeFirst(self.start)
            self.start = 0
        }
        return element
    }

    /// Drops what is of no use any more, if that may be more than what is.
    ///
    /// - Parameters:
    ///   - count: how many are of use at most.
    ///   - isOfUse: says which are.
    package mutating func prune(toAbout count: Int, where isOfUse: (Element) -> Bool) {
        guard self.count > 2 * count + 16 else { return }
        self.elements = self.elements[self.start...].filter(isOfUse)
        self.start = 0
    }

    /// Takes all.
    package mutating func popAll() -> [Element] {
        defer { self = Self() }
        return Array(self.elements[self.start...])
    }
}
