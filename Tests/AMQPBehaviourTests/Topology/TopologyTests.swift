// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct TopologyTests {
    @Test(arguments: Broker.all) func `a declaration that differs is refused with its reason`(broker: Broker) async throws {
        let queue = freshName("mismatch")
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.declareQueue(queue, exclusive: true)
                do throws(AMQPError) {
                    try await channel.declareQueue(queue, exclusive: true, autoDelete: true)
                    Issue.record("accepted")
                } catch {
                    #expect(error.code == .preconditionFailed)
                    #expect(error.replyCode == .preconditionFailed)
                    #expect(error.message.contains("auto_delete"))
                    #expect(!error.isRetryable)
                }
                #expect(await errorCode { try await channel.purgeQueue(queue) } == .preconditionFailed, "the channel is closed")
            }
            try await connection.withChannel { channel in
                let status = try await channel.declareQueue(queue, passive: true)
                #expect(status.name == queue, "the connection goes on")
            }
        }
    }

    @Test(arguments: Broker.all) func `what does not exist is not found`(broker: Broker) async throws {
        let name = freshName("nowhere")
        let queue = await errorCode { try await broker.withChannel { try await $0.declareQueue(name, passive: true) } }
        #expect(queue == .notFound)
        let exchange = await errorCode {
            try await broker.withChannel { try await $0.declareExchange(name, type: .topic, passive: true) }
        }
        #expect(exchange == .notFound)
    }

    @Test(arguments: Broker.all) func `another connection's own queue is locked`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true)
            #expect(queue.name.hasPrefix("amq.gen"))
            let code = await errorCode {
                try await broker.withChannel { try await $0.declareQueue(queue.name, passive: true) }
            }
            #expect(code == .resourceLocked)
        }
    }

    @Test(arguments: Broker.all) func `a reserved name is refused`(broker: Broker) async throws {
        let code = await errorCode { try await broker.withChannel { try await $0.declareQueue("amq.mine") } }
        #expect(code == .accessRefused)
    }

    @Test(arguments: Broker.all) func `messages take the way of the bindings`(broker: Broker) async throws {
        let events = freshName("events")
        let upstream = freshName("upstream")
        try await broker.withChannel { channel in
            try await channel.declareExchange(events, type: .topic, durable: true)
            try await channel.declareExchange(upstream, type: .fanout, isInternal: false)
            let all = try await channel.declareQueue(exclusive: true).name
            let creations = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(all, to: events, routingKey: "#")
            try await channel.bindQueue(creations, to: events, routingKey: "*.create")
            try await channel.bindExchange(events, to: upstream)
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .exchange(events, routingKey: "ca.create"), mandatory: true)
            try await publisher.publish([2], to: .exchange(events, routingKey: "certificate.status.update"), mandatory: true)
            try await publisher.publish([3], to: .exchange(upstream, routingKey: "dms.create"), mandatory: true)
            #expect(try await channel.drain(all, count: 3) == [[1], [2], [3]])
            #expect(try await channel.drain(creations, count: 2) == [[1], [3]])
            try await channel.unbindExchange(events, from: upstream)
            try await channel.unbindQueue(all, from: events, routingKey: "#")
            let code = await errorCode {
                try await publisher.publish([4], to: .exchange(events, routingKey: "ca.delete"), mandatory: true)
            }
            #expect(code == .returned)
            try await channel.deleteExchange(upstream)
            try await channel.deleteExchange(events)
        }
    }

    @Test(arguments: Broker.all) func `purging and deleting say how much went`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            let publisher = try await channel.publisher()
            for _ in 0..<3 { try await publisher.publish([1], to: .queue(queue)) }
            #expect(try await channel.purgeQueue(queue) == 3)
            try await publisher.publish([1], to: .queue(queue))
            #expect(try await channel.deleteQueue(queue) == 1)
            #expect(try await channel.deleteQueue(queue) == 0, "to RabbitMQ, a queue that is not there is deleted")
        }
    }

    @Test(arguments: Broker.all) func `many channels live side by side`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            let names = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await connection.withChannel { try await $0.declareQueue(exclusive: true).name } }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(names.count == 100)
        }
    }
}
