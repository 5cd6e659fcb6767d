// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
public import Logging
import Synchronization

/// Keeps the credentials of another provider, and refreshes them before they expire.
///
/// One refresh serves all callers who need it. In the advisory window before the expiry the first caller runs it, for
/// ``CredentialsRefreshPolicy/advisoryTimeout`` at most, while all others go on with the credentials at hand; in the mandatory window all
/// wait for it. Where ``run()`` runs, it refreshes ahead of the callers. A caller who is cancelled leaves the refresh to another one that
/// waits for it.
///
/// No failure lasts: while the credentials at hand are valid they are given, and the source is asked again after a wait that doubles with
/// each failure up to ``CredentialsRefreshPolicy/maximumDelay``. Where none are valid, callers get the error of the last refresh until then.
public final class CachedCredentialsProvider: AWSCredentialsProvider {
    private typealias Machine = CredentialsCacheStateMachine

    /// What becomes of a caller.
    private enum Turn {
        case use(AWSCredentials)
        case fail(AWSError)
        /// Ask the source.
        case refresh
        case cancelled
    }

    private struct State: ~Copyable {
        var machine: CredentialsCacheStateMachine
        var waiting: [CredentialsCacheStateMachine.CallerID: CheckedContinuation<Turn, Never>] = [:]
        var callers: UInt64 = 0
    }

    private let source: any AWSCredentialsProvider
    private let policy: CredentialsRefreshPolicy
    private let clock: CredentialsClock
    private let logger: Logger
    private let state: Mutex<State>

    /// Makes a cache; it asks nothing before the first call.
    ///
    /// - Parameters:
    ///   - source: gives the credentials that are kept.
    ///   - policy: when the source is asked again.
    ///   - logger: where a refresh is logged: one that failed at `info`, one that succeeded at `debug`; no secret is.
    public convenience init(
        _ source: any AWSCredentialsProvider, policy: CredentialsRefreshPolicy = CredentialsRefreshPolicy(), logger: Logger
    ) {
        self.init(source, policy: policy, logger: logger, clock: .system)
    }

    package init(_ source: any AWSCredentialsProvider, policy: CredentialsRefreshPolicy, logger: Logger, clock: CredentialsClock) {
        self.source = source
        self.policy = policy
        self.clock = clock
        self.logger = logger
        self.state = Mutex(State(machine: CredentialsCacheStateMachine(policy: policy)))
    }

    /// Gives the credentials at hand, or new ones.
    ///
    /// Cancelling the task ends its wait alone.
    ///
    /// - Throws: the source's error where nothing is valid; ``AWSErrorCode/credentialsTimedOut`` when it did not answer in time.
    public func credentials() async throws(AWSError) -> AWSCredentials { try await self.credentials(isAhead: false) }

    /// Gives credentials to a caller, or refreshes them ahead of the callers, which nobody waits for.
    private func credentials(isAhead: Bool) async throws(AWSError) -> AWSCredentials {
        let moment = self.clock.moment
        if let credentials = self.state.withLock({ $0.machine.freshCredentials(at: moment) }) { return credentials }
        let caller = self.state.withLock { state in
            state.callers += 1
            return Machine.CallerID(state.callers)
        }
        switch await self.turn(of: caller) {
        case .use(let credentials): return credentials
        case .fail(let error): throw error
        case .refresh:
            let timeout = isAhead ? self.policy.refreshTimeout : self.state.withLock { $0.machine.refreshTimeout(at: moment) }
            return try await self.refresh(as: caller, within: timeout)
        case .cancelled: throw Self.cancelled()
        }
    }

    /// Drops the credentials, if they are at hand; the next caller refreshes.
    ///
    /// Taken once in ``CredentialsRefreshPolicy/maximumDelay``, so that a source which gives refused ones is not asked for each call.
    ///
    /// - Parameter credentials: what AWS refused.
    public func invalidate(_ credentials: AWSCredentials) {
        let moment = self.clock.moment
        self.source.invalidate(credentials)
        self.state.withLock { $0.machine.credentialsRefused(credentials, at: moment) }
    }

