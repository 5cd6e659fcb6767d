// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// What is declared again after a loss, and what is not.
@Suite struct TopologyTests {
    private var topology = Topology()

    private static func queue(_ name: String, autoDelete: Bool = false) -> AMQPMethod {
        .queueDeclare(QueueDeclare(queue: name, autoDelete: autoDelete))
    }

    private static func exchange(_ name: String, autoDelete: Bool = false) -> AMQPMethod {
        .exchangeDeclare(ExchangeDeclare(exchange: name, type: "topic", autoDelete: autoDelete))
    }

    private static func bind(_ queue: String, _ exchange: String, key: String = "k") -> AMQPMethod {
        .queueBind(QueueBind(queue: queue, exchange: exchange, routingKey: key))
    }

    private static func bindExchange(_ destination: String, _ source: String) -> AMQPMethod {
        .exchangeBind(ExchangeBind(destination: destination, source: source, routingKey: "k"))
    }

    private static func consume(_ queue: String, tag: String) -> AMQPMethod {
        .basicConsume(BasicConsume(queue: queue, consumerTag: tag))
    }

    private static func named(_ name: String) -> AMQPMethod {
        .queueDeclareOk(QueueDeclareOk(queue: name, messageCount: 0, consumerCount: 0))
    }

    private func topology(after requests: [AMQPMethod]) -> Topology {
        var topology = Topology()
        for request in requests { topology.agreed(to: request, reply: Self.reply(to: request), on: 1) }
        return topology
    }

    private static func reply(to request: AMQPMethod) -> AMQPMethod? {
        switch request {
        case .queueDeclare(let declare): self.named(declare.queue)
        case .exchangeDeclare: .exchangeDeclareOk(ExchangeDeclareOk())
        default: nil
        }
    }

    private func methods(after requests: [AMQPMethod]) -> [AMQPMethod] { self.topology(after: requests).steps.map(\.method) }

