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
        try await self.driver.publish(
            body: body, properties: properties, to: destination, mandatory: mandatory, on: self.reference)
    }
}
