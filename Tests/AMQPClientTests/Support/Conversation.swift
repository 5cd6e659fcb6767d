// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Logging
import Testing
import Transport

/// A client and the script of the broker it talks to, side by side.
struct Conversation: Sendable {
    var configuration: AMQPConfiguration
    var transport = ScriptedTransport()
    var clock = ManualClock()
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(_ change: (inout AMQPConfiguration) -> Void = { _ in }) {
        self.configuration = AMQPConfiguration(host: "broker", credentials: .plain(username: "user", password: "secret"))
        self.configuration.heartbeat = .zero
        self.configuration.recovery = nil
        change(&self.configuration)
    }

    /// The clock of the tests', and no jitter: pauses are the longest possible.
    var environment: ConnectionEnvironment {
        let clock = self.clock
        return ConnectionEnvironment(now: { clock.now }, sleep: { await clock.sleep(until: $0) }, jitter: { 1 })
    }

    /// Runs both until both have ended, and returns what the client's side returns.
    ///
    /// The handshake and all that ends is played for the script.
    func run<Result: Sendable>(
        tune: ConnectionTune = ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 0),
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await self.runFromStart(
            broker: { broker in
                try await broker.handshake(tune: tune)
                try await script(broker)
                try await broker.serveUntilClosed()
            }, client: client)
    }

    /// Runs a client that has a publisher, and the script that follows its opening.
    func runPublisher<Result: Sendable>(
        window: Int = 1_000,
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPPublisher) async throws -> Result
    ) async throws -> Result {
        try await self.run(
            broker: { broker in
                try await broker.openPublisher()
                try await script(broker)
            },
            client: { connection in
                try await connection.withChannel { channel in try await client(try await channel.publisher(window: window)) }
            })
    }

    /// Runs both until both have ended; the script plays everything.
    func runFromStart<Result: Sendable>(
        broker script: @escaping @Sendable (ScriptedBroker) async throws -> Void,
        client: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        async let scripted: Void = {
            let stream = await self.transport.nextStream()
            do {
                try await script(ScriptedBroker(stream: stream, clock: self.clock))
            } catch {
                // The client must not wait for a broker that has given up.
                stream.handler.streamClosed(TransportError(.unknown, message: "\(error)"))
                throw error
            }
        }()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await AMQPClient.withConnection(
                    to: self.configuration, over: self.transport, logger: self.logger, environment: self.environment, client))
        } catch {
            outcome = .failure(error)
        }
        try await scripted
        return try outcome.get()
    }
}

extension Conversation {
    /// One whose connection is made anew when it is lost: at once without a pause, if the script moves the clock.
    ///
    /// It has heartbeats, as most connections do: a script that moves the clock by more than 30 seconds sees them.
    static func recovering(_ change: (inout AMQPConfiguration) -> Void = { _ in }) -> Conversation {
        Conversation { configuration in
            configuration.heartbeat = .seconds(60)
            configuration.recovery = AMQPRecovery(maximumAttempts: 20)
            change(&configuration)
        }
    }

    /// Runs both until both have ended; the script plays the broker's end of one connection after the other.
    func runThroughLosses<Result: Sendable>(
        broker script: @escaping @Sendable (ScriptedBrokers) async throws -> Void,
        client: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        async let scripted: Void = {
            let brokers = ScriptedBrokers(transport: self.transport, clock: self.clock)
            do {
                try await script(brokers)
            } catch {
                // The client must not wait for a broker that has given up.
                self.transport.fail(with: TransportError(.unknown, message: "\(error)"))
                self.clock.run()
                brokers.loseAll()
                throw error
            }
        }()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await AMQPClient.withConnection(
                    to: self.configuration, over: self.transport, logger: self.logger, environment: self.environment, client))
        } catch {
            outcome = .failure(error)
        }
        try await scripted
        return try outcome.get()
    }
}

/// The code of the error that an operation throws.
func errorCode<Result>(_ operation: () async throws -> Result) async -> AMQPError.Code? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return (error as? AMQPError)?.code
    }
}

/// The error that an operation throws, which is an `AMQPError`.
func amqpError<Result>(_ operation: () async throws -> Result) async throws -> AMQPError {
    do {
        _ = try await operation()
    } catch let error as AMQPError {
        return error
    }
    throw ScriptedBroker.Unexpected(event: "success")
}
