// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// Publishes messages and waits until the broker has confirmed each.
///
/// It may be used from any number of tasks at a time; messages go out in the order of the calls.
public struct AMQPPublisher: Sendable {
    let driver: ConnectionDriver
    let reference: ChannelReference

    /// Publishes a message and returns when the broker has confirmed that it took it.
    ///
    /// The call waits while the window is full, while the broker has blocked the connection, and while more is waiting to be sent than
    /// the transport takes; all of that counts towards ``AMQPConfiguration/confirmTimeout``. Cancelling the task before the message was
    /// sent takes it back; after that, the error says that the message's fate is unknown (``AMQPError/isDeliveryFateUnknown``). A
    /// message that is sent keeps its place in the window until the broker has answered for it, even when its call has ended.
    ///
    /// A mandatory message without a message id gets one, a random prefix and a number: a broker that returns a message says
    /// only where it was going and what its properties were, and by the id the error reaches the right caller. Messages in flight that
    /// share destination and id are taken for one and the same: when one of them is returned, each of the calls says so.
    ///
    /// - Parameters:
    ///   - body: the content; may be empty.
    ///   - properties: what describes the content.
    ///   - destination: where to.
    ///   - mandatory: whether it is an error, ``AMQPError/Code/returned``, when no queue takes the message.
    /// - Throws: ``AMQPError/Code/returned``, ``AMQPError/Code/nacked``, ``AMQPError/Code/timedOut``, ``AMQPError/Code/cancelled``, or why
    ///   the channel or the connection is gone.
    public func publish(
        _ body: [UInt8],
        properties: AMQPProperties = AMQPProperties(),
        to destination: AMQPDestination,
        mandatory: Bool = false
    ) async throws(AMQPError) {
        let message = AMQPMessage(body, properties: properties, to: destination, mandatory: mandatory)
        guard let tracing = self.driver.tracing else { return try await self.driver.publish(message, on: self.reference) }
        try await tracing.publish(message) { (message) async throws(AMQPError) in
            try await self.driver.publish(message, on: self.reference)
        }
    }

    /// Publishes messages in their order and returns when the broker has confirmed that it took them all.
    ///
    /// It means the same as a ``publish(_:properties:to:mandatory:)`` for each, at a fraction of the cost, because the caller is
    /// suspended once and not once for each message. The window holds as it does there: a batch may be longer than the window, and
    /// several batches share it. One message that fails stops no other. ``AMQPConfiguration/confirmTimeout`` is the time for all of
    /// them. Cancelling the task takes back those that were not sent and fails the call at once.
    ///
    /// - Parameter messages: the messages; with none the call returns at once.
    /// - Throws: an error whose ``AMQPError/failedMessages`` says which messages were not confirmed, and for each why: see
    ///   ``publish(_:properties:to:mandatory:)``. All the others were. Without any, nothing was sent.
    public func publish(contentsOf messages: [AMQPMessage]) async throws(AMQPError) {
        guard let tracing = self.driver.tracing else {
            return try await self.driver.publish(contentsOf: messages, on: self.reference)
        }
        try await tracing.publish(contentsOf: messages) { (messages) async throws(AMQPError) in
            try await self.driver.publish(contentsOf: messages, on: self.reference)
        }
    }
}
