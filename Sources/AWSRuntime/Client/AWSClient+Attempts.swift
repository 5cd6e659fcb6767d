// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
import Logging
import Transport

extension AWSClient {
    /// Makes attempts until one succeeds or the retry policy gives up.
    ///
    /// - Parameters:
    ///   - call: the call.
    ///   - policy: when there is another attempt.
    ///   - exchange: sends a signed request, gives the answer to the closure that it was given, and returns what the answer holds.
    func attempts<Value>(
        of call: Call, policy: AWSRetryPolicy,
        _ exchange: (SignedRequest, (AWSResponse) -> Void) async throws(AWSError) -> Value
    ) async throws(AWSError) -> Value {
        var retry = RetryStateMachine(policy: policy)
        while true {
            let attempt = call.attempt(retry.failedAttempts + 1)
            do {
                let value = try await self.attempt(attempt, of: call, maximum: policy.maximumAttempts, exchange)
                let charge = retry.charge
                self.state.withQuota { $0.callSucceeded(charge: charge) }
                return value
            } catch {
                let action = self.decide(after: error.error, signedFor: error.time, of: call, &retry)
                self.log(error.error, attempt, action)
                guard case .retry(let delay) = action else {
                    var error = error.error
                    error.attempts = retry.failedAttempts
                    throw error
                }
                try await self.pause(for: delay)
            }
        }
    }

    /// A request that may be sent, with what signs the events of its body where it streams them.
    struct SignedRequest {
        var request: HTTPTransportRequest
        var eventSigner: EventStreamMessageSigner?
    }

    /// An attempt's error, and the time that its request was signed for.
    private struct Failure: Error {
        var error: AWSError
        var time: AWSTimestamp
    }

    /// Signs and sends once.
    private func attempt<Value>(
        _ attempt: AWSAttempt, of call: Call, maximum: Int,
        _ exchange: (SignedRequest, (AWSResponse) -> Void) async throws(AWSError) -> Value
    ) async throws(Failure) -> Value {
        var time = self.state.time(of: call.host, at: self.clock.now())
        var answer: AWSResponse?
        var wasSent = false
        let result: Result<Value, AWSError>
        var used: AWSCredentials?
        do throws(AWSError) {
            if self.configuration.retry.mode == .adaptive { try await self.waitForToken() }
            var head = call.head
            var body = call.body
            head.headerFields[.attempt] = "attempt=\(attempt.number); max=\(maximum)"
            for interceptor in self.configuration.interceptors { try await interceptor.willSign(&head, body: &body, of: attempt) }
            var eventSigner: EventStreamMessageSigner?
            if call.isSigned {
                let credentials = try await self.configuration.credentials.credentials()
                used = credentials
                // What came before may have waited.
                time = self.state.time(of: call.host, at: self.clock.now())
                eventSigner = try self.sign(&head, body, with: credentials, at: time, of: call)
            }
            let request = HTTPTransportRequest(
                head: head, body: body, tls: self.configuration.tls, connectTimeout: self.configuration.connectTimeout,
                timeout: self.configuration.attemptTimeout)
            wasSent = true
            self.metrics.attemptStarted(attempt)
            result = .success(try await exchange(SignedRequest(request: request, eventSigner: eventSigner)) { answer = $0 })
        } catch {
            result = .failure(error)
        }
        if let answer { call.answer.keep(answer, attempt: attempt.number) }
        await self.ended(attempt, with: result, answer, wasSent: wasSent)
        do throws(AWSError) {
            return try result.get()
        } catch {
            if error.code.isExpiredCredentials, let used { self.configuration.credentials.invalidate(used) }
            throw Failure(error: error, time: time)
        }
    }

