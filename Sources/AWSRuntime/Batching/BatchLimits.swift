// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the calls of a batching sender may hold, and how patient it is.
package struct BatchLimits: Sendable {
    /// The most entries of a call.
    package var entries: Int
    /// The most bytes of all entries of a call.
    package var bytes: Int
    /// How long the first entry of a call waits for others.
    package var linger: Duration
    /// How many calls may be under way.
    package var calls: Int
    /// How often an entry is sent.
    package var attempts: Int
    /// How long an entry that failed waits for its second attempt; each further wait is twice as long.
    package var retryDelay: Duration

    package init(
        entries: Int = 10, bytes: Int = .max, linger: Duration, calls: Int, attempts: Int = 3, retryDelay: Duration = .milliseconds(100)
    ) {
        self.entries = max(entries, 1)
        self.bytes = bytes
        self.linger = max(linger, .zero)
        self.calls = max(calls, 1)
        self.attempts = max(attempts, 1)
        self.retryDelay = max(retryDelay, .zero)
    }
}