    /// Refreshes the credentials ahead of the callers until the task is cancelled; returns then.
    ///
    /// A failure is logged and does not end it. Without it, credentials are refreshed by the callers.
    public func run() async {
        while !Task.isCancelled {
            // A failure has been logged, and says when to go on by the delay.
            _ = try? await self.credentials(isAhead: true)
            let moment = self.clock.moment
            let delay = self.state.withLock { $0.machine.delayUntilRefresh(at: moment) }
            // A refresh of another caller may be under way, with nothing to wait for but its end.
            guard (try? await self.clock.sleep(max(delay, .milliseconds(100)))) != nil else { return }
        }
    }

    /// Asks the machine, and waits where it says so.
    private func turn(of caller: Machine.CallerID) async -> Turn {
        let moment = self.clock.moment
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn = self.state.withLock { state -> Turn? in
                    // Looked at under the lock: a cancellation that comes later finds the continuation.
                    if Task.isCancelled { return .cancelled }
                    switch state.machine.credentialsRequested(by: caller, at: moment) {
                    case .use(let credentials): return .use(credentials)
                    case .fail(let error): return .fail(error)
                    case .refresh: return .refresh
                    case .wait:
                        state.waiting[caller] = continuation
                        return nil
                    }
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            let continuation = self.state.withLock { state in
                let continuation = state.waiting.removeValue(forKey: caller)
                if continuation != nil { state.machine.waitAbandoned(by: caller) }
                return continuation
            }
            continuation?.resume(returning: .cancelled)
        }
    }

    private func refresh(as caller: Machine.CallerID, within timeout: Duration) async throws(AWSError) -> AWSCredentials {
        let source = self.source
        let result = await withDeadline(timeout, clock: self.clock) { () async throws(AWSError) in
            try await source.credentials()
        }
        let moment = self.clock.moment
        let jitter = Double.random(in: 0..<1)
        let completion: Machine.Completion?
        switch result {
        case .success(let credentials):
            self.logger.debug(
                "AWS credentials were refreshed",
                metadata: [
                    "aws.access_key.id": "\(credentials.accessKeyID)",
                    "aws.credentials.expiration": "\(credentials.expiration.map(\.description) ?? "none")",
                ])
            completion = self.state.withLock {
                $0.machine.refreshSucceeded(by: caller, with: credentials, at: moment, jitter: jitter)
            }
        case .failure where Task.isCancelled:
            self.handOver(from: caller)
            throw Self.cancelled()
        case .failure(let error):
            self.logger.info("AWS credentials could not be refreshed", metadata: ["aws.error": "\(error)"])
            completion = self.state.withLock { $0.machine.refreshFailed(by: caller, with: error, at: moment, jitter: jitter) }
        }
        // The refresh is the caller's until it has ended it.
        guard let completion else { throw Self.cancelled() }
        return try self.complete(completion)
    }

    /// Wakes those who waited for a refresh, and gives what comes of it.
    private func complete(_ completion: Machine.Completion) throws(AWSError) -> AWSCredentials {
        let continuations = self.state.withLock { state in completion.waiting.compactMap { state.waiting.removeValue(forKey: $0) } }
        switch completion.outcome {
        case .use(let credentials):
            for continuation in continuations { continuation.resume(returning: .use(credentials)) }
            return credentials
        case .fail(let error):
            for continuation in continuations { continuation.resume(returning: .fail(error)) }
            throw error
        }
    }

    /// Leaves the refresh to one who waits for it.
    private func handOver(from caller: Machine.CallerID) {
        let continuation = self.state.withLock { state in
            state.machine.refreshAbandoned(by: caller).flatMap { state.waiting.removeValue(forKey: $0) }
        }
        continuation?.resume(returning: .refresh)
    }

    private static func cancelled() -> AWSError {
        AWSError(.cancelled, code: "Cancelled", message: "the task was cancelled while it waited for credentials")
    }
}
