// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension AMQPChannel {
    /// Takes one message from a queue, without a consumer (`basic.get`).
    ///
    /// Each call is a round trip to the broker: for more than a message now and then, a consumer is far cheaper. Cancelling the task
    /// sends a message that still comes back to the queue.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - automaticallyAcknowledged: whether the broker forgets the message when it has sent it (*no-ack*): what is lost on the way is
    ///     lost then, and so is what comes after a cancellation. By default, the message is to be settled as one of a consumer.
    /// - Returns: the message, with the count of those left; `nil` when the queue was empty.
    /// - Throws: ``AMQPError/Code/notFound`` where there is no such queue; any error of a request.
    public func get(from queue: String, automaticallyAcknowledged: Bool = false) async throws(AMQPError) -> AMQPDelivery? {
        try await self.driver.get(from: queue, isAcknowledged: automaticallyAcknowledged, on: self.reference)
    }

    /// Has the broker take back all deliveries of the channel that are not settled, and deliver them again (`basic.recover` with
    /// *requeue*; RabbitMQ knows no other form).
    ///
    /// From the call on they cannot be settled any more, nor does a consumer get what had arrived and was not taken. What is
    /// acknowledged automatically is not concerned.
    ///
    /// - Throws: any error of a request.
    public func recover() async throws(AMQPError) {
        _ = try await self.driver.call(.basicRecover(BasicRecover(requeue: true)), on: self.reference)
    }
}
