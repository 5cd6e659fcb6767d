// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import CoreMetrics
internal import Logging
internal import Synchronization
internal import Transport

/// Moves bytes and answers between a stream, the state machines and those who wait; it decides nothing.
///
/// One lock guards everything. It is held while frames are encoded or decoded and never while anyone is woken; the stream is written to
/// under it, so that the order of the bytes is the order of the machines' decisions. The stream's single timer is the only clock.
final class ConnectionDriver: Sendable {
    let configuration: AMQPConfiguration
    let metrics = AMQPMetrics()
    let tracing: MessageTracing?
    let state: Mutex<DriverState>
    /// Begins the message ids of messages that came without one.
    let messageIDPrefix: String
    let logger: Logger
    let environment: ConnectionEnvironment
    let executor = ConnectionExecutor()
    private let lastRequest = Atomic<UInt64>(0)

    private init(
        configuration: AMQPConfiguration, endpoint: AMQPEndpoint, settings: ConnectionSettings, logger: Logger,
        environment: ConnectionEnvironment
    ) {
        self.configuration = configuration
        self.tracing = MessageTracing(configuration)
        self.state = Mutex(DriverState(configuration, endpoint: endpoint, settings: settings))
        self.messageIDPrefix = "lamassu-\(String(UInt64.random(in: .min ... .max), radix: 36))-"
        self.logger = logger
        self.environment = environment
    }

    var now: MonotonicInstant { self.environment.now() }

