// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// A running transaction of a channel: what is published through it takes effect when it is committed, or never.
///
/// Deliveries of the same channel that are settled meanwhile are part of it.
public struct AMQPTransaction: Sendable {
    let driver: ConnectionDriver
    let reference: ChannelReference

    /// Publishes a message as part of the transaction; returns when the transport has taken its bytes.
    ///
    /// The call waits while the broker has blocked the connection, and while more is waiting to be sent than the transport takes, for
    /// ``AMQPConfiguration/confirmTimeout`` at most.
    ///
    /// - Parameters:
    ///   - body: the content; may be empty.
    ///   - properties: what describes the content.
    ///   - destination: where to.
    ///   - mandatory: whether the transaction's call is to throw ``AMQPError/Code/returned``, once it is committed, when no queue takes
    ///     the message.
    /// - Throws: ``AMQPError/Code/timedOut`` or ``AMQPError/Code/cancelled``, nothing having been sent;
    ///   ``AMQPError/Code/wrongChannelMode`` when the transaction has ended; or why the channel or the connection is gone.
    public func publish(
        _ body: [UInt8], properties: AMQPProperties = AMQPProperties(), to destination: AMQPDestination, mandatory: Bool = false
    ) async throws(AMQPError) {
        let message = AMQPMessage(body, properties: properties, to: destination, mandatory: mandatory)
        guard let tracing = self.driver.tracing else {
            return try await self.driver.send(OutgoingMessage(message, id: self.driver.nextMessageID()), on: self.reference)
        }
        try await tracing.publish(message) { (message) async throws(AMQPError) in
            try await self.driver.send(OutgoingMessage(message, id: self.driver.nextMessageID()), on: self.reference)
        }
    }
}
