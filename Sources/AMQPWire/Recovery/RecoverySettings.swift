// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a lost connection is to be made anew.
package struct RecoverySettings: Hashable, Sendable {
    /// The longest pause before the first round of attempts.
    package var initialDelay: Duration
    /// The longest pause before any round; a connection that lives this long counts as stable.
    package var maximumDelay: Duration
    /// After how many failed rounds to give up; `nil` for never.
    package var maximumAttempts: Int?
    /// How long the broker may take for its next answer while channels are being opened again.
    package var reopenTimeout: Duration
    /// How long after a loss the broker may still take the lost connection for alive, and keep what is exclusive for it.
    package var lockTimeout: Duration

    package init(
        initialDelay: Duration = .milliseconds(200), maximumDelay: Duration = .seconds(30), maximumAttempts: Int? = nil,
        reopenTimeout: Duration = .seconds(30), lockTimeout: Duration = .zero
    ) {
        self.initialDelay = initialDelay
        self.maximumDelay = maximumDelay
        self.maximumAttempts = maximumAttempts
        self.reopenTimeout = reopenTimeout
        self.lockTimeout = lockTimeout
    }

    /// The pause before a round: drawn evenly from zero to a bound that doubles from round to round ("full jitter").
    ///
    /// - Parameters:
    ///   - attempt: the round's number, from 1.
    ///   - jitter: a random number, at least 0 and below 1.
    package func delay(before attempt: Int, jitter: Double) -> Duration {
        var bound = min(self.initialDelay, self.maximumDelay)
        for _ in 1..<max(attempt, 1) where bound < self.maximumDelay { bound = min(bound * 2, self.maximumDelay) }
        return bound * min(max(jitter, 0), 1)
    }
}
