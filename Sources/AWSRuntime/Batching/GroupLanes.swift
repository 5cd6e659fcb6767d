// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Lets one entry of a group pass at a time, in their order; groups do not wait for each other.
package struct GroupLanes<Entry: Sendable>: Sendable {
    /// The entries that wait behind the one of their group that has passed.
    private var lanes: [String: EntryQueue<Entry>] = [:]

    package init() {}

    package var isEmpty: Bool { self.lanes.isEmpty }

    /// An entry has come.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - group: its group.
    /// - Returns: whether it passes at once; if not, it waits.
    package mutating func arrived(_ entry: Entry, in group: String) -> Bool {
        guard self.lanes[group] != nil else {
            self.lanes[group] = EntryQueue()
            return true
        }
        self.lanes[group]?.append(entry)
        return false
    }

    /// The entry of a group that had passed is done with.
    ///
    /// - Parameter group: the group.
    /// - Returns: the next one of the group, which passes now; `nil` when none waits.
    package mutating func left(_ group: String) -> Entry? {
        if let next = self.lanes[group]?.popFirst() { return next }
        self.lanes[group] = nil
        return nil
    }

    /// The group is given up.
    ///
    /// - Parameter group: the group.
    /// - Returns: all that waited in it, in order.
    package mutating func abandoned(_ group: String) -> [Entry] {
        var lane = self.lanes.removeValue(forKey: group)
        return lane?.popAll() ?? []
    }
}
