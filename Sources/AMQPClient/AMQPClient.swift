// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Transport

/// The way in: connections to an AMQP 0-9-1 broker, such as RabbitMQ, each for the length of a scope.
public enum AMQPClient {
    /// Connects, runs a closure with the connection, and closes it in order.
    ///
    /// Where the configuration has several endpoints, each is tried once, until a connection stands; an answer that would be the same
    /// at each, such as refused credentials, ends the attempts.
    ///
    /// When the connection is lost later, it is made anew while the closure goes on, as
    /// ``AMQPConfiguration/recovery`` says. Where that is off, and when it gives up, all that waits on the
    /// connection fails at once, and so does every later call; the closure itself goes on until it returns or throws.
    ///
    /// Cancelling the task while it connects ends the attempt; after that it is the closure's affair, but a connection that is lost
    /// then is not made anew. The close takes ``AMQPConfiguration/closeTimeout`` at most.
    ///
    /// - Parameters:
    ///   - configuration: which broker, as whom, within which limits.
    ///   - transport: what makes the byte stream.
    ///   - logger: where the connection tells what happens to it, at levels up to info.
    ///   - body: what to do with the connection, which is of no use after it has returned.
    /// - Returns: what the closure returns.
    /// - Throws: ``AMQPError`` when no connection comes about; else what the closure throws.
    public static func withConnection<Result>(
        to configuration: AMQPConfiguration,
        over transport: any ByteStreamTransport,
        logger: Logger,
        _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await self.withConnection(to: configuration, over: transport, logger: logger, environment: .system, body)
    }

    /// The same with time and chance of the tests'.
    package static func withConnection<Result>(
        to configuration: AMQPConfiguration,
        over transport: any ByteStreamTransport,
        logger: Logger,
        environment: ConnectionEnvironment,
        _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        let driver = try await ConnectionDriver.connect(to: configuration, over: transport, logger: logger, environment: environment)
        guard configuration.recovery != nil else { return try await self.run(body, with: driver) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await driver.keepRecovering(over: transport) }
            defer { group.cancelAll() }
            return try await self.run(body, with: driver)
        }
    }

    private static func run<Result>(
        _ body: (AMQPConnection) async throws -> Result, with driver: ConnectionDriver
    ) async throws -> Result {
        do {
            let result = try await body(AMQPConnection(driver: driver))
            await driver.close()
            return result
        } catch {
            await driver.close()
            throw error
        }
    }
}
