// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A bucket of tokens that retries are paid from, so that clients do not multiply the load on a service that is down.
///
/// Figures as in the AWS SDKs and Tools Reference, "Retry behavior", of 2026: 500 tokens; 14 for a retry, 5 after throttling, given back when it
/// succeeds; and one token for each call that needed none.
package struct RetryQuota: Equatable, Sendable {
    /// How many tokens there are at most.
    package static let capacity = 500

    /// What a retry costs.
    ///
    /// - Parameter reason: why there is one; a clock that was put right costs nothing, as it happens once.
    package static func cost(of reason: RetryReason) -> Int {
        switch reason {
        case .transient: 14
        case .throttling: 5
        case .clockSkew: 0
        }
    }

    /// How many tokens there are.
    package private(set) var tokens = RetryQuota.capacity

    package init() {}

    /// Takes the tokens for one retry.
    ///
    /// - Returns: how many were taken; `nil` when there are too few.
    package mutating func charge(for reason: RetryReason) -> Int? {
        let cost = Self.cost(of: reason)
        guard self.tokens >= cost else { return nil }
        self.tokens -= cost
        return cost
    }

    /// A call succeeded.
    ///
    /// - Parameter charge: what its last attempt was charged; zero when it was the first one.
    package mutating func callSucceeded(charge: Int) {
        self.tokens = min(Self.capacity, self.tokens + max(charge, 1))
    }
}
