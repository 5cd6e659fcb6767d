// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Synchronization

/// What the calls of one client share.
final class ClientState: Sendable {
    private let quota = Mutex(RetryQuota())
    private let limiter: Mutex<SendRateLimiter>
    private let skew = Mutex(ClockSkew())
    private let clock: ClientClock
    private let start: ContinuousClock.Instant

    private let invocations = InvocationIDs()

    init(_ clock: ClientClock) {
        self.clock = clock
        self.start = clock.instant()
        self.limiter = Mutex(SendRateLimiter(at: 0))
    }

    func makeInvocationID() -> String { self.invocations.next() }

    func withQuota<Value: Sendable>(_ body: (inout RetryQuota) -> Value) -> Value { self.quota.withLock { body(&$0) } }

    func withLimiter<Value: Sendable>(_ body: (inout SendRateLimiter, Double) -> Value) -> Value {
        let now = (self.clock.instant() - self.start) / .seconds(1)
        return self.limiter.withLock { body(&$0, now) }
    }

    /// The time by the clock of a host.
    func time(of host: String, at now: AWSTimestamp) -> AWSTimestamp { self.skew.withLock { $0.time(of: host, at: now) } }

    func withSkew<Value: Sendable>(_ body: (inout ClockSkew) -> Value) -> Value { self.skew.withLock { body(&$0) } }
}
