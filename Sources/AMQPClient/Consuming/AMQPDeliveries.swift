// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The deliveries of one consumer, in the order in which the broker sent them.
///
/// Several tasks may iterate at a time: each delivery goes to one of them. The sequence ends when the scope of the consumer has ended.
/// It throws when the broker ends the consumer (``AMQPError/Code/consumerCancelled``, after the deliveries that came
/// before), or when the channel or the connection has ended (at once: what was not taken goes back to the queue). While a lost
/// connection is being recovered it waits, and goes on after that: what was not settled comes again.
public struct AMQPDeliveries: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = AMQPError

    let driver: ConnectionDriver
    let consumer: ConsumerReference

    /// Makes an iterator for the use of one task.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(driver: self.driver, consumer: self.consumer)
    }

    /// Takes deliveries one after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let driver: ConnectionDriver
        let consumer: ConsumerReference

        /// The next delivery.
        ///
        /// Cancelling the task takes no delivery and throws ``AMQPError/Code/cancelled``.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the delivery, or `nil` when the consumer's scope has ended.
        /// - Throws: why no more will come.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AMQPError) -> AMQPDelivery? {
            try await self.driver.nextDelivery(of: self.consumer)
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension AMQPDeliveries.AsyncIterator: Sendable {}
