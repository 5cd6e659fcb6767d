// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SQSClient {
    /// Sends messages to a queue in batches.
    ///
    /// When the closure returns, all that was sent has its result. Cancelling the task breaks the calls off; whether SQS has taken what was
    /// under way is unknown then.
    ///
    /// - Parameters:
    ///   - queueURL: the queue.
    ///   - configuration: how batches are made.
    ///   - body: sends; the sender is of no use after it has returned.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws.
    public func withSender<Value>(
        to queueURL: String, configuration: MessageSenderConfiguration = MessageSenderConfiguration(),
        _ body: (MessageSender) async throws -> Value
    ) async throws -> Value {
        let sender = MessageSender(self, to: queueURL, configuration: configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await sender.run() }
            defer { sender.finish() }
            return try await body(sender)
        }
    }
}
