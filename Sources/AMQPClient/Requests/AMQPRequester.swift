// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// Sends requests and waits for their replies, many at a time, over RabbitMQ's direct reply-to.
///
/// No queue is declared for the replies: the broker passes each straight to the channel that asked. A reply is lost when the
/// connection breaks before it came; nor does the broker keep one for a requester that is gone.
public struct AMQPRequester: Sendable {
    let driver: ConnectionDriver
    let reference: ChannelReference

    /// Publishes a request and waits for its reply.
    ///
    /// The request goes out without a confirm, since the reply is one, and never persistent unless its properties say so. Cancelling
    /// the task, or the end of the timeout, gives the reply up: one that comes later is dropped, and counted as
    /// `amqp.client.late_replies`. Where there is a tracer, the call is a span, which the request carries. While the broker has blocked the connection, the call waits.
    ///
    /// - Parameters:
    ///   - body: the request's content; may be empty.
    ///   - properties: what describes the content; its `replyTo` and `correlationID` are the requester's to set.
    ///   - destination: where to.
    ///   - mandatory: whether it is an error, ``AMQPError/Code/returned``, when no queue takes the request; by default it is.
    ///   - timeout: how long the reply may take; `nil`, the default, for ``AMQPConfiguration/requestTimeout``.
    /// - Returns: the reply, which is not to be acknowledged.
    /// - Throws: ``AMQPError/Code/returned``, ``AMQPError/Code/timedOut``, ``AMQPError/Code/cancelled``, or why the channel or the
    ///   connection is gone. Where ``AMQPError/isDeliveryFateUnknown`` says so, the request was sent, and may have been served.
    public func call(
        _ body: [UInt8], properties: AMQPProperties = AMQPProperties(), to destination: AMQPDestination, mandatory: Bool = true,
        timeout: Duration? = nil
    ) async throws(AMQPError) -> AMQPDelivery {
        let timeout = timeout ?? self.driver.configuration.requestTimeout
        guard timeout > .zero, timeout < .seconds(100 * 365 * 86_400) else {
            throw AMQPError(.invalidArgument, message: "a timeout of \(timeout): above zero up to a hundred years are possible")
        }
        var message = AMQPMessage(body, properties: properties, to: destination, mandatory: mandatory)
        message.properties.correlationID = nil
        guard let tracing = self.driver.tracing else {
            return try await self.driver.call(message, timeout: timeout, on: self.reference)
        }
        return try await tracing.publish(message) { (message) async throws(AMQPError) in
            try await self.driver.call(message, timeout: timeout, on: self.reference)
        }
    }
}
