// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import TestSupport
import Testing

@Suite struct RetryStateMachineTests {
    @Test func `a failure that may pass is tried again until the attempts are used up`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy(maximumAttempts: 3, baseDelay: .seconds(1), maximumDelay: .seconds(20)))
        let first = machine.attemptFailed(.transient, jitter: 0.5, quota: &quota)
        #expect(first == .retry(after: .milliseconds(500)))
        let second = machine.attemptFailed(.transient, jitter: 0.5, quota: &quota)
        #expect(second == .retry(after: .seconds(1)))
        let third = machine.attemptFailed(.transient, jitter: 0.5, quota: &quota)
        #expect(third == .fail)
    }

    @Test func `a refusal is not tried again`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(nil, retryAfter: .atLeast(.seconds(1)), jitter: 0.5, quota: &quota)
        #expect(action == .fail)
        #expect(quota == RetryQuota())
    }

    @Test(arguments: [(0.0, 0), (0.5, 25), (0.999, 49)]) func `the wait is anywhere below the ceiling`(jitter: Double, milliseconds: Int) {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(.transient, jitter: jitter, quota: &quota)
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
            quota = RetryQuota()
            let action = machine.attemptFailed(.transient, retryAfter: .atLeast(.seconds(500)), jitter: 1, quota: &quota)
            #expect(action == .retry(after: .seconds(20)), "attempt \(attempt)")
        }
    }

    @Test func `what AWS asks to wait is a floor under the random wait`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(.transient, retryAfter: .atLeast(.seconds(3)), jitter: 0, quota: &quota)
        #expect(action == .retry(after: .seconds(3)))
    }

    @Test func `an empty quota ends the attempts, and success fills it again`() {
        var quota = RetryQuota()
        let cost = RetryQuota.cost(of: .transient)
        for _ in 0..<(RetryQuota.capacity / cost) { #expect(quota.charge(for: .transient) == cost) }
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let refused = machine.attemptFailed(.transient, jitter: 0, quota: &quota)
        #expect(refused == .fail)
        let left = quota.tokens
        for _ in 0..<cost { quota.callSucceeded(charge: 0) }
        #expect(quota.charge(for: .transient) == cost)
        quota.callSucceeded(charge: cost)
        #expect(quota.tokens == left + cost)
    }

    @Test func `the quota never holds more than its capacity`() {
        var quota = RetryQuota()
        quota.callSucceeded(charge: 0)
        #expect(quota.tokens == RetryQuota.capacity)
    }
}

extension RetryStateMachineTests {
    struct Wait: Sendable {
        var reason: RetryReason
        var retryAfter: RetryAfter?
        var jitter: Double
        var wait: Duration
    }

    @Test(arguments: [
        Wait(reason: .transient, jitter: 1, wait: .milliseconds(50)), Wait(reason: .throttling, jitter: 1, wait: .seconds(1)),
        Wait(reason: .throttling, jitter: 0.5, wait: .milliseconds(500)), Wait(reason: .clockSkew, jitter: 1, wait: .zero),
        Wait(reason: .clockSkew, retryAfter: .atLeast(.seconds(9)), jitter: 1, wait: .zero),
        Wait(reason: .throttling, retryAfter: .around(.seconds(3)), jitter: 0, wait: .seconds(3)),
        Wait(reason: .throttling, retryAfter: .around(.seconds(3)), jitter: 1, wait: .seconds(3)),
        Wait(reason: .throttling, retryAfter: .around(.zero), jitter: 1, wait: .seconds(1)),
        Wait(reason: .throttling, retryAfter: .around(.seconds(60)), jitter: 1, wait: .seconds(6)),
        Wait(reason: .transient, retryAfter: .atLeast(.seconds(60)), jitter: 0, wait: .seconds(20)),
    ])
    func `the first wait is by reason, and by what AWS asks for`(each: Wait) {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(each.reason, retryAfter: each.retryAfter, jitter: each.jitter, quota: &quota)
        #expect(action == .retry(after: each.wait))
        #expect(quota.tokens == RetryQuota.capacity - RetryQuota.cost(of: each.reason))
    }

    @Test func `a clock is corrected once in a call, and costs nothing of the quota`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy(maximumAttempts: 5))
        let first = machine.attemptFailed(.clockSkew, jitter: 1, quota: &quota)
        #expect(first == .retry(after: .zero))
        let second = machine.attemptFailed(.clockSkew, jitter: 1, quota: &quota)
        #expect(second == .fail)
        #expect(quota == RetryQuota())
    }

    @Test func `a wait that the call has no time for is not begun, and not paid for`() {
        var quota = RetryQuota()
        var machine = RetryStateMachine(policy: AWSRetryPolicy())
        let action = machine.attemptFailed(.throttling, remaining: .milliseconds(900), jitter: 1, quota: &quota)
        #expect(action == .fail)
        #expect(quota == RetryQuota())
    }

    @Test func `any failures end within the attempts of the policy, and the quota stays within its bounds`() {
        var generator = SeededGenerator(seed: 11)
        var quota = RetryQuota()
        for _ in 0..<5_000 {
            let policy = AWSRetryPolicy(
                maximumAttempts: .random(in: -1...6, using: &generator),
                baseDelay: .milliseconds(Int.random(in: 0...5_000, using: &generator)))
            var machine = RetryStateMachine(policy: policy)
            var isOver = false
            while !isOver {
                if Int.random(in: 0..<3, using: &generator) == 0 {
                    quota.callSucceeded(charge: machine.charge)
                    isOver = true
                } else {
                    let reason = RetryReason.allCases.randomElement(using: &generator)
                    let action = machine.attemptFailed(
                        Bool.random(using: &generator) ? reason : .transient, retryAfter: .atLeast(.seconds(1)),
                        jitter: .random(in: 0..<1, using: &generator), quota: &quota)
                    if case .retry(let delay) = action { #expect(delay <= policy.maximumDelay) } else { isOver = true }
                }
                #expect(machine.failedAttempts <= max(policy.maximumAttempts, 1))
                #expect((0...RetryQuota.capacity).contains(quota.tokens))
            }
        }
    }
}
