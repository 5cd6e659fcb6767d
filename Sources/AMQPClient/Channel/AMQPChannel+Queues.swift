// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension AMQPChannel {
    /// Declares a queue: makes it, or checks that it is as described (`queue.declare`).
    ///
    /// - Parameters:
    ///   - name: the queue's name; empty lets the broker make one up.
    ///   - passive: whether only to look; then the other flags and the arguments do not count, and a queue that does not exist is
    ///     ``AMQPError/Code/notFound``.
    ///   - durable: whether the queue survives a restart of the broker.
    ///   - exclusive: whether only this connection may use it, and it is deleted with the connection.
    ///   - autoDelete: whether it is deleted when its last consumer has gone.
    ///   - arguments: what the queue is and does beyond that, such as `.quorum(deliveryLimit: 5)`.
    /// - Returns: the queue's name and how much is in it.
    /// - Throws: ``AMQPError/Code/invalidArgument`` for flags that do not go with the arguments;
    ///   ``AMQPError/Code/preconditionFailed`` when the queue exists and is otherwise; any error of a request. The last two close the
    ///   channel.
    @discardableResult
    public func declareQueue(
        _ name: String = "",
        passive: Bool = false,
        durable: Bool = false,
        exclusive: Bool = false,
        autoDelete: Bool = false,
        arguments: AMQPQueueArguments = [:]
    ) async throws(AMQPError) -> AMQPQueueStatus {
        if !passive { try arguments.check(name: name, durable: durable, exclusive: exclusive, autoDelete: autoDelete) }
        let reply = try await self.driver.call(
            .queueDeclare(
                QueueDeclare(
                    queue: name, passive: passive, durable: durable, exclusive: exclusive, autoDelete: autoDelete,
                    arguments: arguments.table)),
            on: self.reference)
        guard case .queueDeclareOk(let declared) = reply else { throw .unexpectedReply }
        return AMQPQueueStatus(
            name: declared.queue, messageCount: Int(declared.messageCount), consumerCount: Int(declared.consumerCount))
    }

    /// Binds a queue to an exchange (`queue.bind`); to bind the same again changes nothing.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - exchange: the exchange.
    ///   - routingKey: the key or pattern; what it means is the exchange's affair.
    ///   - arguments: what a headers exchange compares.
    /// - Throws: ``AMQPError/Code/notFound`` where one of the two does not exist; any error of a request.
    public func bindQueue(
        _ queue: String, to exchange: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        _ = try await self.driver.call(
            .queueBind(QueueBind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments.table)), on: self.reference)
    }

    /// Undoes ``bindQueue(_:to:routingKey:arguments:)`` of the same arguments (`queue.unbind`).
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - exchange: the exchange.
    ///   - routingKey: the key or pattern of the binding.
    ///   - arguments: the arguments of the binding.
    /// - Throws: any error of a request.
    public func unbindQueue(
        _ queue: String, from exchange: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        _ = try await self.driver.call(
            .queueUnbind(QueueUnbind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments.table)),
            on: self.reference)
    }

    /// Removes all messages of a queue that no consumer holds (`queue.purge`).
    ///
    /// - Parameter queue: the queue.
    /// - Returns: how many messages were removed.
    /// - Throws: any error of a request.
    @discardableResult
    public func purgeQueue(_ queue: String) async throws(AMQPError) -> Int {
        let reply = try await self.driver.call(.queuePurge(QueuePurge(queue: queue)), on: self.reference)
        guard case .queuePurgeOk(let purged) = reply else { throw .unexpectedReply }
        return Int(purged.messageCount)
    }

    /// Deletes a queue with what is in it (`queue.delete`); one that does not exist is no error to RabbitMQ.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - ifUnused: whether only when it has no consumers.
    ///   - ifEmpty: whether only when it has no messages.
    /// - Returns: how many messages were deleted with it.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` where it is in use or not empty; any error of a request.
    @discardableResult
    public func deleteQueue(_ queue: String, ifUnused: Bool = false, ifEmpty: Bool = false) async throws(AMQPError) -> Int {
        let reply = try await self.driver.call(
            .queueDelete(QueueDelete(queue: queue, ifUnused: ifUnused, ifEmpty: ifEmpty)), on: self.reference)
        guard case .queueDeleteOk(let deleted) = reply else { throw .unexpectedReply }
        return Int(deleted.messageCount)
    }
}
