// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

extension Timestamp {
    /// The moment after a time, in UTC; the latest one that can be written where that is beyond it.
    func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        var second = self.secondsSinceEpoch.addingReportingOverflow(seconds).partialValue
        var nanosecond = self.nanoseconds + Int(attoseconds / 1_000_000_000)
        if nanosecond >= 1_000_000_000 { (second, nanosecond) = (second + 1, nanosecond - 1_000_000_000) }
        if nanosecond < 0 { (second, nanosecond) = (second - 1, nanosecond + 1_000_000_000) }
        return (try? Timestamp(secondsSinceEpoch: second, nanoseconds: nanosecond)) ?? self
    }

    /// The time from another moment to this one; negative where this one is earlier.
    func duration(since other: Timestamp) -> Duration {
        .seconds(self.secondsSinceEpoch - other.secondsSinceEpoch) + .nanoseconds(self.nanoseconds - other.nanoseconds)
    }
}
