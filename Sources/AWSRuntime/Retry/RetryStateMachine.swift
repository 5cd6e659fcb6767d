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
    private var isClockCorrected = false
    /// How many attempts have failed.
    package private(set) var failedAttempts = 0
    /// What the quota was charged for the attempt under way; given back when it succeeds.
    package private(set) var charge = 0

    package init(policy: AWSRetryPolicy) { self.policy = policy }

    /// An attempt failed.
    ///
    /// - Parameters:
    ///   - reason: why another one may succeed; `nil` where none may.
    ///   - retryAfter: how long AWS asked to wait.
    ///   - remaining: how long the call may still take; `nil` without a limit.
    ///   - jitter: a random number from 0 up to 1.
    ///   - quota: what all calls of the client may spend on retries.
    package mutating func attemptFailed(
        _ reason: RetryReason?, retryAfter: RetryAfter? = nil, remaining: Duration? = nil, jitter: Double, quota: inout RetryQuota
    ) -> Action {
        self.failedAttempts += 1
        self.charge = 0
        guard let reason, self.failedAttempts < self.policy.maximumAttempts else { return .fail }
        let delay: Duration
        if reason == .clockSkew {
            // With the clock put right the next attempt is as good as a first one, but only once: else it is not the clock.
            guard !self.isClockCorrected else { return .fail }
            self.isClockCorrected = true
            delay = .zero
        } else {
            delay = self.delay(for: reason, retryAfter: retryAfter, jitter: jitter)
        }
        // A wait that ends when the call has ended already is not begun.
        if let remaining, delay >= remaining { return .fail }
        guard let charge = quota.charge(for: reason) else { return .fail }
        self.charge = charge
        return .retry(after: delay)
    }

    private func delay(for reason: RetryReason, retryAfter: RetryAfter?, jitter: Double) -> Duration {
        let ceiling = self.policy.ceiling(afterFailures: self.failedAttempts, isThrottled: reason == .throttling)
        let own = ceiling * min(max(jitter, 0), 1)
        switch retryAfter {
        case .atLeast(let asked): return max(own, min(asked, self.policy.maximumDelay))
        case .around(let asked): return max(own, min(asked, own + .seconds(5)))
        case nil: return own
        }
    }
}
