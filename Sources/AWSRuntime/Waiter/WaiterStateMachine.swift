// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides after each answer of one wait whether there is another call, and when; values in, values out.
///
/// The wait is random between the shortest and a ceiling that doubles with each call; the last one is shortened so that one more call fits
/// into the time. Source: Smithy 2.0, section "Waiters", "Waiter retries".
package struct WaiterStateMachine: ~Copyable {
    /// What to do now.
    package enum Action: Equatable {
        /// Wait, then call again.
        case wait(Duration)
        /// The resource is as it was waited for.
        case succeed
        /// The resource will not become what it was waited for.
        case fail
        /// There is no time for another call.
        case giveUp
    }

    private let minimumDelay: Duration
    private let maximumDelay: Duration
    private let timeout: Duration
    private var calls = 0

    package init(minimumDelay: Duration, maximumDelay: Duration, timeout: Duration) {
        self.minimumDelay = max(minimumDelay, .milliseconds(1))
        self.maximumDelay = max(maximumDelay, self.minimumDelay)
        self.timeout = timeout
    }

    /// A call was answered.
    ///
    /// - Parameters:
    ///   - state: what the answer means.
    ///   - elapsed: how long the wait has taken.
    ///   - jitter: a random number from 0 up to 1.
    package mutating func callAnswered(_ state: AWSWaiterState, elapsed: Duration, jitter: Double) -> Action {
        switch state {
        case .success: return .succeed
        case .failure: return .fail
        case .retry: break
        }
        // The exponent is bounded, so that the product stays within the range of Duration.
        let ceiling = min(self.maximumDelay, self.minimumDelay * (1 << min(self.calls, 20)))
        self.calls += 1
        let delay = self.minimumDelay + (ceiling - self.minimumDelay) * min(max(jitter, 0), 1)
        let remaining = self.timeout - elapsed
        guard remaining - delay <= self.minimumDelay else { return .wait(delay) }
        let last = remaining - self.minimumDelay
        return last > .zero ? .wait(last) : .giveUp
    }
}
