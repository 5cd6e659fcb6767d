// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import InMemoryTracing
import Testing
import Tracing

@Suite(.timeLimit(.minutes(1))) struct TracingTests {
    private let tracer = W3CTracer()

    /// Publishes, within the tracer and a context, and returns what the broker got.
    private func publish(
        in context: ServiceContext = .topLevel, answer: @escaping @Sendable (ScriptedBroker) throws -> Void = { try $0.ack(1) },
        _ operation: @escaping @Sendable (AMQPPublisher) async throws -> Void
    ) async throws -> ScriptedBroker.Published {
        try await withTracer(self.tracer) {
            try await ServiceContext.$current.withValue(context) {
                let (published, continuation) = AsyncStream.makeStream(of: ScriptedBroker.Published.self)
                try await Conversation().run(
                    broker: { broker in
                        try await broker.openPublisher()
                        continuation.yield(try await broker.nextMessage())
                        continuation.finish()
                        try answer(broker)
                    },
                    client: { connection in
                        try await connection.withChannel { try await operation($0.publisher()) }
                    })
                for await message in published { return message }
                throw ScriptedBroker.Unexpected(event: "no message")
            }
        }
    }

    /// Runs with a delivery of these headers, within the tracer.
    private func deliver(
        _ headers: AMQPTable?, _ handle: @escaping @Sendable (AMQPDelivery) async throws -> Void
    ) async throws {
        try await withTracer(self.tracer) {
            try await Conversation().run(
                broker: { broker in
                    try await broker.openConsumer()
                    try broker.send(
                        BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, exchange: "events", routingKey: "ca.create"), body: [1, 2],
                        properties: AMQPProperties(headers: headers, correlationID: "conversation", messageID: "id"))
                },
                client: { connection in
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                            for try await delivery in deliveries {
                                try await handle(delivery)
                                break
                            }
                        }
                    }
                })
        }
    }

    @Test func `a publish is a span that the message carries`() async throws {
        let message = try await self.publish { publisher in
            let properties = AMQPProperties(headers: ["own": 1], correlationID: "conversation", messageID: "id")
            try await publisher.publish([1, 2, 3], properties: properties, to: .exchange("events", routingKey: "ca.create"))
        }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(self.tracer.spans.finishedSpans.count == 1)
        #expect(message.properties.headers == ["own": 1, "traceparent": .string("00-\(span.traceID)-\(span.spanID)-01")])
        #expect(span.operationName == "publish events")
        #expect(span.kind == .producer)
        #expect(span.status == nil)
        #expect(
            span.attributes == [
                "messaging.system": "rabbitmq", "messaging.operation.name": "publish", "messaging.operation.type": "send",
                "messaging.destination.name": "events:ca.create", "messaging.rabbitmq.destination.routing_key": "ca.create",
                "messaging.message.id": "id", "messaging.message.conversation_id": "conversation", "messaging.message.body.size": .int64(3),
                "server.address": "broker",
            ])
    }

    @Test func `a publish is a child of the task's span, and passes its state on`() async throws {
        let root = self.tracer.startSpan("root", context: W3CTracer.context(state: "vendor=1"))
        let message = try await self.publish(in: root.context) { try await $0.publish([], to: .queue("q")) }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(span.traceID == root.spanContext.traceID)
        #expect(span.parentSpanID == root.spanContext.spanID)
        #expect(message.properties.headers?["tracestate"] == "vendor=1")
    }

    @Test(arguments: [
        (AMQPDestination.queue("q"), "publish q", "q"), (.queue("amq.gen-1"), "publish", "amq.gen-1"),
        (.queue(""), "publish", "amq.default"),
        (.exchange("x"), "publish x", "x"), (.exchange("x", routingKey: "k"), "publish x", "x:k"),
    ])
    func `a span has the destination's name, as far as it is one of few`(
        destination: AMQPDestination, name: String, destinationName: String
    ) async throws {
        _ = try await self.publish { try await $0.publish([], to: destination) }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(span.operationName == name)
        #expect(span.attributes.get("messaging.destination.name") == .string(destinationName))
    }

    @Test func `a request is a span that its message carries, and that ends with the reply`() async throws {
        let tracer = self.tracer
        try await withTracer(tracer) {
            try await Conversation().run(
                broker: { broker in
                    try await broker.openChannel()
                    try await broker.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
                    let request = try await broker.nextMessage()
                    #expect(tracer.spans.finishedSpans.isEmpty)
                    try broker.send(
                        BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, exchange: "", routingKey: "r"), body: [],
                        properties: AMQPProperties(headers: request.properties.headers, correlationID: request.properties.correlationID))
                },
                client: { connection in
                    try await connection.withChannel { channel in
                        try await channel.withRequester { requester in
                            let reply = try await requester.call([1], to: .queue("service"))
                            let span = try #require(tracer.spans.finishedSpans.first)
                            #expect(span.operationName == "publish service")
                            #expect(span.kind == .producer)
                            #expect(reply.properties.headers == ["traceparent": .string("00-\(span.traceID)-\(span.spanID)-01")])
                        }
                    }
                })
        }
    }

    @Test func `a publish that fails is recorded`() async throws {
        _ = try await self.publish(answer: { try $0.send(.basicNack(BasicNack(deliveryTag: 1))) }) { publisher in
            #expect(await errorCode { try await publisher.publish([], to: .queue("q")) } == .nacked)
        }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(span.status?.code == .error)
        #expect(span.attributes.get("error.type") == "nacked")
        #expect(span.errors.map { $0.error as? AMQPError } == [AMQPError(.nacked, message: "")])
    }

    @Test func `a batch is one span, which each of its messages carries`() async throws {
        let message = try await self.publish(answer: { try $0.ack(2, multiple: true) }) { publisher in
            try await publisher.publish(contentsOf: [
                AMQPMessage([1], to: .queue("q")), AMQPMessage([2], properties: AMQPProperties(headers: ["own": 1]), to: .queue("q")),
            ])
        }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(self.tracer.spans.finishedSpans.count == 1)
        #expect(message.properties.headers == ["traceparent": .string("00-\(span.traceID)-\(span.spanID)-01")])
        #expect(span.operationName == "publish q")
        #expect(span.attributes.get("messaging.batch.message_count") == .int64(2))
    }

    @Test func `a message that brings a context along keeps it, as a whole`() async throws {
        let root = self.tracer.startSpan("root", context: W3CTracer.context(state: "vendor=1"))
        let message = try await self.publish(in: root.context) { publisher in
            let properties = AMQPProperties(headers: ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
            try await publisher.publish([], properties: properties, to: .queue("q"))
        }
        #expect(message.properties.headers == ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
        #expect(self.tracer.spans.finishedSpans.map(\.operationName) == ["publish q"])
    }

    @Test func `without a tracer a message gets no headers`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openPublisher()
                #expect(try await broker.nextMessage().properties.headers == nil)
                try broker.ack(1)
            },
            client: { connection in
                try await connection.withChannel { try await $0.publisher().publish([], to: .queue("q")) }
            })
    }

    @Test func `a delivery is handled in a span that is a child of its publisher's`() async throws {
        let headers: AMQPTable = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "vendor=1"]
        try await self.deliver(headers) { delivery in
            #expect(W3CTracer.parent(of: delivery.serviceContext) == headers["traceparent"]?.stringValue)
            let result = await delivery.withSpan { span in
                #expect(ServiceContext.current?.inMemorySpanContext == span.context.inMemorySpanContext)
                #expect(ServiceContext.current.flatMap(W3CTracer.state) == "vendor=1")
                return 7
            }
            #expect(result == 7)
        }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(span.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(span.parentSpanID == "b7ad6b7169203331")
        #expect(span.operationName == "process events")
        #expect(span.kind == .consumer)
        #expect(
            span.attributes == [
                "messaging.system": "rabbitmq", "messaging.operation.name": "process", "messaging.operation.type": "process",
                "messaging.destination.name": "events:ca.create", "messaging.rabbitmq.destination.routing_key": "ca.create",
                "messaging.message.id": "id", "messaging.message.conversation_id": "conversation", "messaging.message.body.size": .int64(2),
                "messaging.rabbitmq.message.delivery_tag": .int64(1), "server.address": "broker",
            ])
    }

    @Test func `a handler that fails is recorded, and its error comes out`() async throws {
        struct Mine: Error {}
        try await self.deliver(nil) { delivery in
            await #expect(throws: Mine.self) { try await delivery.withSpan { _ in throw Mine() } }
        }
        let span = try #require(self.tracer.spans.finishedSpans.first)
        #expect(span.parentSpanID == nil)
        #expect(span.status?.code == .error)
        #expect("\(String(describing: span.attributes.get("error.type")))".contains("Mine"))
    }

    @Test(
        arguments: [
            ["traceparent": 7], ["traceparent": "nonsense"], ["traceparent": .opaqueString([0xFF])], ["traceparent": .bytes([1])],
        ] as [AMQPTable])
    func `headers that are no context begin a trace of their own`(headers: AMQPTable) async throws {
        try await self.deliver(headers) { delivery in await delivery.withSpan { _ in } }
        #expect(try #require(self.tracer.spans.finishedSpans.first).parentSpanID == nil)
    }

    @Test func `without a tracer a delivery is handled all the same`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.deliver(1)
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        for try await delivery in deliveries {
                            #expect(delivery.serviceContext.isEmpty)
                            #expect(await delivery.withSpan { !$0.isRecording })
                            break
                        }
                    }
                }
            })
    }
}
