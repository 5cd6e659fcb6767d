// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How often and for how long an event is tried before it is given up and goes to the dead letters; by default for ever.
///
/// Where either limit is reached the next failed attempt is the last one. A handler that must never give up, such as one that brings a
/// revocation to a cloud, leaves both at `nil`.
public struct RetryBudget: Hashable, Sendable {
    /// How many attempts there are at most; `nil` for no limit.
    public var maximumAttempts: Int?
    /// How long after its first attempt an event is tried; `nil` for no limit.
    public var maximumAge: Duration?

    /// Makes a budget.
    ///
    /// - Parameters:
    ///   - maximumAttempts: how many attempts there are at most; `nil` for no limit.
    ///   - maximumAge: how long after its first attempt an event is tried; `nil` for no limit.
    public init(maximumAttempts: Int? = nil, maximumAge: Duration? = nil) {
        self.maximumAttempts = maximumAttempts
        self.maximumAge = maximumAge
    }

    /// No limit.
    public static let unlimited = RetryBudget()

    /// Whether there is no further attempt.
    package func isSpent(attempts: Int, age: Duration) -> Bool {
        if let maximumAttempts, attempts >= maximumAttempts { return true }
        if let maximumAge, age >= maximumAge { return true }
        return false
    }

    /// What a dead letter says whose budget is spent.
    package static func reason(attempts: Int, _ reason: String) -> String { "given up after \(attempts) attempts: \(reason)" }
}