    /// A number for one who waits.
    func nextRequestID() -> RequestID {
        RequestID(self.lastRequest.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Numbers in a row for things that one call waits for.
    func nextRequestIDs(_ count: Int) -> ClosedRange<RequestID> {
        let (oldValue, newValue) = self.lastRequest.wrappingAdd(UInt64(count), ordering: .relaxed)
        return RequestID(oldValue + 1)...RequestID(newValue)
    }

    /// Runs a change of the state, sends what it wrote, and then, without the lock, wakes those it concerns.
    func withState<Result: Sendable>(
        _ change: (inout DriverState, MonotonicInstant, inout Aftermath) -> Result
    ) -> Result {
        let now = self.now
        let (result, aftermath) = self.state.withLock { state in
            var aftermath = Aftermath()
            let result = change(&state, now, &aftermath)
            state.flush(at: now)
            state.wakeTimekeeper(&aftermath)
            return (result, aftermath)
        }
        self.finish(aftermath)
        return result
    }

    private func finish(_ aftermath: Aftermath) {
        aftermath.carryOut(self.metrics)
        for event in aftermath.events { self.report(event) }
    }

    // MARK: Opening and closing

    /// Connects to one of the endpoints and completes the handshake: tries each once, until one has agreed.
    static func connect(
        to configuration: AMQPConfiguration, over transport: any ByteStreamTransport, logger: Logger, environment: ConnectionEnvironment
    ) async throws(AMQPError) -> ConnectionDriver {
        let settings = try configuration.connectionSettings()
        var generator = SystemRandomNumberGenerator()
        var failures: [(endpoint: AMQPEndpoint, error: AMQPError)] = []
        for endpoint in configuration.endpoints.attempts(using: &generator) {
            let driver = ConnectionDriver(
                configuration: configuration, endpoint: endpoint, settings: settings, logger: logger, environment: environment)
            do throws(AMQPError) {
                try await driver.connect(to: endpoint, over: transport)
                driver.reportConnected()
                return driver
            } catch {
                guard error.isOfOneEndpoint else { throw error }
                failures.append((endpoint, error))
            }
        }
        throw AMQPError(failures: failures)
    }

    /// Connects to an endpoint and completes the handshake.
    func connect(to endpoint: AMQPEndpoint, over transport: any ByteStreamTransport) async throws(AMQPError) {
        let number = self.withState { state, _, _ in state.beginAttempt(endpoint) }
        let target = ByteStreamTarget(
            host: endpoint.host, port: endpoint.port(with: self.configuration.tls), tls: self.configuration.tls,
            connectTimeout: self.configuration.connectTimeout)
        let stream: any ByteStream
        do throws(TransportError) {
            stream = try await transport.connect(to: target, handler: StreamHandler(driver: self, stream: number))
        } catch {
            let error = AMQPError(connectFailed: error)
            self.withState { state, _, _ in state.attemptFailed(error) }
            throw error
        }
        try await self.open(over: stream)
    }

    private func open(over stream: any ByteStream) async throws(AMQPError) {
        self.executor.use(stream)
        let error = await withTaskCancellationHandler {
            await withSuspension { continuation in
                self.withState { state, now, aftermath in
                    if let error = state.endError ?? state.lossError {
                        stream.abort()
                        return aftermath.resume(continuation, failing: error)
                    }
                    state.attach(stream)
                    state.openContinuation = continuation
                    state.connection.streamOpened(at: now)
                    state.writeProtocolHeader()
                    state.arm(state.connection.nextDeadline)
                }
                if Task.isCancelled { self.cancelOpening() }
            }
        } onCancel: {
            self.cancelOpening()
        }
        if let error { throw error }
    }

    private func cancelOpening() {
        self.withState { state, _, aftermath in
            // Before there is a stream, the transport's own cancellation ends the attempt.
            guard state.openContinuation != nil, let ending = state.connection.openingCancelled() else { return }
            state.end(ending, &aftermath)
        }
    }

    /// Closes the connection in order; all that waits fails now.
    ///
    /// Returns when the broker has agreed, or has taken too long; at once where there is no connection at present.
    func close() async {
        _ = await withSuspension { (continuation: Aftermath.ConnectContinuation) in
            self.withState { state, now, aftermath in
                if state.recovery.closeRequested() {
                    state.endWhileAway(.connectionClosed, AMQPError(failure: .connectionClosed), at: now, &aftermath)
                    return aftermath.resume(continuation, failing: nil)
                }
                guard let method = state.connection.closeRequested(at: now) else {
                    return aftermath.resume(continuation, failing: nil)
                }
                state.failAll(.connectionClosed, AMQPError(failure: .connectionClosed), &aftermath)
                state.write(method, channel: 0, &aftermath)
                state.closeContinuation = continuation
                state.arm(state.connection.nextDeadline)
            }
        }
    }

    /// Waits until all that is asked of the connection fails: it has ended, or this side closes it.
    ///
    /// - Returns: why; `nil` where the task was cancelled before.
    func waitUntilEnded() async -> AMQPError? {
        let id = self.nextRequestID()
        return await withTaskCancellationHandler {
            await withSuspension { (continuation: Aftermath.ConnectContinuation) in
                self.withState { state, _, aftermath in
                    // Looked at under the lock: a cancellation that comes later finds the continuation.
                    guard state.endError == nil, !Task.isCancelled else {
                        return aftermath.resume(continuation, failing: state.endError)
                    }
                    state.endContinuations[id] = continuation
                }
            }
        } onCancel: {
            self.withState { state, _, aftermath in
                aftermath.resume(state.endContinuations.removeValue(forKey: id), failing: nil)
            }
        }
    }

    // MARK: What happens on the stream

    func streamReceived(_ bytes: Span<UInt8>, on stream: UInt64) {
        let now = self.now
        let aftermath = self.state.withLock { state in
            var aftermath = Aftermath()
            guard state.streamNumber == stream else { return aftermath }
            state.received(bytes, at: now, &aftermath)
            state.wakeTimekeeper(&aftermath)
            return aftermath
        }
        self.finish(aftermath)
    }

    func streamBecameWritable(_ stream: UInt64) {
        self.withState { state, now, aftermath in
            guard state.streamNumber == stream else { return }
            state.connection.streamFilled(false)
            state.pumpAll(at: now, &aftermath)
        }
    }

    func streamDeadlinePassed(_ stream: UInt64) {
        self.withState { state, now, aftermath in
            guard state.streamNumber == stream else { return }
            state.deadlinePassed(at: now, &aftermath)
        }
    }

    func streamClosed(_ error: TransportError?, on stream: UInt64) {
        self.withState { state, _, aftermath in
            guard state.streamNumber == stream, !state.isOver,
                let failure = state.connection.streamClosed(isOrderly: error == nil)
            else { return }
            state.end(ConnectionStateMachine.Ending(failure: failure), transportError: error, &aftermath)
        }
    }
}
