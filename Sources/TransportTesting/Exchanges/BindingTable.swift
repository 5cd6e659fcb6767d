// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// All bindings, by their source, each in the order in which they were made.
struct BindingTable {
    private var bindings: [String: [Binding]] = [:]

    func from(_ source: String) -> [Binding] { self.bindings[source] ?? [] }

    /// Adds a binding; one that is there already is not added twice.
    mutating func insert(_ binding: Binding) {
        guard !self.from(binding.source).contains(binding) else { return }
        self.bindings[binding.source, default: []].append(binding)
    }

    /// Removes a binding and says whether it was there.
    mutating func remove(_ binding: Binding) -> Bool {
        guard let index = self.bindings[binding.source]?.firstIndex(of: binding) else { return false }
        self.bindings[binding.source]?.remove(at: index)
        return true
    }

    mutating func removeAll(from source: String) { self.bindings[source] = nil }

    /// Removes all ways to a destination and returns the sources that lost one.
    mutating func removeAll(to destination: Binding.Destination) -> [String] {
        let sources = self.bindings.filter { $0.value.contains { $0.destination == destination } }.map(\.key).sorted()
        for source in sources { self.bindings[source]?.removeAll { $0.destination == destination } }
        return sources
    }

    /// Keeps what fulfils a condition.
    mutating func filter(_ isKept: (Binding) -> Bool) {
        for (source, list) in self.bindings { self.bindings[source] = list.filter(isKept) }
    }
}
