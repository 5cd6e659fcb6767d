// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A moment on the continuous clock.
///
/// It stands for a `ContinuousClock.Instant` in the state machines. The standard library hides that type's layout, so that whatever holds one is
/// laid out, copied and told apart at run time; that would cost more than all else that is done with a frame.
package struct MonotonicInstant: Hashable, Sendable {
    /// An instant like any other, with which all are compared.
    private static let origin = ContinuousClock.now

    @usableFromInline let sinceOrigin: Duration

    @inlinable init(sinceOrigin: Duration) { self.sinceOrigin = sinceOrigin }

    /// The same moment as the clock's.
    package init(_ instant: ContinuousClock.Instant) { self.sinceOrigin = Self.origin.duration(to: instant) }

    /// The present.
    package static var now: MonotonicInstant { MonotonicInstant(.now) }

    /// The same moment for the clock.
    package var continuous: ContinuousClock.Instant { Self.origin + self.sinceOrigin }

    @inlinable package static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: Duration(attoseconds: instant.sinceOrigin.attoseconds + duration.attoseconds))
    }

    @inlinable package static func - (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: Duration(attoseconds: instant.sinceOrigin.attoseconds - duration.attoseconds))
    }

    @inlinable package static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        Duration(attoseconds: left.sinceOrigin.attoseconds - right.sinceOrigin.attoseconds)
    }

    @inlinable package static func += (instant: inout MonotonicInstant, duration: Duration) { instant = instant + duration }
}

extension MonotonicInstant: Comparable {
    @inlinable package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.sinceOrigin.attoseconds < right.sinceOrigin.attoseconds
    }
}
