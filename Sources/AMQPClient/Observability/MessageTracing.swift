// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Tracing

/// Makes spans of what happens to messages, and carries their context in headers.
///
/// The names are those of OpenTelemetry's "Semantic conventions for RabbitMQ", version 1.30 and later. A connection has one only where a
/// tracer or another instrument was in effect when it was made; without, publishing asks for its presence and does nothing else.
struct MessageTracing: Sendable {
    private let tracer: any Tracer
    private let instrument: any Instrument
    private let server: AMQPEndpoint?

    /// Takes the tracer in effect for the task, or for the process; `nil` where there is none.
    init?(_ configuration: AMQPConfiguration) {
        let instrument = InstrumentationSystem.instrument
        guard !(instrument is NoOpInstrument) else { return nil }
        self.instrument = instrument
        self.tracer = InstrumentationSystem.tracer
        // With several, only the connection knows which one it is with.
        self.server = configuration.endpoints.count == 1 ? configuration.endpoints[0] : nil
    }

    // MARK: Publishing

    /// Publishes a message within a span, whose context it carries, and which ends with what is waited for.
    func publish<Result>(
        _ message: AMQPMessage, with publish: (AMQPMessage) async throws(AMQPError) -> Result
    ) async throws(AMQPError) -> Result {
        let span = self.startSpan(.publish, to: message.destination)
        span.updateAttributes { attributes in
            attributes.set(message.properties)
            attributes["messaging.message.body.size"] = message.body.count
        }
        var message = message
        self.inject(span.context, into: &message)
        return try await self.end(span) { () async throws(AMQPError) in try await publish(message) }
    }

    /// Publishes messages within a span, whose context each of them carries.
    func publish(
        contentsOf messages: [AMQPMessage], with publish: ([AMQPMessage]) async throws(AMQPError) -> Void
    ) async throws(AMQPError) {
        let destinations = Set(messages.map(\.destination))
        let span = self.startSpan(.publish, to: destinations.count == 1 ? destinations.first : nil)
        span.updateAttributes { $0["messaging.batch.message_count"] = messages.count }
        var messages = messages
        for index in messages.indices { self.inject(span.context, into: &messages[index]) }
        try await self.end(span) { () async throws(AMQPError) in try await publish(messages) }
    }

    private func end<Result>(
        _ span: any Span, _ publish: () async throws(AMQPError) -> Result
    ) async throws(AMQPError) -> Result {
        defer { span.end() }
        do throws(AMQPError) {
            return try await publish()
        } catch {
            span.fail(error)
            throw error
        }
    }

    /// Lets a message carry a context, unless it brings one along: that says where it came about, which may be long before it is published.
    private func inject(_ context: ServiceContext, into message: inout AMQPMessage) {
        var injected: AMQPTable = [:]
        self.instrument.inject(context, into: &injected, using: HeaderInjector())
        var headers = message.properties.headers ?? [:]
        guard !injected.isEmpty, injected.fields.allSatisfy({ headers[$0.name] == nil }) else { return }
        headers.fields += injected.fields
        message.properties.headers = headers
    }

    // MARK: Consuming

    /// The context of the task, with what a message carries of its publisher's.
    func context(of properties: AMQPProperties) -> ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        if let headers = properties.headers { self.instrument.extract(headers, into: &context, using: HeaderExtractor()) }
        return context
    }

    /// Handles a delivery within a span, which is a child of its publisher's.
    func process<Result>(_ delivery: AMQPDelivery, _ body: (any Span) async throws -> Result) async rethrows -> Result {
        let destination = AMQPDestination.exchange(delivery.exchange, routingKey: delivery.routingKey)
        let span = self.startSpan(.process, to: destination, in: self.context(of: delivery.properties))
        span.updateAttributes { attributes in
            attributes.set(delivery.properties)
            attributes["messaging.message.body.size"] = delivery.body.count
            attributes["messaging.rabbitmq.message.delivery_tag"] = Int(clamping: delivery.deliveryTag)
        }
        defer { span.end() }
        do {
            return try await ServiceContext.$current.withValue(span.context) { try await body(span) }
        } catch {
            span.fail(error)
            throw error
        }
    }

    // MARK: Names

    /// What is done with a message.
    private struct Operation {
        var name: String
        var type: String
        var kind: SpanKind

        static var publish: Operation { Operation(name: "publish", type: "send", kind: .producer) }
        static var process: Operation { Operation(name: "process", type: "process", kind: .consumer) }
    }

    private func startSpan(_ operation: Operation, to destination: AMQPDestination?, in context: ServiceContext? = nil) -> any Span {
        let name = destination?.spanName.map { "\(operation.name) \($0)" } ?? operation.name
        let span = self.tracer.startSpan(name, context: context ?? .current ?? .topLevel, ofKind: operation.kind)
        span.updateAttributes { attributes in
            attributes["messaging.system"] = "rabbitmq"
            attributes["messaging.operation.name"] = operation.name
            attributes["messaging.operation.type"] = operation.type
            if let destination {
                attributes["messaging.destination.name"] = destination.conventionalName
                if !destination.routingKey.isEmpty {
                    attributes["messaging.rabbitmq.destination.routing_key"] = destination.routingKey
                }
            }
            if let server = self.server {
                attributes["server.address"] = server.host
                if let port = server.port { attributes["server.port"] = port }
            }
        }
        return span
    }
}

extension AMQPDestination {
    /// Exchange and routing key, as far as they are not empty, with a colon between.
    fileprivate var conventionalName: String {
        switch (self.exchange.isEmpty, self.routingKey.isEmpty) {
        case (true, true): "amq.default"
        case (true, false): self.routingKey
        case (false, true): self.exchange
        case (false, false): "\(self.exchange):\(self.routingKey)"
        }
    }

    /// What names a span: of few different values, so neither routing keys, which may hold ids, nor queues that the broker has named.
    fileprivate var spanName: String? {
        guard self.exchange.isEmpty else { return self.exchange }
        return self.routingKey.isEmpty || self.routingKey.hasPrefix("amq.") ? nil : self.routingKey
    }
}

extension SpanAttributes {
    fileprivate mutating func set(_ properties: AMQPProperties) {
        if let id = properties.messageID { self["messaging.message.id"] = id }
        if let id = properties.correlationID { self["messaging.message.conversation_id"] = id }
    }
}

extension Span {
    fileprivate func fail(_ error: any Error) {
        self.recordError(error)
        self.setStatus(SpanStatus(code: .error))
        let type = (error as? AMQPError)?.code.description ?? String(reflecting: Swift.type(of: error))
        self.updateAttributes { $0["error.type"] = type }
    }
}
