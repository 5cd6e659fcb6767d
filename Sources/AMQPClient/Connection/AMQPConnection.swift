// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// An open connection to a broker.
///
/// It may be used from any number of tasks at a time.
public struct AMQPConnection: Sendable {
    let driver: ConnectionDriver

    /// How the connection stands at present.
    public var state: AMQPConnectionState { self.driver.currentState }

    /// How the connection stands, beginning with the present state; ends when it is closed.
    public var states: AMQPConnectionStates { AMQPConnectionStates(driver: self.driver) }

    /// Waits until the connection has ended, so that one who has nothing to ask of it learns of it too.
    ///
    /// - Returns: why it has ended; `nil` where the task was cancelled before.
    package func waitUntilEnded() async -> AMQPError? { await self.driver.waitUntilEnded() }

    /// Runs tasks on the thread that carries the connection's bytes, for the lowest latency.
    ///
    /// A task elsewhere costs two changes of threads for each answer that it waits for: to send, and to be woken. In exchange, **nothing
    /// comes in or goes out while a task of this executor runs**: it must neither block nor compute for long, and what is large should
    /// be left to other tasks. Where the transport has no such thread, and while the connection is down, tasks run where any other does.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(connection.executor) {
    ///     for reading in readings { try await publisher.publish(reading, to: .queue("readings")) }
    /// }
    /// ```
    public var executor: any TaskExecutor { self.driver.executor }

    /// Opens a channel, runs a closure with it, and closes it in order.
    ///
    /// A channel is the unit of failure: the broker closes it on the first thing that it refuses. So give each independent piece
    /// of work its own.
    ///
    /// Cancelling the task while the channel is being opened gives it up; after that it is the closure's affair, and the close takes
    /// ``AMQPConfiguration/closeTimeout`` at most.
    ///
    /// - Parameter body: what to do with the channel, which is of no use after it has returned.
    /// - Returns: what the closure returns.
    /// - Throws: ``AMQPError`` when no channel can be opened; else what the closure throws.
    public func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        let reference = try await self.driver.openChannel()
        do {
            let result = try await body(AMQPChannel(driver: self.driver, reference: reference))
            await self.driver.closeChannel(reference)
            return result
        } catch {
            await self.driver.closeChannel(reference)
            throw error
        }
    }

    /// Gives the broker a new secret before the old one expires, as with an OAuth 2 token (`connection.update-secret`, an addition of
    /// RabbitMQ).
    ///
    /// A connection that is lost is made anew with the newest secret. So while it is away, or where it is lost before the broker has
    /// answered, the call returns without an answer. Cancelling the task does not take the secret back once it was sent.
    ///
    /// - Parameters:
    ///   - secret: the new password or token.
    ///   - reason: why, for the broker's log; up to 255 bytes.
    /// - Throws: ``AMQPError/Code/timedOut`` after ``AMQPConfiguration/requestTimeout``, ``AMQPError/Code/cancelled``, or why the connection
    ///   is gone: a broker that refuses the secret closes it.
    public func updateSecret(_ secret: String, reason: String) async throws(AMQPError) {
        try await self.driver.updateSecret(AMQPSecret(Array(secret.utf8)), reason: reason)
    }
}
