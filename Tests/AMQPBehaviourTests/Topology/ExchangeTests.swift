// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct ExchangeTests {
    @Test(
        arguments: Broker.all,
        [
            ("amq.direct", AMQPExchangeType.direct), ("amq.fanout", .fanout), ("amq.topic", .topic), ("amq.headers", .headers),
            ("amq.match", .headers),
        ])
    func `the exchanges of the standard are there, durable`(broker: Broker, exchange: (name: String, type: AMQPExchangeType)) async throws {
        try await broker.withChannel { try await $0.declareExchange(exchange.name, type: exchange.type, durable: true) }
    }

    @Test(arguments: Broker.all) func `declaring the same again changes nothing`(broker: Broker) async throws {
        let name = freshName("same")
        try await broker.withChannel { channel in
            try await channel.declareExchange(name, type: .fanout)
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: name)
            try await channel.declareExchange(name, type: .fanout)
            try await channel.publisher().publish([1], to: .exchange(name), mandatory: true)
            #expect(try await channel.depth(of: queue) == 1)
            try await channel.deleteExchange(name)
        }
    }

    /// What a second declaration says otherwise, with the name that the broker gives it.
    enum Difference: String, CaseIterable {
        case type, durable, autoDelete = "auto_delete", isInternal = "internal", alternate = "alternate-exchange"
    }

    @Test(arguments: Broker.all, Difference.allCases)
    func `an exchange that is declared otherwise is refused, and the difference named`(broker: Broker, difference: Difference) async throws
    {
        let name = freshName("different")
        try await broker.withConnection { connection in
            try await connection.withChannel { try await $0.declareExchange(name, type: .direct) }
            let error = try await amqpError {
                try await connection.withChannel { channel in
                    try await channel.declareExchange(
                        name, type: difference == .type ? .fanout : .direct, durable: difference == .durable,
                        autoDelete: difference == .autoDelete, isInternal: difference == .isInternal,
                        arguments: difference == .alternate ? ["alternate-exchange": "amq.fanout"] : [:])
                }
            }
            #expect(error.code == .preconditionFailed)
            #expect(error.message.contains("inequivalent arg '\(difference.rawValue)' for exchange '\(name)' in vhost '/'"))
            try await connection.withChannel { try await $0.deleteExchange(name) }
        }
    }

    @Test(arguments: Broker.all) func `a name that begins with amq. is reserved`(broker: Broker) async throws {
        let error = try await amqpError {
            try await broker.withChannel { try await $0.declareExchange("amq.\(freshName("mine"))", type: .direct) }
        }
        #expect(error.code == .accessRefused)
    }

    @Test(arguments: Broker.all) func `an exchange of a type that nobody knows ends the connection`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.recovery = nil
        let error = try await amqpError {
            try await broker.withConnection(configuration) { connection in
                try await connection.withChannel { channel in
                    try await channel.declareExchange(freshName("odd"), type: AMQPExchangeType(rawValue: "odd"))
                }
            }
        }
        #expect(error.code == .connectionClosed)
        #expect(error.replyCode == .commandInvalid)
    }

    @Test(arguments: Broker.all, ["", "amq.topic"]) func `an exchange of the broker's own cannot be deleted`(
        broker: Broker, name: String
    ) async throws {
        #expect(await errorCode { try await broker.withChannel { try await $0.deleteExchange(name) } } == .accessRefused)
    }

    @Test(arguments: Broker.all) func `the default exchange can be neither declared nor bound`(broker: Broker) async throws {
        #expect(await errorCode { try await broker.withChannel { try await $0.declareExchange("", type: .direct) } } == .accessRefused)
        let code = await errorCode {
            try await broker.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.bindQueue(queue, to: "", routingKey: "k")
            }
        }
        #expect(code == .accessRefused)
    }

    @Test(arguments: Broker.all) func `deleting what does not exist is no error`(broker: Broker) async throws {
        try await broker.withChannel { try await $0.deleteExchange(freshName("nowhere")) }
    }

    @Test(arguments: Broker.all) func `an exchange that is in use is deleted only when that does not matter`(broker: Broker) async throws {
        let name = freshName("used")
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareExchange(name, type: .fanout)
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.bindQueue(queue, to: name)
                let error = try await amqpError { try await channel.deleteExchange(name, ifUnused: true) }
                #expect(error.code == .preconditionFailed)
                #expect(error.message.contains("in use"))
            }
            try await connection.withChannel { channel in
                try await channel.deleteExchange(name)
                #expect(await errorCode { try await channel.declareExchange(name, type: .fanout, passive: true) } == .notFound)
            }
        }
    }

    @Test(arguments: Broker.all) func `an exchange with bindings from it alone is in use, with bindings to it it is not`(broker: Broker)
        async throws
    {
        let (source, destination) = (freshName("source"), freshName("destination"))
        try await broker.withChannel { channel in
            try await channel.declareExchange(source, type: .fanout)
            try await channel.declareExchange(destination, type: .fanout)
            try await channel.bindExchange(destination, to: source)
            try await channel.deleteExchange(destination, ifUnused: true)
            try await channel.deleteExchange(source, ifUnused: true)
        }
    }

    @Test(arguments: Broker.all) func `an exchange that deletes itself goes with its last binding, not before its first`(broker: Broker)
        async throws
    {
        let name = freshName("auto")
        try await broker.withChannel { channel in
            try await channel.declareExchange(name, type: .fanout, autoDelete: true)
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.declareExchange(name, type: .fanout, passive: true)
            try await channel.bindQueue(queue, to: name, routingKey: "1")
            try await channel.bindQueue(queue, to: name, routingKey: "2")
            try await channel.unbindQueue(queue, from: name, routingKey: "1")
            try await channel.declareExchange(name, type: .fanout, passive: true)
            try await channel.deleteQueue(queue)
            #expect(await errorCode { try await channel.declareExchange(name, type: .fanout, passive: true) } == .notFound)
        }
    }

    @Test(arguments: Broker.all) func `an internal exchange takes messages from exchanges alone`(broker: Broker) async throws {
        let (outer, inner) = (freshName("outer"), freshName("inner"))
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareExchange(outer, type: .fanout)
                try await channel.declareExchange(inner, type: .fanout, isInternal: true)
                try await channel.bindExchange(inner, to: outer)
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.bindQueue(queue, to: inner)
                let publisher = try await channel.publisher()
                try await publisher.publish([1], to: .exchange(outer), mandatory: true)
                #expect(try await channel.drain(queue, count: 1) == [[1]])
                let error = try await amqpError { try await publisher.publish([2], to: .exchange(inner)) }
                #expect(error.code == .accessRefused)
                #expect(error.message.contains("cannot publish to internal exchange"))
            }
            try await connection.withChannel { channel in
                try await channel.deleteExchange(inner)
                try await channel.deleteExchange(outer)
            }
        }
    }

    @Test(arguments: Broker.all) func `a deleted exchange takes its bindings with it`(broker: Broker) async throws {
        let name = freshName("again")
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.declareExchange(name, type: .fanout)
            try await channel.bindQueue(queue, to: name)
            try await channel.deleteExchange(name)
            try await channel.declareExchange(name, type: .fanout)
            let publisher = try await channel.publisher()
            #expect(await errorCode { try await publisher.publish([1], to: .exchange(name), mandatory: true) } == .returned)
            try await channel.deleteExchange(name)
        }
    }

    @Test(arguments: Broker.all) func `a name may have 255 bytes and letters of any script`(broker: Broker) async throws {
        let name = String((freshName("ключ-鍵-") + String(repeating: "é", count: 127)).prefix(140))
        let filled = name + String(repeating: "x", count: max(0, 255 - name.utf8.count))
        try await broker.withChannel { channel in
            try await channel.declareExchange(filled, type: .direct)
            let queue = try await channel.declareQueue("q-\(freshName("队列"))", exclusive: true).name
            try await channel.bindQueue(queue, to: filled, routingKey: "κλειδί")
            try await channel.publisher().publish([1], to: .exchange(filled, routingKey: "κλειδί"), mandatory: true)
            let delivery = try #require(try await channel.take(1, from: queue).first)
            #expect(delivery.exchange == filled)
            #expect(delivery.routingKey == "κλειδί")
            try await channel.deleteExchange(filled)
        }
    }
}
