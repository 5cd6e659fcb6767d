// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Logging
internal import Metrics
internal import Synchronization
internal import Transport

/// Moves bytes and answers between a stream, the state machines and those who wait; it decides nothing.
///
/// One lock guards everything. It is held while frames are encoded or decoded and never while anyone is woken; the stream is written to
/// under it, so that the order of the bytes is the order of the machines' decisions. The stream's single timer is the only clock.
final class ConnectionDriver: ByteStreamHandler {
    let configuration: AMQPConfiguration
    /// The broker that this connection is with.
    let endpoint: AMQPEndpoint
    let metrics = AMQPMetrics()
    let state: Mutex<DriverState>
    /// Begins the message ids of messages that came without one.
    let messageIDPrefix: String
    private let logger: Logger
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let lastRequest = Atomic<UInt64>(0)

    private init(
        configuration: AMQPConfiguration, endpoint: AMQPEndpoint, settings: ConnectionSettings, logger: Logger,
        clock: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.configuration = configuration
        self.endpoint = endpoint
        self.state = Mutex(DriverState(settings: settings, maximumBodyBytes: configuration.maximumBodyBytes))
        self.messageIDPrefix = "lamassu-\(String(UInt64.random(in: .min ... .max), radix: 36))-"
        self.logger = logger
        self.clock = clock
    }

    var now: ContinuousClock.Instant { self.clock() }

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
        _ change: (inout DriverState, ContinuousClock.Instant, inout Aftermath) -> Result
    ) -> Result {
        let now = self.now
        let (result, aftermath) = self.state.withLock { state in
            var aftermath = Aftermath()
            let result = change(&state, now, &aftermath)
            state.flush(at: now)
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
        to configuration: AMQPConfiguration, over transport: any ByteStreamTransport, logger: Logger,
        clock: @escaping @Sendable () -> ContinuousClock.Instant
    ) async throws(AMQPError) -> ConnectionDriver {
        let settings = try configuration.connectionSettings()
        var generator = SystemRandomNumberGenerator()
        var failures: [(endpoint: AMQPEndpoint, error: AMQPError)] = []
        for endpoint in configuration.endpoints.attempts(using: &generator) {
            let driver = ConnectionDriver(
                configuration: configuration, endpoint: endpoint, settings: settings, logger: logger, clock: clock)
            do throws(AMQPError) {
                try await driver.connect(over: transport)
                return driver
            } catch {
                guard error.isOfOneEndpoint else { throw error }
                failures.append((endpoint, error))
            }
        }
        throw AMQPError(failures: failures)
    }

    private func connect(over transport: any ByteStreamTransport) async throws(AMQPError) {
        let target = ByteStreamTarget(
            host: self.endpoint.host, port: self.endpoint.port(with: self.configuration.tls), tls: self.configuration.tls,
            connectTimeout: self.configuration.connectTimeout)
        let stream: any ByteStream
        do throws(TransportError) {
            stream = try await transport.connect(to: target, handler: self)
        } catch {
            throw AMQPError(connectFailed: error)
        }
        try await self.open(over: stream)
    }

    private func open(over stream: any ByteStream) async throws(AMQPError) {
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.withState { state, now, aftermath in
                    if let error = state.endError {
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
    /// Returns when the broker has agreed, or has taken too long.
    func close() async {
        _ = await withCheckedContinuation { (continuation: Aftermath.ConnectContinuation) in
            self.withState { state, now, aftermath in
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
            await withCheckedContinuation { (continuation: Aftermath.ConnectContinuation) in
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

    func streamReceived(_ bytes: Span<UInt8>) {
        let now = self.now
        let aftermath = self.state.withLock { state in
            var aftermath = Aftermath()
            state.received(bytes, at: now, &aftermath)
            return aftermath
        }
        self.finish(aftermath)
    }

    func streamBecameWritable() {
        self.withState { state, now, aftermath in
            state.connection.streamFilled(false)
            state.pumpAll(at: now, &aftermath)
        }
    }

    func streamDeadlinePassed() {
        self.withState { state, now, aftermath in
            state.deadlinePassed(at: now, &aftermath)
        }
    }

    func streamClosed(_ error: TransportError?) {
        self.withState { state, _, aftermath in
            guard let failure = state.connection.streamClosed(isOrderly: error == nil) else { return }
            state.end(ConnectionStateMachine.Ending(failure: failure), transportError: error, &aftermath)
        }
    }

    private func report(_ event: Aftermath.Event) {
        switch event {
        case .opened(let server):
            self.metrics.connections.increment()
            self.logger.info(
                "Connected to the broker",
                metadata: [
                    AMQPLogKeys.host: "\(self.endpoint.host)", AMQPLogKeys.port: "\(self.endpoint.port(with: self.configuration.tls))",
                    AMQPLogKeys.virtualHost: "\(self.configuration.virtualHost)", AMQPLogKeys.server: "\(server)",
                ])
        case .blocked(let reason):
            self.metrics.blocked.increment()
            self.logger.info("The broker takes no messages for now", metadata: [AMQPLogKeys.reason: "\(reason)"])
        case .unblocked:
            self.logger.info("The broker takes messages again")
        case .channelEnded(let number, let error):
            self.logger.debug("A channel ended", metadata: [AMQPLogKeys.channel: "\(number)", AMQPLogKeys.error: "\(error)"])
        case .ended(let error):
            self.logger.log(
                level: error.code == .connectionClosed && error.replyCode == nil ? .debug : .info, "The connection to the broker ended",
                metadata: [
                    AMQPLogKeys.host: "\(self.endpoint.host)", AMQPLogKeys.port: "\(self.endpoint.port(with: self.configuration.tls))",
                    AMQPLogKeys.error: "\(error)",
                ])
        }
    }
}
