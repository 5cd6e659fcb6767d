// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides after each failed attempt of one call whether there is another; values in, values out.
package struct RetryStateMachine: ~Copyable {
    /// What to do now.
    package enum Action: Equatable {
        /// Wait, then attempt again.
        case retry(after: Duration)
        /// Give up: the call fails with the last error.
        case fail
    }

    private let policy: AWSRetryPolicy
    /// How many attempts have failed.
    package private(set) var failedAttempts = 0
    /// What the quota was charged for the attempt under way; given back when it succeeds.
    package private(set) var charge = 0

    package init(policy: AWSRetryPolicy) { self.policy = policy }

    /// An attempt failed.
    ///
    /// - Parameters:
    ///   - isRetryable: whether the same attempt may succeed later.
    ///   - retryAfter: how long AWS asked to wait.
    ///   - jitter: a random number from 0 up to 1.
    ///   - quota: what all calls of the client may spend on retries.
    package mutating func attemptFailed(
        isRetryable: Bool, retryAfter: Duration?, jitter: Double, quota: inout RetryQuota
    ) -> Action {
        self.failedAttempts += 1
        self.charge = 0
        guard isRetryable, self.failedAttempts < self.policy.maximumAttempts, let charge = quota.charge() else { return .fail }
        self.charge = charge
        // The exponent is bounded, so that the product stays within the range of Duration.
        let ceiling = min(self.policy.maximumDelay, self.policy.baseDelay * (1 << min(self.failedAttempts - 1, 20)))
        return .retry(after: max(ceiling * jitter, min(retryAfter ?? .zero, self.policy.maximumDelay)))
    }
}
