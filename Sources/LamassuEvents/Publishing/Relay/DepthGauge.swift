// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides when the depth of a store is measured: soon after something was done, at most once a second, and never where nothing was.
struct DepthGauge {
    static let interval = Duration.seconds(1)

    private var isStale = true
    private var last: ContinuousClock.Instant?

    /// Something was done that may have changed the depth.
    mutating func workDone() { self.isStale = true }

    /// The depth was measured.
    mutating func measured(at now: ContinuousClock.Instant) {
        self.isStale = false
        self.last = now
    }

    /// When to measure next; `nil` where nothing has changed.
    func nextMeasurement(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard self.isStale else { return nil }
        return self.last.map { $0 + Self.interval } ?? now
    }
}
