// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import CloudEvents

/// Numbers the events of each subject: values of the CloudEvents extension `sequence`.
///
/// A value is the time at which the count of its subject began, in milliseconds since 1970, and the count, both with leading zeros:
/// `1795258800123.0000000007`. Compared as text, a later value of a subject is greater, also after a restart. Two values whose first
/// parts are equal and whose counts are not adjacent show a gap. Of the least recent subjects the count is forgotten, and begins anew.
package struct SequenceNumbers: Sendable {
    private struct Count {
        var start: Int64
        var last: UInt64
    }

    private var counts: BoundedDictionary<String, Count>
    private var latestStart: Int64 = 0

    /// - Parameter limit: of how many subjects the count is remembered.
    package init(limit: Int) {
        self.counts = BoundedDictionary(limit: limit)
    }

    /// The next value of a subject.
    ///
    /// - Parameters:
    ///   - lane: the subject, or what stands for it.
    ///   - now: the time.
    package mutating func next(for lane: String, at now: Timestamp) -> String {
        var count = self.counts[lane] ?? Count(start: self.newStart(at: now), last: 0)
        count.last += 1
        self.counts.set(lane, to: count)
        return "\(Self.padded(count.start, to: 13)).\(Self.padded(count.last, to: 10))"
    }

    /// Later than any start before, even if the clock went back.
    private mutating func newStart(at now: Timestamp) -> Int64 {
        self.latestStart = max(now.secondsSinceEpoch * 1_000 + Int64(now.nanoseconds / 1_000_000), self.latestStart + 1)
        return self.latestStart
    }

    private static func padded(_ number: some BinaryInteger, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
