// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// The rate at which a client in the mode ``AWSRetryMode/adaptive`` sends: a bucket of tokens whose filling follows throttling.
///
/// Throttling cuts the rate; from there it grows along a cubic curve, flat about the rate at which AWS throttled before, as TCP CUBIC does.
/// Until the first throttling nothing waits. Figures and formulas are those that botocore's mode `adaptive` has, which a test holds it against.
/// Time enters in seconds since any moment.
package struct SendRateLimiter: Equatable, Sendable {
    private static let minimumRate = 0.5
    private static let minimumCapacity = 1.0
    private static let smoothing = 0.8
    private static let beta = 0.7
    private static let scale = 0.4
    /// Buckets of a second that the measured rate is taken by.
    private static let bucketsPerSecond = 2.0

    /// The place of an attempt in the line for tokens.
    package struct Place: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// Whether attempts wait for tokens: from the first throttling on.
    package private(set) var isEnabled = false
    /// Tokens per second.
    package private(set) var fillRate = 1.0
    private var capacity = 1.0
    private var tokens = 0.0
    private var lastFill: Double

    /// The attempts that wait for tokens, in the order in which they came.
    private var line: [Place] = []
    private var lastPlace = 0

    /// Answers per second, smoothed.
    private var measuredRate = 0.0
    private var lastBucket: Double
    private var answersInBucket = 0.0

    private var lastMaximumRate = 0.0
    private var timeWindow = 0.0
    private var lastThrottling: Double

    package init(at now: Double) {
        self.lastFill = now
        self.lastBucket = now.rounded(.down)
        self.lastThrottling = now
    }

    /// An attempt is to be sent: it lines up for a token.
    ///
    /// - Returns: its place; `nil` where it needs none.
    package mutating func attemptStarted() -> Place? {
        guard self.isEnabled else { return nil }
        self.lastPlace += 1
        let place = Place(number: self.lastPlace)
        self.line.append(place)
        return place
    }

    /// Takes a token for an attempt, and it out of the line, once there is one for each that came before too.
    ///
    /// - Returns: how long to wait, at the rate of now, until asking again; zero where the attempt has its token.
    package mutating func takeToken(for place: Place, at now: Double) -> Duration {
        guard let index = self.line.firstIndex(of: place) else { return .zero }
        self.fill(at: now)
        let missing = Double(index + 1) - self.tokens
        // Who has waited as long as told may lack a rounding error.
        guard missing <= 1e-9 else { return .seconds(missing / self.fillRate) }
        self.line.remove(at: index)
        self.tokens -= 1
        return .zero
    }

    /// An attempt gave up the wait: those behind it move up.
    package mutating func attemptCancelled(_ place: Place) { self.line.removeAll { $0 == place } }

    /// An attempt was answered, or failed without an answer.
    package mutating func attemptEnded(wasThrottled: Bool, at now: Double) {
        self.measure(at: now)
        let rate: Double
        if wasThrottled {
            let reached = self.isEnabled ? min(self.measuredRate, self.fillRate) : self.measuredRate
            self.lastMaximumRate = reached
            self.timeWindow = cbrt(reached * (1 - Self.beta) / Self.scale)
            self.lastThrottling = now
            self.isEnabled = true
            rate = reached * Self.beta
        } else {
            let elapsed = now - self.lastThrottling - self.timeWindow
            rate = Self.scale * elapsed * elapsed * elapsed + self.lastMaximumRate
        }
        self.fill(at: now)
        let newRate = min(rate, 2 * self.measuredRate)
        self.fillRate = max(newRate, Self.minimumRate)
        self.capacity = max(newRate, Self.minimumCapacity)
        self.tokens = min(self.tokens, self.capacity)
    }

    private mutating func measure(at now: Double) {
        let bucket = (now * Self.bucketsPerSecond).rounded(.down) / Self.bucketsPerSecond
        self.answersInBucket += 1
        guard bucket > self.lastBucket else { return }
        let rate = self.answersInBucket / (bucket - self.lastBucket)
        self.measuredRate = rate * Self.smoothing + self.measuredRate * (1 - Self.smoothing)
        self.answersInBucket = 0
        self.lastBucket = bucket
    }

    private mutating func fill(at now: Double) {
        // A clock that goes backwards fills nothing.
        self.tokens = min(self.capacity, self.tokens + max(now - self.lastFill, 0) * self.fillRate)
        self.lastFill = max(now, self.lastFill)
    }
}
