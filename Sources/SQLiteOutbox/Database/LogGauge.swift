// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// How long the write-ahead log of a connection is.
final class LogGauge {
    var pages = 0

    /// SQLite's callback after each commit.
    ///
    /// - Parameters:
    ///   - context: the object, alive as long as its connection is.
    ///   - pages: how long the log is.
    static func committed(_ context: UnsafeMutableRawPointer?, pages: Int32) -> Int32 {
        guard let context = unsafe context else { return SQLITE_OK }
        unsafe Unmanaged<LogGauge>.fromOpaque(context).takeUnretainedValue().pages = Int(pages)
        return SQLITE_OK
    }
}
