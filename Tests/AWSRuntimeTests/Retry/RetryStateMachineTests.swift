// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Testing

@Suite struct RetryStateMachineTests {
    @Test func `a failure that may pass is tried again until the attempts are used up`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy(maximumAttempts: 3, baseDelay: .seconds(1), maximumDelay: .seconds(20)))
        let first = machine.attemptFailed(isRetryable: true, retryAfter: nil, jitter: 0.5, quota: &quota)
        #expect(first == .retry(after: .milliseconds(500)))
        let second = machine.attemptFailed(isRetryable: true, retryAfter: nil, jitter: 0.5, quota: &quota)
        #expect(second == .retry(after: .seconds(1)))
        let third = machine.attemptFailed(isRetryable: true, retryAfter: nil, jitter: 0.5, quota: &quota)
        #expect(third == .fail)
    }

    @Test func `a refusal is not tried again`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(isRetryable: false, retryAfter: .seconds(1), jitter: 0.5, quota: &quota)
        #expect(action == .fail)
        #expect(quota == RetryQuota())
    }

    @Test(arguments: [(0.0, 0), (0.25, 25), (0.999, 99)]) func `the wait is anywhere below the ceiling`(jitter: Double, milliseconds: Int) {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(isRetryable: true, retryAfter: nil, jitter: jitter, quota: &quota)
        guard case .retry(let delay) = action else {
            Issue.record("no retry")
            return
        }
        #expect(delay >= .milliseconds(milliseconds) && delay <= .milliseconds(milliseconds + 1))
    }

    @Test func `no wait is longer than the policy's longest, however many attempts there were`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy(maximumAttempts: 60, baseDelay: .seconds(1), maximumDelay: .seconds(20)))
        for attempt in 1..<60 {
            let action = machine.attemptFailed(isRetryable: true, retryAfter: .seconds(500), jitter: 1, quota: &quota)
            #expect(action == .retry(after: .seconds(20)), "attempt \(attempt)")
        }
    }

    @Test func `what AWS asks to wait is a floor under the random wait`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(isRetryable: true, retryAfter: .seconds(3), jitter: 0, quota: &quota)
        #expect(action == .retry(after: .seconds(3)))
    }

    @Test func `an empty quota ends the attempts, and success fills it again`() {
        var quota = RetryQuota()
        for _ in 0..<(RetryQuota.capacity / RetryQuota.cost) { #expect(quota.charge() == RetryQuota.cost) }
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let refused = machine.attemptFailed(isRetryable: true, retryAfter: nil, jitter: 0, quota: &quota)
        #expect(refused == .fail)
        for _ in 0..<RetryQuota.cost { quota.callSucceeded(charge: 0) }
        #expect(quota.charge() == RetryQuota.cost)
        quota.callSucceeded(charge: RetryQuota.cost)
        #expect(quota.tokens == RetryQuota.cost)
    }

    @Test func `the quota never holds more than its capacity`() {
        var quota = RetryQuota()
        quota.callSucceeded(charge: 0)
        #expect(quota.tokens == RetryQuota.capacity)
    }
}
