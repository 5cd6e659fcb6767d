// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// Decides for each caller whether the credentials at hand serve, whether to refresh them, or whose refresh to wait for.
///
/// At most one refresh is under way. It is run by one of the callers; when that one is cancelled, it goes over to one that waits. Values
/// in, values out: expiry is of the system's clock, the wait after a failure is of a clock that nobody sets.
package struct CredentialsCacheStateMachine: ~Copyable {
    /// One call of a caller.
    package struct CallerID: Hashable, Sendable {
        package var value: UInt64
        package init(_ value: UInt64) { self.value = value }
    }

    /// When something happens.
    package struct Moment: Hashable, Sendable {
        /// What the system's clock shows.
        package var time: AWSTimestamp
        /// The time since some start, which only grows.
        package var uptime: Duration

        package init(time: AWSTimestamp, uptime: Duration) {
            self.time = time
            self.uptime = uptime
        }
    }

    /// What a caller is to do.
    package enum CallerAction: Equatable {
        /// Go on with these.
        case use(AWSCredentials)
        /// Ask the source, and report what came of it.
        case refresh
        /// Wait until the refresh of another caller is over.
        case wait
        /// Fail: nothing is valid, and it is too early to ask the source again.
        case fail(AWSError)
    }

    /// What comes of a refresh, for the caller who ran it and for those who waited.
    package struct Completion: Equatable {
        package enum Outcome: Equatable {
            case use(AWSCredentials)
            case fail(AWSError)
        }

        package var outcome: Outcome
        package var waiting: [CallerID]

        package init(outcome: Outcome, waiting: [CallerID]) {
            self.outcome = outcome
            self.waiting = waiting
        }
    }

    /// How near the expiry is.
    private enum Freshness { case fresh, advisory, mandatory, expired }

    private struct Cached {
        var credentials: AWSCredentials
        /// How long before the expiry each window opens, in seconds.
        var advisory: Int64
        var mandatory: Int64
        /// The uptime at which those without an expiry are asked for again.
        var recheckAt: Duration

        func freshness(at moment: Moment) -> Freshness {
            guard let expiration = self.credentials.expiration else { return moment.uptime < self.recheckAt ? .fresh : .advisory }
            let remaining = expiration.secondsSinceEpoch.subtractingReportingOverflow(moment.time.secondsSinceEpoch)
            // An overflow can only come of moments that are further apart than all of history.
            let seconds = remaining.overflow ? (moment.time.secondsSinceEpoch < 0 ? Int64.max : Int64.min) : remaining.partialValue
            if seconds <= 0 { return .expired }
            return seconds <= self.mandatory ? .mandatory : seconds <= self.advisory ? .advisory : .fresh
        }
    }

    private struct Refresh {
        var caller: CallerID
        var waiting: [CallerID] = []
    }

    private struct Failure {
        var error: AWSError
        var count: Int
        /// The uptime from which the source is asked again.
        var retryAt: Duration
    }

    /// Who asks the source.
    private enum State {
        /// Nobody. → refreshing
        case idle
        /// One caller. → idle when the source has answered, or its caller left and nobody waits
        case refreshing(Refresh)
    }

    private let policy: CredentialsRefreshPolicy
    private var state = State.idle
    private var cached: Cached?
    private var failure: Failure?
    /// The uptime until which a refusal by AWS does not count, since the last one just led to a refresh.
    private var refusalsCountFrom: Duration?

    package init(policy: CredentialsRefreshPolicy) { self.policy = policy }

    /// The credentials that serve without a further look.
    package func freshCredentials(at moment: Moment) -> AWSCredentials? {
        guard let cached, cached.freshness(at: moment) == .fresh else { return nil }
        return cached.credentials
    }

    /// A caller wants credentials.
    package mutating func credentialsRequested(by caller: CallerID, at moment: Moment) -> CallerAction {
        let freshness = self.cached?.freshness(at: moment) ?? .expired
        if let cached, freshness == .fresh { return .use(cached.credentials) }
        switch self.state {
        case .refreshing(var refresh):
            if let cached, freshness == .advisory { return .use(cached.credentials) }
            refresh.waiting.append(caller)
            self.state = .refreshing(refresh)
            return .wait
        case .idle:
            if let failure, moment.uptime < failure.retryAt {
                if let cached, freshness != .expired { return .use(cached.credentials) }
                return .fail(failure.error)
            }
            self.state = .refreshing(Refresh(caller: caller))
            return .refresh
        }
    }

    /// How long a caller who asks the source now is to wait for it: not long while the credentials at hand serve.
    package func refreshTimeout(at moment: Moment) -> Duration {
        guard let cached, cached.freshness(at: moment) == .advisory else { return self.policy.refreshTimeout }
        return min(self.policy.advisoryTimeout, self.policy.refreshTimeout)
    }

    /// The source gave credentials.
    ///
    /// - Returns: what comes of it; `nil` where the refresh is no longer the caller's.
    package mutating func refreshSucceeded(
        by caller: CallerID, with credentials: AWSCredentials, at moment: Moment, jitter: Double
    ) -> Completion? {
        let lifetime = credentials.expiration.map { $0.secondsSinceEpoch.subtractingReportingOverflow(moment.time.secondsSinceEpoch) }
        let seconds = lifetime.map { $0.overflow ? 0 : $0.partialValue }
        if let seconds, seconds <= 0 {
            let error = AWSError(
                .credentials, code: .expiredCredentials,
                message: "the source gave credentials that are expired by the system's clock: check the clock, then the source",
                isRetryable: true)
            return self.refreshFailed(by: caller, with: error, at: moment, jitter: jitter)
        }
        guard let waiting = self.endRefresh(by: caller) else { return nil }
        let advisory = min(self.policy.advisoryWindow.components.seconds, (seconds ?? 0) / 2)
        let mandatory = min(self.policy.mandatoryWindow.components.seconds, advisory / 2)
        self.cached = Cached(
            credentials: credentials, advisory: advisory, mandatory: mandatory, recheckAt: moment.uptime + self.policy.recheckInterval)
        self.failure = nil
        return Completion(outcome: .use(credentials), waiting: waiting)
    }

    /// The source gave none.
    ///
    /// - Parameters:
    ///   - caller: who asked it.
    ///   - error: why.
    ///   - moment: when.
    ///   - jitter: a random number from 0 up to 1.
    /// - Returns: what comes of it; `nil` where the refresh is no longer the caller's.
    package mutating func refreshFailed(by caller: CallerID, with error: AWSError, at moment: Moment, jitter: Double) -> Completion? {
        guard let waiting = self.endRefresh(by: caller) else { return nil }
        let count = (self.failure?.count ?? 0) + 1
        // The exponent is bounded, so that the product stays within the range of Duration.
        let ceiling = min(self.policy.maximumDelay, self.policy.baseDelay * (1 << min(count - 1, 20)))
        self.failure = Failure(error: error, count: count, retryAt: moment.uptime + ceiling * (0.5 + jitter / 2))
        if let cached, cached.freshness(at: moment) != .expired {
            return Completion(outcome: .use(cached.credentials), waiting: waiting)
        }
        return Completion(outcome: .fail(error), waiting: waiting)
    }

    /// The caller who asked the source was cancelled before it answered.
    ///
    /// - Returns: who is to ask it now; `nil` when nobody waits.
    package mutating func refreshAbandoned(by caller: CallerID) -> CallerID? {
        guard let waiting = self.endRefresh(by: caller), let next = waiting.first else { return nil }
        self.state = .refreshing(Refresh(caller: next, waiting: Array(waiting.dropFirst())))
        return next
    }

    /// A caller who waited was cancelled.
    package mutating func waitAbandoned(by caller: CallerID) {
        guard case .refreshing(var refresh) = self.state else { return }
        refresh.waiting.removeAll { $0 == caller }
        self.state = .refreshing(refresh)
    }

    /// AWS refused credentials.
    ///
    /// Taken once in ``CredentialsRefreshPolicy/maximumDelay``: a source that gives refused credentials is not asked for each call.
    package mutating func credentialsRefused(_ credentials: AWSCredentials, at moment: Moment) {
        guard self.cached?.credentials == credentials else { return }
        if let start = self.refusalsCountFrom, moment.uptime < start { return }
        self.refusalsCountFrom = moment.uptime + self.policy.maximumDelay
        self.cached = nil
    }

    /// How long nothing has to be done, for who refreshes ahead of the callers.
    package func delayUntilRefresh(at moment: Moment) -> Duration {
        guard let cached, cached.freshness(at: moment) == .fresh else {
            return max(.zero, (self.failure?.retryAt ?? moment.uptime) - moment.uptime)
        }
        guard let expiration = cached.credentials.expiration else { return min(cached.recheckAt - moment.uptime, Self.longestDelay) }
        let start = expiration.secondsSinceEpoch.subtractingReportingOverflow(cached.advisory).partialValue
        let seconds = start.subtractingReportingOverflow(moment.time.secondsSinceEpoch)
        // The system's clock may be set meanwhile, so that it is looked at from time to time.
        return seconds.overflow ? Self.longestDelay : min(max(.zero, .seconds(seconds.partialValue)), Self.longestDelay)
    }

    private static let longestDelay = Duration.seconds(60)

    /// Ends the refresh if it is the caller's, and gives those who wait for it.
    private mutating func endRefresh(by caller: CallerID) -> [CallerID]? {
        guard case .refreshing(let refresh) = self.state, refresh.caller == caller else { return nil }
        self.state = .idle
        return refresh.waiting
    }
}
