// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import CloudEvents

/// Numbers the events of each subject, in memory; of the least recent subjects the count is forgotten, and begins anew.
package struct SequenceNumbers: Sendable {
    private var last: BoundedDictionary<String, EventSequence>
    private var latestStart: Int64 = 0

    /// - Parameter limit: of how many subjects the count is remembered.
    package init(limit: Int) {
        self.last = BoundedDictionary(limit: limit)
    }

    /// The next value of a subject.
    ///
    /// - Parameters:
    ///   - lane: the subject, or what stands for it.
    ///   - now: the time.
    package mutating func next(for lane: String, at now: Timestamp) -> String {
        let next = self.last[lane]?.next ?? EventSequence.first(at: now, after: self.latestStart)
        self.latestStart = max(self.latestStart, next.start)
        self.last.set(lane, to: next)
        return next.description
    }
}