    @Test func `exchanges come before queues, and queues before bindings, each in their order`() {
        let requests = [
            Self.queue("b"), Self.queue("a"), Self.exchange("y"), Self.bind("b", "y"), Self.exchange("x"), Self.bind("a", "x"),
            Self.bindExchange("x", "y"),
        ]
        #expect(
            self.methods(after: requests) == [
                Self.exchange("y"), Self.exchange("x"), Self.queue("b"), Self.queue("a"), Self.bind("b", "y"), Self.bind("a", "x"),
                Self.bindExchange("x", "y"),
            ])
    }

    @Test func `what is declared twice is declared again once, as it was declared last`() {
        let again = AMQPMethod.queueDeclare(QueueDeclare(queue: "a", arguments: ["x-expires": .int32(1)]))
        #expect(self.methods(after: [Self.queue("a"), Self.queue("b"), again]) == [again, Self.queue("b")])
        #expect(self.methods(after: [Self.bind("a", "x"), Self.bind("a", "x")]) == [Self.bind("a", "x")])
        #expect(self.methods(after: [Self.bind("a", "x"), Self.bind("a", "x", key: "l")]).count == 2)
    }

    @Test func `what is declared without an answer changes nothing of what was agreed to before`() {
        let requests = [Self.exchange("x"), Self.queue("a")]
        var topology = self.topology(after: requests)
        topology.agreed(to: .exchangeDeclare(ExchangeDeclare(exchange: "x", type: "fanout")), on: 1)
        topology.agreed(to: .queueDeclare(QueueDeclare(queue: "a", durable: true)), on: 1)
        #expect(topology.steps.map(\.method) == requests)
        topology.agreed(to: .queueDeclare(QueueDeclare(queue: "b", durable: true)), on: 1)
        #expect(topology.steps.map(\.method) == requests + [.queueDeclare(QueueDeclare(queue: "b", durable: true))])
    }

    @Test func `who only looks declares nothing`() {
        #expect(
            self.topology(after: [
                .queueDeclare(QueueDeclare(queue: "a", passive: true)),
                .exchangeDeclare(ExchangeDeclare(exchange: "x", type: "topic", passive: true)),
                .queuePurge(QueuePurge(queue: "a")),
            ]).isEmpty)
    }

    @Test func `what was deleted or unbound stays so, and takes its bindings along`() {
        let all = [
            Self.exchange("x"), Self.exchange("y"), Self.queue("a"), Self.queue("b"), Self.bind("a", "x"), Self.bind("b", "x"),
            Self.bindExchange("y", "x"),
        ]
        #expect(
            self.methods(after: all + [.queueDelete(QueueDelete(queue: "a"))])
                == [Self.exchange("x"), Self.exchange("y"), Self.queue("b"), Self.bind("b", "x"), Self.bindExchange("y", "x")])
        #expect(
            self.methods(after: all + [.exchangeDelete(ExchangeDelete(exchange: "x"))])
                == [Self.exchange("y"), Self.queue("a"), Self.queue("b")])
        #expect(
            self.methods(after: all + [.exchangeDelete(ExchangeDelete(exchange: "y"))])
                == [Self.exchange("x"), Self.queue("a"), Self.queue("b"), Self.bind("a", "x"), Self.bind("b", "x")])
        #expect(
            self.methods(after: all + [.queueUnbind(QueueUnbind(queue: "a", exchange: "x", routingKey: "k"))]).count == all.count - 1)
        #expect(
            self.methods(
                after: all + [.exchangeUnbind(ExchangeUnbind(destination: "y", source: "x", routingKey: "k"))]
            ).count == all.count - 1)
        #expect(
            self.methods(after: all + [.queueUnbind(QueueUnbind(queue: "a", exchange: "x", routingKey: "other"))]).count == all.count)
    }

    @Test func `a queue that deletes itself goes with its last consumer, and only then`() {
        var topology = self.topology(after: [
            Self.queue("a", autoDelete: true), Self.queue("b"), Self.bind("a", "x"), Self.consume("a", tag: "1"),
            Self.consume("a", tag: "2"), Self.consume("b", tag: "3"),
        ])
        topology.consumerEnded("1", on: 1)
        topology.consumerEnded("3", on: 1)
        topology.consumerEnded("stranger", on: 1)
        topology.consumerEnded("2", on: 2)
        #expect(topology.steps.count == 3)
        topology.consumerEnded("2", on: 1)
        #expect(topology.steps.map(\.method) == [Self.queue("b")])
    }

    @Test func `a queue that deletes itself goes with the channel of its last consumer`() {
        var topology = self.topology(after: [Self.queue("a", autoDelete: true), Self.consume("a", tag: "1")])
        topology.agreed(to: Self.consume("a", tag: "1"), on: 2)
        topology.channelEnded(1)
        #expect(!topology.isEmpty)
        topology.channelEnded(2)
        #expect(topology.isEmpty)
    }

    @Test func `a queue whose consumer the broker has ended is declared again: this side did not delete it`() {
        var topology = self.topology(after: [Self.queue("a", autoDelete: true), Self.consume("a", tag: "1")])
        topology.consumerCancelledByPeer("1", on: 1)
        topology.channelEnded(1)
        #expect(topology.steps.map(\.method) == [Self.queue("a", autoDelete: true)])
    }

    @Test func `an exchange that deletes itself goes with the last binding it passes messages on by`() {
        let all = [
            Self.exchange("source", autoDelete: true), Self.exchange("middle", autoDelete: true), Self.queue("a"),
            Self.bindExchange("middle", "source"), Self.bind("a", "middle"),
        ]
        #expect(self.methods(after: all + [.queueDelete(QueueDelete(queue: "a"))]).isEmpty, "one takes the other along")
        #expect(
            self.methods(after: all + [.queueUnbind(QueueUnbind(queue: "a", exchange: "middle", routingKey: "k"))])
                == [Self.queue("a")])
        #expect(
            self.methods(
                after: all + [
                    Self.bind("a", "middle", key: "l"), .queueUnbind(QueueUnbind(queue: "a", exchange: "middle", routingKey: "k")),
                ]
            )
            .count == all.count)
    }

    @Test func `an empty name stands for the queue that its channel has declared last`() {
        var topology = Topology()
        topology.agreed(to: Self.queue("other"), on: 2)
        topology.agreed(to: Self.queue("q"), on: 1)
        topology.agreed(to: Self.bind("", "x"), on: 1)
        #expect(topology.steps.last?.method == Self.bind("q", "x"))
        topology.agreed(to: .queueDeclare(QueueDeclare(queue: "other", passive: true)), on: 1)
        topology.agreed(to: .queueDelete(QueueDelete(queue: "")), on: 1)
        #expect(topology.steps.map(\.method) == [Self.queue("q"), Self.bind("q", "x")])
    }

    @Test func `a queue that the broker has named is declared without a name, and known by its first one`() throws {
        var topology = Topology()
        topology.agreed(to: Self.queue(""), reply: Self.named("amq.gen-1"), on: 1)
        topology.agreed(to: Self.bind("amq.gen-1", "x"), on: 1)
        #expect(
            topology.steps == [
                TopologyStep(Self.queue(""), serverNamed: "amq.gen-1"), TopologyStep(Self.bind("amq.gen-1", "x")),
            ])
        topology.renamed("amq.gen-1", to: "amq.gen-2")
        topology.renamed("amq.gen-1", to: "amq.gen-3")
        #expect(topology.names.current == ["amq.gen-1": "amq.gen-3"])
        #expect(topology.steps.first?.serverNamed == "amq.gen-1", "the first name is the one that the user holds")
        topology.agreed(to: .queueDelete(QueueDelete(queue: "amq.gen-1")), on: 1)
        #expect(topology.isEmpty && topology.names.isEmpty)
    }

    @Test(arguments: [
        (Self.queue("q"), "queue 'q'"), (Self.exchange("x"), "exchange 'x'"),
        (Self.bind("q", "x"), "binding of queue 'q' to exchange 'x', routing key 'k'"),
        (Self.bindExchange("y", "x"), "binding of exchange 'y' to exchange 'x', routing key 'k'"),
    ])
    func `a step says what it declares`(method: AMQPMethod, text: String) {
        #expect(TopologyStep(method).description == text)
        #expect(TopologyStep(Self.queue(""), serverNamed: "amq.gen-1").description == "queue 'amq.gen-1'")
    }
}
