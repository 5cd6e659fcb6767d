// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// How long a connection waits for the lock of another one.
///
/// SQLite's own handler soon sleeps 100 ms at a time, and takes the longer to get a turn the longer it has waited; this one asks every
/// millisecond or less.
final class BusyDeadline {
    private let timeout: Duration
    private var start = ContinuousClock.now

    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// SQLite's callback.
    ///
    /// - Parameters:
    ///   - context: the object, alive as long as its connection is.
    ///   - attempt: how often this lock has been waited for.
    /// - Returns: 1 to try again, 0 to give up.
    static func wait(_ context: UnsafeMutableRawPointer?, attempt: Int32) -> Int32 {
        guard let context = unsafe context else { return 0 }
        let deadline = unsafe Unmanaged<BusyDeadline>.fromOpaque(context).takeUnretainedValue()
        if attempt == 0 { deadline.start = .now }
        guard ContinuousClock.now - deadline.start < deadline.timeout else { return 0 }
        var pause = timespec(tv_sec: 0, tv_nsec: attempt < 20 ? 100_000 : 1_000_000)
        unsafe nanosleep(&pause, nil)
        return 1
    }
}
