// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that was received, and is kept hidden in its queue until it is settled: deleted, or shown again.
///
/// One that is never settled counts against ``MessageConsumerConfiguration/maximumMessages``, and is shown again at the end.
public struct ReceivedMessage: Sendable {
    /// The message as SQS sent it.
    public let message: Message

    let id: ConsumerStateMachine.MessageID
    let consumer: MessageConsumer

    /// The message's text.
    public var body: String { self.message.body ?? "" }

    /// How often the message was received, this time included.
    public var receiveCount: Int { self.message.attributes?["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1 }

    /// The message's group, where it has one.
    public var groupID: String? { self.message.attributes?["MessageGroupId"] }

    /// Deletes the message, since it was handled.
    ///
    /// This returns at once; the deletion shares a call with others. One that fails is tried again alone; where it fails for good,
    /// ``MessageConsumerConfiguration/onError`` is told, and the message comes again. The next message of a FIFO group may follow at once. A
    /// message that is settled already is not settled again.
    public func delete() { self.consumer.delete(self.id) }

    /// Shows the message again, to whoever asks for messages then; those that came behind it in its FIFO group with it.
    ///
    /// - Parameter delay: how long it stays hidden, in whole seconds up to 43,200; by default it is shown at once.
    public func release(after delay: Duration = .zero) { self.consumer.release(self.id, after: delay) }
}
