// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension AMQPChannel {
    /// The requests in their form that the broker does not answer (*no-wait*), which saves a round trip each.
    public var noWait: AMQPNoWaitRequests { AMQPNoWaitRequests(driver: self.driver, reference: self.reference) }
}

/// Requests that return when they are written, without the broker's answer.
///
/// A request that the broker refuses closes the channel, which the next call that waits for something learns. Where the transport is
/// behind, or other requests of the channel wait, the answer is waited for after all. The flags and arguments are those of the
/// methods of ``AMQPChannel`` with the same names.
public struct AMQPNoWaitRequests: Sendable {
    let driver: ConnectionDriver
    let reference: ChannelReference

    /// Declares a queue, which has to have a name: ``AMQPChannel/declareQueue(_:passive:durable:exclusive:autoDelete:arguments:)``.
    ///
    /// - Parameters:
    ///   - name: the queue's name, which is not empty.
    ///   - durable: whether the queue survives a restart of the broker.
    ///   - exclusive: whether only this connection may use it.
    ///   - autoDelete: whether it is deleted when its last consumer has gone.
    ///   - arguments: what the queue is and does beyond that.
    /// - Throws: ``AMQPError/Code/invalidArgument`` for an empty name, or flags that do not go with the arguments; why the channel is gone.
    public func declareQueue(
        _ name: String, durable: Bool = false, exclusive: Bool = false, autoDelete: Bool = false,
        arguments: AMQPQueueArguments = [:]
    ) async throws(AMQPError) {
        guard !name.isEmpty else {
            throw AMQPError(.invalidArgument, message: "a queue without a name: the name that the broker makes up comes with its answer")
        }
        try arguments.check(name: name, durable: durable, exclusive: exclusive, autoDelete: autoDelete)
        try await self.driver.tell(on: self.reference) { noWait in
            .queueDeclare(
                QueueDeclare(
                    queue: name, durable: durable, exclusive: exclusive, autoDelete: autoDelete, noWait: noWait,
                    arguments: arguments.table))
        }
    }

    /// Binds a queue to an exchange: ``AMQPChannel/bindQueue(_:to:routingKey:arguments:)``.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - exchange: the exchange.
    ///   - routingKey: the key or pattern.
    ///   - arguments: what a headers exchange compares.
    /// - Throws: why the channel is gone.
    public func bindQueue(
        _ queue: String, to exchange: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        try await self.driver.tell(on: self.reference) { noWait in
            .queueBind(
                QueueBind(queue: queue, exchange: exchange, routingKey: routingKey, noWait: noWait, arguments: arguments.table))
        }
    }

    /// Removes all messages of a queue that no consumer holds: ``AMQPChannel/purgeQueue(_:)``.
    ///
    /// - Parameter queue: the queue.
    /// - Throws: why the channel is gone.
    public func purgeQueue(_ queue: String) async throws(AMQPError) {
        try await self.driver.tell(on: self.reference) { .queuePurge(QueuePurge(queue: queue, noWait: $0)) }
    }

    /// Deletes a queue with what is in it: ``AMQPChannel/deleteQueue(_:ifUnused:ifEmpty:)``.
    ///
    /// With a condition the answer is waited for: it alone says whether the queue is still to be declared again after a loss.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - ifUnused: whether only when it has no consumers.
    ///   - ifEmpty: whether only when it has no messages.
    /// - Throws: why the channel is gone.
    public func deleteQueue(_ queue: String, ifUnused: Bool = false, ifEmpty: Bool = false) async throws(AMQPError) {
        guard !ifUnused, !ifEmpty else {
            _ = try await self.driver.call(
                .queueDelete(QueueDelete(queue: queue, ifUnused: ifUnused, ifEmpty: ifEmpty)), on: self.reference)
            return
        }
        try await self.driver.tell(on: self.reference) { .queueDelete(QueueDelete(queue: queue, noWait: $0)) }
    }

    /// Declares an exchange: ``AMQPChannel/declareExchange(_:type:passive:durable:autoDelete:isInternal:arguments:)``.
    ///
    /// - Parameters:
    ///   - name: the exchange's name.
    ///   - type: how it routes.
    ///   - durable: whether it survives a restart of the broker.
    ///   - autoDelete: whether it is deleted when its last binding has gone.
    ///   - isInternal: whether only other exchanges may send to it.
    ///   - arguments: what the exchange does beyond that.
    /// - Throws: why the channel is gone.
    public func declareExchange(
        _ name: String, type: AMQPExchangeType, durable: Bool = false, autoDelete: Bool = false, isInternal: Bool = false,
        arguments: AMQPExchangeArguments = [:]
    ) async throws(AMQPError) {
        try await self.driver.tell(on: self.reference) { noWait in
            .exchangeDeclare(
                ExchangeDeclare(
                    exchange: name, type: type.rawValue, durable: durable, autoDelete: autoDelete, internal: isInternal, noWait: noWait,
                    arguments: arguments.table))
        }
    }

    /// Deletes an exchange with its bindings: ``AMQPChannel/deleteExchange(_:ifUnused:)``.
    ///
    /// With the condition the answer is waited for: it alone says whether the exchange is still to be declared again after a loss.
    ///
    /// - Parameters:
    ///   - name: the exchange.
    ///   - ifUnused: whether only when it has no bindings.
    /// - Throws: why the channel is gone.
    public func deleteExchange(_ name: String, ifUnused: Bool = false) async throws(AMQPError) {
        guard !ifUnused else {
            _ = try await self.driver.call(.exchangeDelete(ExchangeDelete(exchange: name, ifUnused: true)), on: self.reference)
            return
        }
        try await self.driver.tell(on: self.reference) { .exchangeDelete(ExchangeDelete(exchange: name, noWait: $0)) }
    }

    /// Binds an exchange to another: ``AMQPChannel/bindExchange(_:to:routingKey:arguments:)``.
    ///
    /// - Parameters:
    ///   - destination: the exchange that receives.
    ///   - source: the exchange that passes on.
    ///   - routingKey: the key or pattern.
    ///   - arguments: what a headers exchange compares.
    /// - Throws: why the channel is gone.
    public func bindExchange(
        _ destination: String, to source: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        try await self.driver.tell(on: self.reference) { noWait in
            .exchangeBind(
                ExchangeBind(
                    destination: destination, source: source, routingKey: routingKey, noWait: noWait, arguments: arguments.table))
        }
    }

    /// Undoes ``bindExchange(_:to:routingKey:arguments:)`` of the same arguments.
    ///
    /// - Parameters:
    ///   - destination: the exchange that receives.
    ///   - source: the exchange that passes on.
    ///   - routingKey: the key or pattern of the binding.
    ///   - arguments: the arguments of the binding.
    /// - Throws: why the channel is gone.
    public func unbindExchange(
        _ destination: String, from source: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        try await self.driver.tell(on: self.reference) { noWait in
            .exchangeUnbind(
                ExchangeUnbind(
                    destination: destination, source: source, routingKey: routingKey, noWait: noWait, arguments: arguments.table))
        }
    }
}
