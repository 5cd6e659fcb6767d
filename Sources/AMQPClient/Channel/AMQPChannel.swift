// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// An open channel: requests to the broker, one publisher, any number of consumers.
///
/// It may be used from any number of tasks at a time; the broker answers requests one after the other, in the order of the calls.
/// Each request takes ``AMQPConfiguration/requestTimeout`` at most. Cancelling the task of a request that is queued takes it back;
/// of one that was sent, it may have had its effect. Either way the channel stays usable.
public struct AMQPChannel: Sendable {
    let driver: ConnectionDriver
    let reference: ChannelReference

    /// Puts the channel in confirm mode and gives the publisher that uses it.
    ///
    /// - Parameter window: how many messages may be on their way to the broker without a confirm, at least 1; by default 1,000.
    ///   It counts from the oldest unconfirmed message, belongs to the channel, and is what the last call said.
    /// - Returns: the publisher.
    /// - Throws: why the broker did not agree, or ``AMQPError/Code/invalidArgument`` for a window below 1.
    public func publisher(window: Int = 1_000) async throws(AMQPError) -> AMQPPublisher {
        guard window > 0 else { throw AMQPError(.invalidArgument, message: "a window of \(window): at least 1 is needed") }
        try await self.driver.selectConfirms(window: window, on: self.reference)
        return AMQPPublisher(driver: self.driver, reference: self.reference)
    }

    /// Publishes a message without asking for a confirm, and returns when the transport has taken its bytes.
    ///
    /// Nothing says whether the broker took it: a message that matters goes through a ``publisher(window:)``. The call waits while the
    /// broker has blocked the connection, and while more is waiting to be sent than the transport takes, for
    /// ``AMQPConfiguration/confirmTimeout`` at most; else it returns without suspending. Cancelling the task while it waits takes the
    /// message back. The channel's close sends what was taken before it.
    ///
    /// The message is never mandatory, because a return would find nobody who waits for it. A channel whose publisher was asked for
    /// counts every message and cannot do this.
    ///
    /// - Parameters:
    ///   - body: the content; may be empty.
    ///   - properties: what describes the content.
    ///   - destination: where to.
    /// - Throws: ``AMQPError/Code/timedOut`` or ``AMQPError/Code/cancelled``, nothing having been sent;
    ///   ``AMQPError/Code/invalidArgument`` on a channel with a publisher; or why the channel or the connection is gone.
    public func publish(
        _ body: [UInt8], properties: AMQPProperties = AMQPProperties(), to destination: AMQPDestination
    ) async throws(AMQPError) {
        let message = AMQPMessage(body, properties: properties, to: destination)
        guard let tracing = self.driver.tracing else {
            return try await self.driver.send(OutgoingMessage(message, id: ""), on: self.reference)
        }
        try await tracing.publish(message) { (message) async throws(AMQPError) in
            try await self.driver.send(OutgoingMessage(message, id: ""), on: self.reference)
        }
    }

    /// Consumes a queue while a closure runs.
    ///
    /// When the closure ends, however it ends, the consumer is cancelled at the broker, and what had arrived without being taken from
    /// the sequence goes back to the queue at once. A delivery that was taken stays the closure's to settle, also after the scope; what
    /// is not settled when the channel closes goes back to the queue.
    ///
    /// Cancelling the task while the consumer is being started gives it up; after that it is the closure's affair, and the end takes
    /// ``AMQPConfiguration/closeTimeout`` at most.
    ///
    /// - Parameters:
    ///   - queue: the queue to consume.
    ///   - prefetch: how many deliveries the broker sends ahead of their acknowledgement, 1 to 65,535. It bounds the memory, but
    ///     where the broker exceeds it, as some do with streams: then no more is read while 4,096 above it wait.
    ///   - acknowledgement: who acknowledges, and when the broker is told; by default the closure, at once.
    ///   - exclusive: whether to be the queue's only consumer.
    ///   - consumerTag: a name for the consumer, which the broker shows, up to 255 bytes and none that another consumer of the channel
    ///     has; `nil` for one that is made up.
    ///   - arguments: what the consumer asks for beyond that, such as `.queue(priority: 10)` or `.stream(from: .first)`.
    ///   - body: what to do with the deliveries.
    /// - Returns: what the closure returns.
    /// - Throws: ``AMQPError`` when the broker does not accept the consumer; else what the closure throws.
    public func withDeliveries<Result>(
        from queue: String,
        prefetch: Int,
        acknowledgement: AMQPAcknowledgement = .explicit,
        exclusive: Bool = false,
        consumerTag: String? = nil,
        arguments: AMQPConsumerArguments = [:],
        _ body: (AMQPDeliveries) async throws -> Result
    ) async throws -> Result {
        guard let prefetchCount = UInt16(exactly: prefetch), prefetchCount > 0 else {
            throw AMQPError(.invalidArgument, message: "a prefetch of \(prefetch): 1 to 65,535 are possible")
        }
        try acknowledgement.validate()
        guard consumerTag != "" else { throw AMQPError(.invalidArgument, message: "an empty consumer tag: nil has one made up") }
        let consumer = try await self.driver.consume(
            ConsumerRequest(
                queue: queue, consumerTag: consumerTag, prefetch: prefetchCount, exclusive: exclusive,
                acknowledgement: acknowledgement.mode, arguments: arguments.table), on: self.reference)
        do {
            let result = try await body(AMQPDeliveries(driver: self.driver, consumer: consumer))
            await self.driver.endConsumer(consumer)
            return result
        } catch {
            await self.driver.endConsumer(consumer)
            throw error
        }
    }
}
