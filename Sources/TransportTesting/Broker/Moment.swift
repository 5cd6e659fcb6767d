// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The time at which something happens to the broker.
struct Moment: Equatable {
    /// What deadlines are measured by.
    var instant: ContinuousClock.Instant
    /// What messages are stamped with, in seconds since 1970.
    var unixSeconds: UInt64
}
