// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// The messages of a queue, as they come; ``SQSClient/withMessages(from:configuration:_:)`` gives it.
///
/// Any number of tasks may iterate at a time: each message goes to one of them.
public struct ReceivedMessages: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = AWSError

    let consumer: MessageConsumer

    /// Makes an iterator; all of them take from the same queue.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(consumer: self.consumer) }

    /// Takes one message after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let consumer: MessageConsumer

        /// Waits for a message.
        ///
        /// Cancelling the task ends the wait; no message is lost by that.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the message; `nil` when the task was cancelled, or the closure that was given the sequence has returned.
        /// - Throws: the error after which asking again is of no use, such as that there is no such queue.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AWSError) -> ReceivedMessage? {
            try await self.consumer.next()
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension ReceivedMessages.AsyncIterator: Sendable {}
