// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SQSClient {
    /// Receives the messages of a queue, hides them while they are handled, and deletes those that were.
    ///
    /// ```swift
    /// try await sqs.withMessages(from: queue) { messages in
    ///     for try await message in messages {
    ///         try await handle(message.body)
    ///         message.delete()
    ///     }
    /// }
    /// ```
    ///
    /// A message is delivered at least once: one that is not deleted comes again. The messages of one group of a FIFO queue (whose name ends
    /// in `.fifo`) are given one at a time, in order: the next one when the one before was settled.
    ///
    /// When the closure returns or throws, what was settled is deleted and what was not is shown again; that may take
    /// ``MessageConsumerConfiguration/drainTimeout``. Cancelling the task ends everything at once, and what is not deleted comes again when
    /// its visibility timeout is over.
    ///
    /// - Parameters:
    ///   - queueURL: the queue.
    ///   - configuration: how messages are received.
    ///   - body: handles the messages.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws; the sequence itself throws `AWSError` where asking again is of no use.
    public func withMessages<Value>(
        from queueURL: String, configuration: MessageConsumerConfiguration = MessageConsumerConfiguration(),
        _ body: (ReceivedMessages) async throws -> Value
    ) async throws -> Value {
        let consumer = MessageConsumer(self, from: queueURL, configuration: configuration)
        return try await withTaskGroup(of: Void.self) { group -> Result<Value, any Error> in
            group.addTask { await consumer.run() }
            defer { consumer.stop() }
            do {
                return .success(try await body(ReceivedMessages(consumer: consumer)))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
