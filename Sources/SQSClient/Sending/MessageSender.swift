// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Sends messages to one queue, up to ten in a call; ``SQSClient/withSender(to:configuration:_:)`` gives it.
///
/// Messages that are sent at the same time share a call. Each has a result of its own: one that failed in a batch is sent again alone, and a
/// batch that was refused is sent again one by one. A message whose answer was lost is sent again, so that a standard queue may hold it
/// twice; a FIFO queue knows it by its deduplication id.
///
/// Of the messages of one group only one is under way in a FIFO queue (whose name ends in `.fifo`), so that they keep the order in which
/// they were given, whichever is sent again. What waits is held by who waits for it: a sender keeps nothing that nobody asks for.
public struct MessageSender: Sendable {
    private let sender: BatchSender<OutgoingMessage, SentMessage>
    private let isFIFO: Bool

    init(_ sqs: SQSClient, to queueURL: String, configuration: MessageSenderConfiguration) {
        self.isFIFO = queueURL.hasSuffix(".fifo")
        self.sender = BatchSender("message", limits: configuration.limits) { messages throws(AWSError) in
            let entries = messages.enumerated().map { $0.element.entry(id: $0.offset) }
            let output = try await sqs.send(SendMessageBatch(queueURL: queueURL, entries: entries))
            return output.outcomes(of: messages.count)
        }
    }

    func run() async { await self.sender.run() }

    func finish() { self.sender.finish() }

    /// Sends a message and waits until the queue has it.
    ///
    /// Cancelling the task ends the wait at once, and takes the message back where it is not under way yet.
    ///
    /// - Parameter message: the message.
    /// - Returns: what SQS calls it.
    /// - Throws: `AWSError`; of code `MessageTooLong` when the message is longer than ``MessageSenderConfiguration/maximumBytes``.
    @discardableResult
    public func send(_ message: OutgoingMessage) async throws(AWSError) -> SentMessage {
        try await self.sender.submit(message, bytes: message.bytes, group: self.group(of: message))
    }

    /// Sends messages, and waits for the outcome of each.
    ///
    /// - Parameter messages: the messages; those of one group of a FIFO queue keep their order.
    /// - Returns: one result a message, in their order.
    public func send(contentsOf messages: [OutgoingMessage]) async -> [Result<SentMessage, AWSError>] {
        await self.sender.submit(contentsOf: messages) { (bytes: $0.bytes, group: self.group(of: $0)) }
    }

    private func group(of message: OutgoingMessage) -> String? { self.isFIFO ? message.groupID : nil }
}

extension SendMessageBatch.Output {
    /// The outcome of each entry, whose id is its index.
    func outcomes(of count: Int) -> [Result<SentMessage, AWSError>] {
        var outcomes = [Result<SentMessage, AWSError>](repeating: .failure(.unansweredBatchEntry), count: count)
        for entry in self.successful ?? [] {
            guard let index = entry.id.flatMap({ Int($0) }), outcomes.indices.contains(index) else { continue }
            outcomes[index] = .success(SentMessage(messageID: entry.messageID ?? "", sequenceNumber: entry.sequenceNumber))
        }
        for failure in self.failed ?? [] {
            guard let index = failure.id.flatMap({ Int($0) }), outcomes.indices.contains(index) else { continue }
            outcomes[index] = .failure(AWSError(failure))
        }
        return outcomes
    }
}