    private func ended<Value>(
        _ attempt: AWSAttempt, with result: Result<Value, AWSError>, _ answer: AWSResponse?, wasSent: Bool
    ) async {
        let error: AWSError? = if case .failure(let error) = result { error } else { nil }
        if wasSent {
            self.metrics.attemptEnded(attempt, error)
            if self.configuration.retry.mode == .adaptive {
                self.state.withLimiter { $0.attemptEnded(wasThrottled: error?.isThrottling ?? false, at: $1) }
            }
        }
        guard !self.configuration.interceptors.isEmpty else { return }
        let outcome: Result<AWSResponse, AWSError> =
            if let error { .failure(error) } else { .success(answer ?? AWSResponse(head: HTTPResponse(status: .ok), body: [])) }
        for interceptor in self.configuration.interceptors { await interceptor.didEnd(with: outcome, of: attempt) }
    }

    private func sign(
        _ head: inout HTTPRequest, _ body: [UInt8], with credentials: AWSCredentials, at time: AWSTimestamp, of call: Call
    ) throws(AWSError) -> EventStreamMessageSigner? {
        do throws(AWSSignerError) {
            let context = SigningContext(
                credentials: credentials, region: call.signingRegion, service: call.service.signingName, timestamp: time)
            if call.streamsEvents {
                let signer = try self.signer.sign(&head, eventStreamIn: context)
                return EventStreamMessageSigner(signer) { [clock, state] in state.time(of: call.host, at: clock.now()) }
            }
            try self.signer.sign(&head, payload: .bytes(body), in: context)
            return nil
        } catch {
            throw AWSError(.invalidRequest, code: "SigningFailed", message: "the request cannot be signed: \(error)")
        }
    }

    /// Waits until the rate at which AWS has answered allows another attempt.
    private func waitForToken() async throws(AWSError) {
        guard let place = self.state.withLimiter({ limiter, _ in limiter.attemptStarted() }) else { return }
        do throws(AWSError) {
            while true {
                let delay = self.state.withLimiter { $0.takeToken(for: place, at: $1) }
                guard delay > .zero else { return }
                // Never all of a long wait: the rate may change, and who came before may give up.
                try await self.pause(for: min(delay, .seconds(1)))
            }
        } catch {
            self.state.withLimiter { limiter, _ in limiter.attemptCancelled(place) }
            throw error
        }
    }

    private func decide(
        after error: AWSError, signedFor time: AWSTimestamp, of call: Call, _ retry: inout RetryStateMachine
    ) -> RetryStateMachine.Action {
        let now = self.clock.now()
        let isClockCorrected = self.state.withSkew {
            $0.requestRefused(by: call.host, code: error.code, date: error.headers[.date], signed: time, at: now)
        }
        let remaining = self.configuration.callTimeout.map { $0 - (ContinuousClock.now - call.start) }
        let retryAfter = RetryAfter(error.headers) ?? error.retryAfter.map { .atLeast($0) }
        return self.state.withQuota { quota in
            retry.attemptFailed(
                isClockCorrected ? .clockSkew : error.retryReason, retryAfter: retryAfter, remaining: remaining,
                jitter: .random(in: 0..<1), quota: &quota)
        }
    }

    private func log(_ error: AWSError, _ attempt: AWSAttempt, _ action: RetryStateMachine.Action) {
        guard self.logger.logLevel <= .debug else { return }
        var metadata: Logger.Metadata = [
            AWSLogKeys.service: "\(attempt.service.name)", AWSLogKeys.operation: "\(attempt.operation)",
            AWSLogKeys.invocation: "\(attempt.invocationID)", AWSLogKeys.attempt: "\(attempt.number)", AWSLogKeys.error: "\(error.code)",
        ]
        if let status = error.status { metadata[AWSLogKeys.status] = "\(status)" }
        if let id = error.requestID { metadata[AWSLogKeys.requestID] = "\(id)" }
        if case .retry(let delay) = action { metadata[AWSLogKeys.delay] = "\(delay)" }
        self.logger.debug("an attempt of a call failed", metadata: metadata)
    }
}
