// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A dictionary of limited size: a key beyond the limit takes the place of the one that came first.
package struct BoundedDictionary<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: Value] = [:]
    private var order: [Key] = []
    /// Where in `order` the oldest key stands, once the limit is reached.
    private var oldest = 0
    private let limit: Int

    /// - Parameter limit: how many keys it holds at most; none where it is 0 or less.
    package init(limit: Int) {
        self.limit = max(0, limit)
    }

    package var count: Int { self.values.count }

    package subscript(key: Key) -> Value? { self.values[key] }

    /// Sets the value of a key; a new one may displace the oldest.
    package mutating func set(_ key: Key, to value: Value) {
        guard self.limit > 0 else { return }
        guard self.values.updateValue(value, forKey: key) == nil else { return }
        if self.order.count < self.limit {
            self.order.append(key)
        } else {
            self.values[self.order[self.oldest]] = nil
            self.order[self.oldest] = key
            self.oldest = (self.oldest + 1) % self.limit
        }
    }

    /// Removes a key, in linear time; the others keep their order.
    package mutating func remove(_ key: Key) {
        guard self.values.removeValue(forKey: key) != nil else { return }
        self.order = (self.order[self.oldest...] + self.order[..<self.oldest]).filter { $0 != key }
        self.oldest = 0
    }
}
