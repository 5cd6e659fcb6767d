// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When a ``CachedCredentialsProvider`` asks its source again.
public struct CredentialsRefreshPolicy: Hashable, Sendable {
    /// How long before their expiry credentials are refreshed while they go on being used; by default 5 minutes.
    ///
    /// At most half of the time for which they were valid when they came, so that short-lived ones are not refreshed at every call.
    public var advisoryWindow: Duration
    /// How long before their expiry callers wait for the refresh; by default 1 minute, and at most half of the advisory window.
    ///
    /// A request that was signed just before the expiry is still to arrive before it.
    public var mandatoryWindow: Duration
    /// After how long credentials without an expiry are asked for again, while they go on being used; by default 15 minutes.
    ///
    /// So keys that are changed in a file are used without a restart.
    public var recheckInterval: Duration
    /// How long one refresh may take where callers wait for it, or ``CachedCredentialsProvider/run()`` does it; by default 60 seconds.
    public var refreshTimeout: Duration
    /// How long one may take that a caller does although the credentials at hand serve, in the advisory window; by default 2 seconds.
    ///
    /// That caller goes on with what is at hand then. A source over the network answers in less; one that takes longer is waited for in the
    /// mandatory window, unless ``CachedCredentialsProvider/run()`` has refreshed by then.
    public var advisoryTimeout: Duration
    /// How long no refresh is tried after a first failure; doubles with each further one; by default 500 ms.
    public var baseDelay: Duration
    /// The longest time for which none is tried after a failure; by default 15 seconds.
    ///
    /// Where no credentials are valid meanwhile, calls fail at once with the error of the last refresh.
    public var maximumDelay: Duration

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - advisoryWindow: how long before their expiry credentials are refreshed while they go on being used.
    ///   - mandatoryWindow: how long before their expiry callers wait for the refresh.
    ///   - recheckInterval: after how long credentials without an expiry are asked for again.
    ///   - refreshTimeout: how long one refresh may take.
    ///   - advisoryTimeout: how long one may take that a caller does in the advisory window.
    ///   - baseDelay: how long no refresh is tried after a first failure.
    ///   - maximumDelay: the longest time for which none is tried after a failure.
    public init(
        advisoryWindow: Duration = .seconds(300), mandatoryWindow: Duration = .seconds(60),
        recheckInterval: Duration = .seconds(900), refreshTimeout: Duration = .seconds(60), advisoryTimeout: Duration = .seconds(2),
        baseDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(15)
    ) {
        self.advisoryWindow = advisoryWindow
        self.mandatoryWindow = mandatoryWindow
        self.recheckInterval = recheckInterval
        self.refreshTimeout = refreshTimeout
        self.advisoryTimeout = advisoryTimeout
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
    }
}
