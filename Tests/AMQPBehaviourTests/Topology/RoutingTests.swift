// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct RoutingTests {
    /// Runs with an exchange that is deleted afterwards.
    private func withExchange(
        on broker: Broker, _ type: AMQPExchangeType, arguments: AMQPExchangeArguments = [:],
        _ body: (AMQPChannel, String) async throws -> Void
    ) async throws {
        let name = freshName("\(type.rawValue)")
        try await broker.withConnection { connection in
            try await connection.withChannel { try await $0.declareExchange(name, type: type, arguments: arguments) }
            try await connection.withChannel { try await body($0, name) }
            try await connection.withChannel { try await $0.deleteExchange(name) }
        }
    }

    /// Whether a message reaches a queue that is bound in one way.
    private func reaches(
        on broker: Broker, _ type: AMQPExchangeType, binding: String = "", arguments: AMQPTable = [:], key: String = "",
        headers: AMQPTable? = nil
    ) async throws -> Bool {
        var reaches = false
        try await self.withExchange(on: broker, type) { channel, exchange in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: exchange, routingKey: binding, arguments: AMQPBindingArguments(arguments))
            try await channel.publisher().publish(
                [1], properties: AMQPProperties(headers: headers), to: .exchange(exchange, routingKey: key))
            reaches = try await channel.depth(of: queue) == 1
        }
        return reaches
    }

    @Test(arguments: Broker.all, [("k", "k", true), ("k", "K", false), ("k", "k.k", false), ("*", "k", false), ("", "", true)])
    func `a direct exchange compares keys`(broker: Broker, row: (binding: String, key: String, matches: Bool)) async throws {
        #expect(try await self.reaches(on: broker, .direct, binding: row.binding, key: row.key) == row.matches)
    }

    @Test(arguments: Broker.all) func `a fanout exchange cares for no key`(broker: Broker) async throws {
        #expect(try await self.reaches(on: broker, .fanout, binding: "one", key: "other"))
    }

    @Test(
        arguments: Broker.all,
        [
            ("ca.create", "ca.create", true), ("ca.create", "ca.delete", false), ("*", "ca", true), ("*", "", false),
            ("*", "ca.create", false),
            ("*.create", "ca.create", true), ("*.*", "ca", false), ("#", "", true), ("#", "a.b.c", true), ("a.#", "a", true),
            ("a.#", "a.b.c", true), ("#.c", "a.b.c", true), ("#.c", "c", true), ("#.c", "c.d", false), ("a.#.c", "a.c", true),
            ("a.#.c", "a.b.b.c", true), ("a.*.#", "a", false), ("a.*.#", "a.b", true), ("#.#", "a", true), ("*.#.*", "a", false),
            ("*.#.*", "a.b", true), ("", "", true), ("", "a", false), ("a.", "a.", true), ("a.*", "a.", true), ("a*", "ab", false),
            ("#.b.#.d.#", "a.b.c.d.e", true), ("#.b.#.d.#", "a.d.c.b", false),
        ])
    func `a topic exchange compares words`(broker: Broker, row: (pattern: String, key: String, matches: Bool)) async throws {
        #expect(try await self.reaches(on: broker, .topic, binding: row.pattern, key: row.key) == row.matches)
    }

    @Test(
        arguments: Broker.all,
        [
            (["a": 1, "b": 2], ["a": 1, "b": 2, "c": 3], true), (["a": 1, "b": 2], ["a": 1], false),
            (["x-match": "all", "a": 1], ["a": 2], false), (["x-match": "any", "a": 1, "b": 2], ["b": 2], true),
            (["x-match": "any", "a": 1, "b": 2], ["c": 3], false), (["x-match": "all"], [:], true), (["x-match": "any"], ["a": 1], false),
            (["a": .void], ["a": "whatever"], true), (["a": .void], [:], false), (["a": .int64(5)], ["a": .int16(5)], true),
            (["a": "5"], ["a": 5], false), (["a": true], ["a": true], true), (["x-match": "all", "x-key": 1], [:], true),
            (["x-match": "all-with-x", "x-key": 1], [:], false), (["x-match": "all-with-x", "x-key": 1], ["x-key": 1], true),
            (["x-match": "any-with-x", "x-key": 1, "a": 1], ["x-key": 1], true),
            (["x-match": "any", "x-key": 1, "a": 1], ["x-key": 1], false),
        ] as [(AMQPTable, AMQPTable, Bool)])
    func `a headers exchange compares headers`(broker: Broker, row: (arguments: AMQPTable, headers: AMQPTable, matches: Bool)) async throws
    {
        #expect(try await self.reaches(on: broker, .headers, arguments: row.arguments, headers: row.headers) == row.matches)
    }

    @Test(arguments: Broker.all, ["some", 5] as [AMQPValue])
    func `a headers exchange refuses an x-match that it does not know`(broker: Broker, match: AMQPValue) async throws {
        let code = await errorCode { try await self.reaches(on: broker, .headers, arguments: ["x-match": match]) }
        #expect(code == .preconditionFailed)
    }

    @Test(arguments: Broker.all) func `each queue gets its copy, and one only however many of its bindings fit`(broker: Broker) async throws
    {
        try await self.withExchange(on: broker, .topic) { channel, exchange in
            let one = try await channel.declareQueue(exclusive: true).name
            let other = try await channel.declareQueue(exclusive: true).name
            for pattern in ["#", "a.*", "*.b"] { try await channel.bindQueue(one, to: exchange, routingKey: pattern) }
            try await channel.bindQueue(other, to: exchange, routingKey: "a.b")
            try await channel.publisher().publish([1], to: .exchange(exchange, routingKey: "a.b"), mandatory: true)
            #expect(try await channel.depth(of: one) == 1)
            #expect(try await channel.depth(of: other) == 1)
        }
    }

    @Test(arguments: Broker.all) func `the same binding twice is one, another key or argument makes another`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .direct) { channel, exchange in
            let queue = try await channel.declareQueue(exclusive: true).name
            let publisher = try await channel.publisher()
            try await channel.bindQueue(queue, to: exchange, routingKey: "k")
            try await channel.bindQueue(queue, to: exchange, routingKey: "k")
            try await channel.bindQueue(queue, to: exchange, routingKey: "k", arguments: ["note": 1])
            try await channel.unbindQueue(queue, from: exchange, routingKey: "k")
            try await publisher.publish([1], to: .exchange(exchange, routingKey: "k"), mandatory: true)
            try await channel.unbindQueue(queue, from: exchange, routingKey: "k", arguments: ["note": 1])
            let code = await errorCode { try await publisher.publish([1], to: .exchange(exchange, routingKey: "k"), mandatory: true) }
            #expect(code == .returned)
        }
    }

    @Test(arguments: Broker.all) func `undoing a binding that is not there is no error`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .direct) { channel, exchange in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.unbindQueue(queue, from: exchange, routingKey: "never")
            try await channel.unbindExchange(exchange, from: "amq.fanout", routingKey: "never")
        }
    }

    /// What is missing where something is bound.
    enum Missing: CaseIterable { case queue, exchange, source, destination }

    @Test(arguments: Broker.all, Missing.allCases) func `a binding needs both its ends`(broker: Broker, missing: Missing) async throws {
        let nowhere = freshName("nowhere")
        let error = try await amqpError {
            try await broker.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                switch missing {
                case .queue: try await channel.bindQueue(nowhere, to: "amq.direct")
                case .exchange: try await channel.bindQueue(queue, to: nowhere)
                case .source: try await channel.bindExchange("amq.direct", to: nowhere)
                case .destination: try await channel.bindExchange(nowhere, to: "amq.direct")
                }
            }
        }
        #expect(error.code == .notFound)
        #expect(error.message.contains("no \(missing == .queue ? "queue" : "exchange") '\(nowhere)' in vhost '/'"))
    }

    @Test(arguments: Broker.all) func `exchanges that pass on in a ring pass on once`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .fanout) { channel, one in
            let other = freshName("other")
            try await channel.declareExchange(other, type: .fanout)
            try await channel.bindExchange(other, to: one)
            try await channel.bindExchange(one, to: other)
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: other)
            try await channel.bindQueue(queue, to: one)
            try await channel.publisher().publish([1], to: .exchange(one), mandatory: true)
            #expect(try await channel.drain(queue, count: 1) == [[1]])
            #expect(try await channel.depth(of: queue) == 0)
            try await channel.deleteExchange(other)
        }
    }

    @Test(arguments: Broker.all) func `a message keeps the exchange and the key that it was published with`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .topic) { channel, first in
            try await channel.bindExchange("amq.fanout", to: first, routingKey: "#")
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: "amq.fanout")
            try await channel.publisher().publish([1], to: .exchange(first, routingKey: "a.b"), mandatory: true)
            let delivery = try #require(try await channel.take(1, from: queue).first)
            #expect(delivery.exchange == first)
            #expect(delivery.routingKey == "a.b")
            try await channel.unbindExchange("amq.fanout", from: first, routingKey: "#")
        }
    }

    @Test(arguments: Broker.all) func `an alternate exchange takes what has no other way, and nothing else`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .fanout) { channel, alternate in
            let main = freshName("main")
            try await channel.declareExchange(main, type: .direct, arguments: ["alternate-exchange": .string(alternate)])
            let routed = try await channel.declareQueue(exclusive: true).name
            let others = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(routed, to: main, routingKey: "k")
            try await channel.bindQueue(others, to: alternate)
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .exchange(main, routingKey: "k"), mandatory: true)
            try await publisher.publish([2], to: .exchange(main, routingKey: "other"), mandatory: true)
            #expect(try await channel.drain(routed, count: 1) == [[1]])
            #expect(try await channel.drain(others, count: 1) == [[2]])
            #expect(try await channel.depth(of: others) == 0)
            try await channel.deleteExchange(main)
        }
    }

    @Test(arguments: Broker.all) func `an alternate exchange that does not exist helps nobody`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .direct, arguments: ["alternate-exchange": .string(freshName("nowhere"))]) {
            channel, exchange in
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await publisher.publish([1], to: .exchange(exchange), mandatory: true) } == .returned)
        }
    }

    @Test(arguments: Broker.all) func `CC and BCC name further keys, and BCC is not seen`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            var queues: [String] = []
            for _ in 0..<3 { queues.append(try await channel.declareQueue(exclusive: true).name) }
            let headers: AMQPTable = ["CC": [.string(queues[1])], "BCC": [.string(queues[2])]]
            try await channel.publisher().publish([1], properties: AMQPProperties(headers: headers), to: .queue(queues[0]), mandatory: true)
            for queue in queues {
                let delivery = try #require(try await channel.take(1, from: queue).first)
                #expect(delivery.routingKey == queues[0])
                #expect(delivery.properties.headers == ["CC": [.string(queues[1])]])
            }
        }
    }

    @Test(arguments: Broker.all) func `a deleted queue takes its bindings with it`(broker: Broker) async throws {
        try await self.withExchange(on: broker, .fanout) { channel, exchange in
            let queue = freshName("again")
            try await channel.declareQueue(queue, exclusive: true)
            try await channel.bindQueue(queue, to: exchange)
            try await channel.deleteQueue(queue)
            try await channel.declareQueue(queue, exclusive: true)
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await publisher.publish([1], to: .exchange(exchange), mandatory: true) } == .returned)
        }
    }
}
