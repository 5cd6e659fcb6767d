// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Transport

/// Sends the unsigned requests that credentials are asked for with, bounded in size, time and number.
struct CredentialsExchange: Sendable {
    let transport: any HTTPTransport
    /// Who is asked, for error messages.
    let source: String
    var tls = TLSConfiguration.systemDefault
    var connectTimeout = Duration.seconds(2)
    var attemptTimeout = Duration.seconds(10)
    var retry = AWSRetryPolicy()
    var clock = CredentialsClock.system

    /// The longest answer that is taken, in bytes: credentials with a session token have less than 4 KiB.
    static let maximumResponseBytes = 65_536

    /// Sends a request, and again where that may help.
    ///
    /// - Parameters:
    ///   - head: method, place and header fields.
    ///   - body: the body.
    ///   - decode: reads an answer of status 2xx; one that it does not take counts as no answer.
    /// - Returns: what `decode` returns.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/credentials`` or ``AWSError/Kind/cancelled``.
    func send<Output>(
        _ head: HTTPRequest, body: [UInt8] = [], decode: (AWSResponse) throws(AWSError) -> Output
    ) async throws(AWSError) -> Output {
        var machine = RetryStateMachine(policy: self.retry)
        var quota = RetryQuota()
        while true {
            do throws(AWSError) {
                return try decode(try await self.attempt(head, body: body))
            } catch {
                let action = machine.attemptFailed(
                    error.isRetryable ? .transient : nil, retryAfter: error.retryAfter.map { .atLeast($0) },
                    jitter: .random(in: 0..<1), quota: &quota)
                guard case .retry(let delay) = action else {
                    var error = error.asCredentialsError(of: self.source)
                    error.attempts = machine.failedAttempts
                    throw error
                }
                do { try await self.clock.sleep(delay) } catch { throw .cancelledCredentials }
            }
        }
    }

    private func attempt(_ head: HTTPRequest, body: [UInt8]) async throws(AWSError) -> AWSResponse {
        let answer: HTTPTransportResponse
        do {
            answer = try await self.transport.send(
                HTTPTransportRequest(
                    head: head, body: body, tls: self.tls, connectTimeout: self.connectTimeout, timeout: self.attemptTimeout,
                    maximumResponseBodyBytes: Self.maximumResponseBytes))
        } catch {
            throw AWSError(error)
        }
        let response = AWSResponse(head: answer.head, body: answer.body)
        guard answer.head.status.kind == .successful else { throw AWSError(response: response) }
        return response
    }
}

extension HTTPRequest {
    /// A request for credentials.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - endpoint: where it goes.
    ///   - path: what follows the endpoint's base path, encoded, with the query.
    ///   - fields: header fields; one that is `nil` is left out.
    init(_ method: HTTPRequest.Method, _ endpoint: AWSEndpoint, path: String, fields: [(HTTPField.Name?, String?)] = []) {
        self.init(method: method, scheme: endpoint.scheme, authority: endpoint.authority, path: endpoint.basePath + path)
        for case (let name?, let value?) in fields { self.headerFields[name] = value }
    }
}
