// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A bucket of tokens that retries are paid from, so that clients do not multiply the load on a service that is down.
///
/// Figures as in the "standard" mode of the AWS SDKs and Tools Reference: 500 tokens, 5 for a retry, given back when it succeeds, and
/// one token for each call that needed none.
package struct RetryQuota: Equatable, Sendable {
    /// How many tokens there are at most.
    package static let capacity = 500
    /// What a retry costs.
    package static let cost = 5

    /// How many tokens there are.
    package private(set) var tokens = RetryQuota.capacity

    package init() {}

    /// Takes the tokens for one retry.
    ///
    /// - Returns: how many were taken; `nil` when there are too few.
    package mutating func charge() -> Int? {
        guard self.tokens >= Self.cost else { return nil }
        self.tokens -= Self.cost
        return Self.cost
    }

    /// A call succeeded.
    ///
    /// - Parameter charge: what its last attempt was charged; zero when it was the first one.
    package mutating func callSucceeded(charge: Int) {
        self.tokens = min(Self.capacity, self.tokens + max(charge, 1))
    }
}
