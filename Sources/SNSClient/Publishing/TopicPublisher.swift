// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Publishes messages to one topic, up to ten in a call; ``SNSClient/withPublisher(to:configuration:_:)`` gives it.
///
/// Messages that are published at the same time share a call. Each has a result of its own: one that failed in a batch is sent again alone,
/// and a batch that was refused is sent again one by one. A message whose answer was lost is sent again, so that subscribers of a standard
/// topic may get it twice; a FIFO topic knows it by its deduplication id.
///
/// Of the messages of one group only one is under way to a FIFO topic (whose name ends in `.fifo`), so that they keep the order in which
/// they were given, whichever is sent again.
public struct TopicPublisher: Sendable {
    private let sender: BatchSender<TopicMessage, PublishedMessage>
    private let isFIFO: Bool

    init(_ sns: SNSClient, to topicARN: String, configuration: TopicPublisherConfiguration) {
        self.isFIFO = topicARN.hasSuffix(".fifo")
        self.sender = BatchSender("message", limits: configuration.limits) { messages throws(AWSError) in
            let entries = messages.enumerated().map { $0.element.entry(id: $0.offset) }
            let output = try await sns.send(PublishBatch(topicARN: topicARN, publishBatchRequestEntries: entries))
            return output.outcomes(of: messages.count)
        }
    }

    func run() async { await self.sender.run() }

    func finish() { self.sender.finish() }

    /// Publishes a message and waits until the topic has it.
    ///
    /// Cancelling the task ends the wait at once, and takes the message back where it is not under way yet.
    ///
    /// - Parameter message: the message.
    /// - Returns: what SNS calls it.
    /// - Throws: `AWSError`; of code `MessageTooLong` when the message is longer than ``TopicPublisherConfiguration/maximumBytes``.
    @discardableResult
    public func publish(_ message: TopicMessage) async throws(AWSError) -> PublishedMessage {
        try await self.sender.submit(message, bytes: message.bytes, group: self.group(of: message))
    }

    /// Publishes messages, and waits for the outcome of each.
    ///
    /// - Parameter messages: the messages; those of one group of a FIFO topic keep their order.
    /// - Returns: one result a message, in their order.
    public func publish(contentsOf messages: [TopicMessage]) async -> [Result<PublishedMessage, AWSError>] {
        await self.sender.submit(contentsOf: messages) { (bytes: $0.bytes, group: self.group(of: $0)) }
    }

    private func group(of message: TopicMessage) -> String? { self.isFIFO ? message.groupID : nil }
}

extension PublishBatch.Output {
    /// The outcome of each entry, whose id is its index.
    func outcomes(of count: Int) -> [Result<PublishedMessage, AWSError>] {
        var outcomes = [Result<PublishedMessage, AWSError>](repeating: .failure(.unansweredBatchEntry), count: count)
        for entry in self.successful ?? [] {
            guard let index = entry.id.flatMap({ Int($0) }), outcomes.indices.contains(index) else { continue }
            outcomes[index] = .success(PublishedMessage(messageID: entry.messageID ?? "", sequenceNumber: entry.sequenceNumber))
        }
        for failure in self.failed ?? [] {
            guard let index = failure.id.flatMap({ Int($0) }), outcomes.indices.contains(index) else { continue }
            outcomes[index] = .failure(
                AWSError(batchEntry: failure.code, message: failure.message, isSenderFault: failure.senderFault))
        }
        return outcomes
    }
}
