// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
public import Logging
import Synchronization
public import Transport

/// Signs, sends and retries the operations of any service; the clients of the services share one.
///
/// It holds no connection and no task of its own: it needs no shutdown, and its transport has one.
public final class AWSClient: Sendable {
    /// Where AWS is, who calls it, and how patiently.
    public let configuration: AWSConfiguration

    private let transport: any HTTPTransport
    private let logger: Logger
    private let signer = AWSSigner()
    private let quota = Mutex(RetryQuota())
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - configuration: where AWS is, who calls it, and how patiently.
    ///   - transport: what carries the requests.
    ///   - logger: where attempts are logged, at `debug`; neither credentials nor bodies are.
    public convenience init(_ configuration: AWSConfiguration, transport: any HTTPTransport, logger: Logger) {
        self.init(configuration, transport: transport, logger: logger) { try await Task.sleep(for: $0) }
    }

    package init(
        _ configuration: AWSConfiguration, transport: any HTTPTransport, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        self.sleep = sleep
    }

    /// Sends an operation, and again as the retry policy says.
    ///
    /// Cancelling the task ends the call at once; whether AWS has acted is unknown then.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the last attempt.
    public func send<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let endpoint = self.configuration.endpoint(of: Operation.service)
        var builder = AWSRequestBuilder(Operation.self)
        operation.encode(into: &builder)
        let (head, body) = try builder.finish(for: endpoint)

        var retry = RetryStateMachine(policy: self.configuration.retry)
        while true {
            do {
                let output = try Operation.decode(try await self.attempt(Operation.service, head: head, body: body))
                let charge = retry.charge
                self.quota.withLock { $0.callSucceeded(charge: charge) }
                return output
            } catch {
                let action = self.quota.withLock { quota in
                    retry.attemptFailed(
                        isRetryable: error.isRetryable, retryAfter: error.retryAfter, jitter: .random(in: 0..<1), quota: &quota)
                }
                self.logger.debug(
                    "\(Operation.service.name) \(Operation.name) failed: \(error.code)",
                    metadata: [
                        "aws.attempt": "\(retry.failedAttempts)", "aws.request.id": "\(error.requestID ?? "")",
                    ])
                guard case .retry(let delay) = action else {
                    var error = error
                    error.attempts = retry.failedAttempts
                    throw error
                }
                try await self.pause(for: delay)
            }
        }
    }

    /// Waits between two attempts or calls.
    func pause(for delay: Duration) async throws(AWSError) {
        do {
            try await self.sleep(delay)
        } catch {
            throw AWSError(.cancelled, code: "Cancelled", message: "the task was cancelled while it waited for another attempt")
        }
    }

    /// Signs and sends once; the answer has status 2xx.
    private func attempt(_ service: AWSService, head: HTTPRequest, body: [UInt8]) async throws(AWSError) -> AWSResponse {
        let credentials = try await self.configuration.credentials.credentials()
        var head = head
        head.headerFields[.userAgent] = Self.userAgent
        do {
            let context = SigningContext(
                credentials: credentials, region: self.configuration.region, service: service.signingName, timestamp: .now)
            try self.signer.sign(&head, payload: .bytes(body), in: context)
        } catch {
            throw AWSError(.invalidRequest, code: "SigningFailed", message: "the request cannot be signed: \(error)")
        }
        let answer: HTTPTransportResponse
        do {
            answer = try await self.transport.send(
                HTTPTransportRequest(
                    head: head, body: body, tls: self.configuration.tls, connectTimeout: self.configuration.connectTimeout,
                    timeout: self.configuration.attemptTimeout))
        } catch {
            throw AWSError(error)
        }
        let response = AWSResponse(head: answer.head, body: answer.body)
        guard answer.head.status.kind == .successful else { throw AWSError(response: response) }
        return response
    }

    private static let userAgent = "lamassu-cloud/0.1"
}
