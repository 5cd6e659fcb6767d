// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How long to wait before an attempt is repeated: twice as long each time, up to a limit, with jitter.
///
/// The wait lies between one half and the whole of the step, at random, so that many that failed together do not come back
/// together, and none comes back at once.
public struct Backoff: Hashable, Sendable {
    /// The step after the first failure; by default 200 milliseconds.
    public var initial: Duration
    /// The longest step; by default 30 seconds.
    public var maximum: Duration

    /// Makes a backoff.
    ///
    /// - Parameters:
    ///   - initial: the step after the first failure.
    ///   - maximum: the longest step.
    public init(initial: Duration = .milliseconds(200), maximum: Duration = .seconds(30)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The wait after a number of failures in a row.
    ///
    /// - Parameters:
    ///   - failures: how often it has failed, from 1.
    ///   - generator: where the jitter comes from.
    /// - Returns: between one half and the whole of `initial` · 2 ^ (failures − 1), or of `maximum` where that is less.
    package func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        self.step(afterFailures: failures) * Double.random(in: 0.5...1, using: &generator)
    }

    /// The wait after a number of failures in a row, with jitter from the system's generator.
    ///
    /// - Parameter failures: how often it has failed, from 1.
    /// - Returns: between one half and the whole of `initial` · 2 ^ (failures − 1), or of `maximum` where that is less.
    package func delay(afterFailures failures: Int) -> Duration {
        self.step(afterFailures: failures) * Double.random(in: 0.5...1)
    }

    private func step(afterFailures failures: Int) -> Duration {
        // 2^40 steps of the smallest duration exceed every maximum that makes sense, and the product cannot overflow.
        let doublings = min(max(failures - 1, 0), 40)
        var step = min(self.initial, self.maximum)
        for _ in 0..<doublings where step < self.maximum { step = min(step * 2, self.maximum) }
        return step
    }
}
