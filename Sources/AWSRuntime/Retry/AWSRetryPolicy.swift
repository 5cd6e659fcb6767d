// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When a call is attempted again: exponential backoff with full jitter, under a quota that all calls of a client share.
///
/// The waits are random between zero and a ceiling that doubles with each attempt ("standard" mode of the AWS SDKs and Tools Reference).
public struct AWSRetryPolicy: Hashable, Sendable {
    /// How often a call is attempted at most, the first one counted; by default 3, and 1 means that nothing is tried again.
    public var maximumAttempts: Int
    /// The ceiling of the wait after the first attempt; by default 100 ms.
    public var baseDelay: Duration
    /// The ceiling of every wait, also of one that AWS asks for; by default 20 seconds.
    public var maximumDelay: Duration

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - maximumAttempts: how often a call is attempted at most.
    ///   - baseDelay: the ceiling of the wait after the first attempt.
    ///   - maximumDelay: the ceiling of every wait.
    public init(maximumAttempts: Int = 3, baseDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(20)) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
    }
}
