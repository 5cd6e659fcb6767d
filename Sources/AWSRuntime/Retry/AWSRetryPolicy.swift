// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When a call is attempted again: exponential backoff with full jitter, under a quota that all calls of a client share.
///
/// The waits are random between zero and a ceiling that doubles with each attempt, and starts higher where AWS throttled. The figures are those
/// that the AWS SDKs and Tools Reference, "Retry behavior", has had since 2026.
public struct AWSRetryPolicy: Hashable, Sendable {
    /// Whether throttling slows down calls that have not failed; by default not.
    public var mode: AWSRetryMode
    /// How often a call is attempted at most, the first one counted; by default 3, and 1 means that nothing is tried again.
    public var maximumAttempts: Int
    /// The ceiling of the wait after the first attempt; by default 50 ms.
    public var baseDelay: Duration
    /// The ceiling of the wait after the first attempt where AWS throttled; by default 1 second.
    public var throttlingBaseDelay: Duration
    /// The ceiling of every wait, also of one that AWS asks for; by default 20 seconds.
    public var maximumDelay: Duration

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - mode: whether throttling slows down calls that have not failed.
    ///   - maximumAttempts: how often a call is attempted at most.
    ///   - baseDelay: the ceiling of the wait after the first attempt.
    ///   - throttlingBaseDelay: the ceiling of the wait after the first attempt where AWS throttled.
    ///   - maximumDelay: the ceiling of every wait.
    public init(
        mode: AWSRetryMode = .standard, maximumAttempts: Int = 3, baseDelay: Duration = .milliseconds(50),
        throttlingBaseDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(20)
    ) {
        self.mode = mode
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.throttlingBaseDelay = throttlingBaseDelay
        self.maximumDelay = maximumDelay
    }

    /// The ceiling of the wait after some failed attempts.
    ///
    /// - Parameters:
    ///   - failures: how many attempts have failed, from 1.
    ///   - isThrottled: whether AWS throttled the last one.
    package func ceiling(afterFailures failures: Int, isThrottled: Bool) -> Duration {
        // The exponent is bounded, so that the product stays within the range of Duration.
        min(self.maximumDelay, (isThrottled ? self.throttlingBaseDelay : self.baseDelay) * (1 << min(failures - 1, 20)))
    }
}
