// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import HTTPTypes
public import Logging
public import Transport

/// Signs, sends and retries the operations of any service; the clients of the services share one.
///
/// It holds no connection and no task of its own: it needs no shutdown, and its transport has one.
public final class AWSClient: Sendable {
    /// Where AWS is, who calls it, and how patiently.
    public let configuration: AWSConfiguration

    let transport: any HTTPTransport
    let logger: Logger
    let signer = AWSSigner()
    let state: ClientState
    let metrics = AWSMetrics()
    let routes: ServiceRoutes
    let clock: ClientClock

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - configuration: where AWS is, who calls it, and how patiently.
    ///   - transport: what carries the requests.
    ///   - logger: where attempts are logged, at `debug`; neither credentials nor bodies are.
    public convenience init(_ configuration: AWSConfiguration, transport: any HTTPTransport, logger: Logger) {
        self.init(configuration, transport: transport, logger: logger, clock: .system)
    }

    package init(_ configuration: AWSConfiguration, transport: any HTTPTransport, logger: Logger, clock: ClientClock) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        self.clock = clock
        self.state = ClientState(clock)
        self.routes = ServiceRoutes(configuration)
    }

    /// Sends an operation, and again as the retry policy says.
    ///
    /// Cancelling the task ends the call at once; whether AWS has acted is unknown then.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the last attempt; one of kind ``AWSError/Kind/timedOut`` when ``AWSConfiguration/callTimeout`` is over.
    public func send<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        try await self.send(operation, retry: self.configuration.retry)
    }

    /// Sends an operation in one attempt, for one whose repetition would have a second effect.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the attempt.
    package func sendOnce<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        var policy = self.configuration.retry
        policy.maximumAttempts = 1
        return try await self.send(operation, retry: policy)
    }

    private func send<Operation: AWSOperation>(
        _ operation: Operation, retry policy: AWSRetryPolicy
    ) async throws(AWSError) -> Operation.Output {
        let call = try Call(operation, of: self)
        return try await self.observe(call) { () async throws(AWSError) in
            try await self.withTimeout(of: call) { () async throws(AWSError) in
                try await self.attempts(of: call, policy: policy) { signed, record throws(AWSError) in
                    let response = try await self.exchange(signed.request)
                    record(response)
                    guard response.head.status.kind == .successful else { throw AWSError(response: response) }
                    return try Operation.decode(response)
                }
            }
        }
    }

    private func exchange(_ request: HTTPTransportRequest) async throws(AWSError) -> AWSResponse {
        do {
            let answer = try await self.transport.send(request)
            return AWSResponse(head: answer.head, body: answer.body)
        } catch {
            throw AWSError(error)
        }
    }

    /// Waits between two attempts or calls.
    package func pause(for delay: Duration) async throws(AWSError) {
        guard delay > .zero else { return }
        do {
            try await self.clock.sleep(delay)
        } catch {
            throw AWSError(.cancelled, code: "Cancelled", message: "the task was cancelled while it waited for another attempt")
        }
    }
}
