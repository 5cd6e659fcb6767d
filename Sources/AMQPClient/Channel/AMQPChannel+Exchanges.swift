// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension AMQPChannel {
    /// Declares an exchange: makes it, or checks that it is as described (`exchange.declare`).
    ///
    /// - Parameters:
    ///   - name: the exchange's name.
    ///   - type: how it routes.
    ///   - passive: whether only to look; then an exchange that does not exist is ``AMQPError/Code/notFound``.
    ///   - durable: whether it survives a restart of the broker.
    ///   - autoDelete: whether it is deleted when its last binding has gone.
    ///   - isInternal: whether only other exchanges may send to it.
    ///   - arguments: what the exchange does beyond that, such as `.alternateExchange("unrouted")`.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` when the exchange exists and is otherwise; any error of a request. Both close
    ///   the channel.
    public func declareExchange(
        _ name: String,
        type: AMQPExchangeType,
        passive: Bool = false,
        durable: Bool = false,
        autoDelete: Bool = false,
        isInternal: Bool = false,
        arguments: AMQPExchangeArguments = [:]
    ) async throws(AMQPError) {
        _ = try await self.driver.call(
            .exchangeDeclare(
                ExchangeDeclare(
                    exchange: name, type: type.rawValue, passive: passive, durable: durable, autoDelete: autoDelete,
                    internal: isInternal, arguments: arguments.table)),
            on: self.reference)
    }

    /// Deletes an exchange with its bindings (`exchange.delete`); one that does not exist is no error to RabbitMQ.
    ///
    /// - Parameters:
    ///   - name: the exchange.
    ///   - ifUnused: whether only when it has no bindings.
    /// - Throws: ``AMQPError/Code/preconditionFailed`` where it is in use; any error of a request.
    public func deleteExchange(_ name: String, ifUnused: Bool = false) async throws(AMQPError) {
        _ = try await self.driver.call(.exchangeDelete(ExchangeDelete(exchange: name, ifUnused: ifUnused)), on: self.reference)
    }

    /// Binds an exchange to another, which then passes messages on to it (`exchange.bind`, an addition of RabbitMQ).
    ///
    /// - Parameters:
    ///   - destination: the exchange that receives.
    ///   - source: the exchange that passes on.
    ///   - routingKey: the key or pattern; what it means is the source's affair.
    ///   - arguments: what a headers exchange compares.
    /// - Throws: ``AMQPError/Code/notFound`` where one of the two does not exist; any error of a request.
    public func bindExchange(
        _ destination: String, to source: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        _ = try await self.driver.call(
            .exchangeBind(ExchangeBind(destination: destination, source: source, routingKey: routingKey, arguments: arguments.table)),
            on: self.reference)
    }

    /// Undoes ``bindExchange(_:to:routingKey:arguments:)`` of the same arguments (`exchange.unbind`, an addition of RabbitMQ).
    ///
    /// - Parameters:
    ///   - destination: the exchange that receives.
    ///   - source: the exchange that passes on.
    ///   - routingKey: the key or pattern of the binding.
    ///   - arguments: the arguments of the binding.
    /// - Throws: any error of a request.
    public func unbindExchange(
        _ destination: String, from source: String, routingKey: String = "", arguments: AMQPBindingArguments = [:]
    ) async throws(AMQPError) {
        _ = try await self.driver.call(
            .exchangeUnbind(ExchangeUnbind(destination: destination, source: source, routingKey: routingKey, arguments: arguments.table)),
            on: self.reference)
    }
}
