// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueueTests {
    @Test(arguments: Broker.all) func `the broker makes up names that differ`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            var names: Set<String> = []
            for _ in 0..<10 { names.insert(try await channel.declareQueue(exclusive: true).name) }
            #expect(names.count == 10)
            #expect(names.allSatisfy { $0.hasPrefix("amq.gen-") })
        }
    }

    @Test(arguments: Broker.all) func `a declaration tells what is ready and who consumes`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = freshName("counts")
            #expect(
                try await channel.declareQueue(queue, exclusive: true) == AMQPQueueStatus(name: queue, messageCount: 0, consumerCount: 0))
            let publisher = try await channel.publisher()
            for _ in 0..<3 { try await publisher.publish([1], to: .queue(queue)) }
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                _ = try await iterator.one()
                let status = try await channel.declareQueue(queue, exclusive: true)
                #expect(status.messageCount == 2, "what is delivered is not ready")
                #expect(status.consumerCount == 1)
            }
        }
    }

    @Test(arguments: Broker.all) func `an exclusive queue is open to all channels of its connection, and ends with it`(broker: Broker)
        async throws
    {
        let queue = freshName("exclusive")
        try await broker.withConnection { connection in
            _ = try await connection.withChannel { try await $0.declareQueue(queue, exclusive: true) }
            try await connection.withChannel { channel in
                try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
                #expect(try await channel.drain(queue, count: 1) == [[1]])
            }
        }
        try await eventually {
            await errorCode { try await broker.withChannel { try await $0.declareQueue(queue, passive: true) } } == .notFound
        }
    }

    /// What another connection tries with an exclusive queue.
    enum Use: CaseIterable { case declare, consume, bind, purge, delete }

    @Test(arguments: Broker.all, Use.allCases)
    func `another connection's exclusive queue is locked, whatever is tried`(broker: Broker, use: Use) async throws {
        try await broker.withChannel { owner in
            let queue = try await owner.declareQueue(freshName("locked"), exclusive: true).name
            let error = try await amqpError {
                try await broker.withChannel { channel in
                    switch use {
                    case .declare: try await channel.declareQueue(queue, exclusive: true)
                    case .consume: try await channel.withDeliveries(from: queue, prefetch: 1) { _ in }
                    case .bind: try await channel.bindQueue(queue, to: "amq.fanout")
                    case .purge: try await channel.purgeQueue(queue)
                    case .delete: try await channel.deleteQueue(queue)
                    }
                }
            }
            #expect(error.code == .resourceLocked)
            #expect(error.message.contains("cannot obtain exclusive access to locked queue '\(queue)'"))
        }
    }

    @Test(arguments: Broker.all) func `anybody may publish to an exclusive queue`(broker: Broker) async throws {
        try await broker.withChannel { owner in
            let queue = try await owner.declareQueue(exclusive: true).name
            try await broker.withChannel { try await $0.publisher().publish([1], to: .queue(queue), mandatory: true) }
            #expect(try await owner.drain(queue, count: 1) == [[1]])
        }
    }

    @Test(arguments: Broker.all) func `a queue that deletes itself goes with its last consumer, not before its first`(broker: Broker)
        async throws
    {
        let queue = freshName("auto")
        try await broker.withChannel { channel in
            try await channel.declareQueue(queue, autoDelete: true)
            #expect(try await channel.depth(of: queue) == 0)
            try await channel.withDeliveries(from: queue, prefetch: 1) { _ in
                try await channel.withDeliveries(from: queue, prefetch: 1) { _ in }
                #expect(try await channel.depth(of: queue) == 0, "one consumer is left")
            }
            #expect(await errorCode { try await channel.declareQueue(queue, passive: true) } == .notFound)
        }
    }

    @Test(arguments: Broker.all) func `a queue with a consumer is deleted only when that does not matter`(broker: Broker) async throws {
        let queue = freshName("used")
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.withDeliveries(from: queue, prefetch: 1) { _ in
                    let error = try await amqpError {
                        _ = try await connection.withChannel { try await $0.deleteQueue(queue, ifUnused: true) }
                    }
                    #expect(error.code == .preconditionFailed)
                    #expect(error.message.contains("queue '\(queue)' in vhost '/' in use"))
                }
                #expect(try await channel.deleteQueue(queue, ifUnused: true) == 0)
            }
        }
    }

    @Test(arguments: Broker.all) func `a queue with messages is deleted only when that does not matter`(broker: Broker) async throws {
        let queue = freshName("filled")
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                try await channel.declareQueue(queue, exclusive: true)
                try await channel.publisher().publish([1], to: .queue(queue))
                let error = try await amqpError { try await channel.deleteQueue(queue, ifEmpty: true) }
                #expect(error.code == .preconditionFailed)
                #expect(error.message.contains("queue '\(queue)' in vhost '/' not empty"))
            }
            try await connection.withChannel { channel in
                try await channel.purgeQueue(queue)
                #expect(try await channel.deleteQueue(queue, ifEmpty: true) == 0)
            }
        }
    }

    @Test(arguments: Broker.all) func `purging leaves what is delivered and not acknowledged`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            let publisher = try await channel.publisher()
            for number in 1...3 as ClosedRange<UInt8> { try await publisher.publish([number], to: .queue(queue)) }
            try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                var iterator = deliveries.makeAsyncIterator()
                let first = try await iterator.one()
                #expect(try await channel.purgeQueue(queue) == 2)
                try first.nack(requeue: true)
                #expect(try await iterator.one().body == [1])
            }
        }
    }

    /// What a second declaration says otherwise, with the name that the broker gives it.
    static let differences: [(name: String, durable: Bool, autoDelete: Bool, arguments: AMQPQueueArguments)] = [
        ("durable", true, false, ["x-max-length": 5]), ("auto_delete", false, true, ["x-max-length": 5]),
        ("x-max-length", false, false, ["x-max-length": 6]), ("x-max-length", false, false, [:]),
        ("x-message-ttl", false, false, ["x-max-length": 5, "x-message-ttl": 1]),
        ("x-dead-letter-exchange", false, false, ["x-max-length": 5, "x-dead-letter-exchange": "amq.fanout"]),
        ("x-overflow", false, false, ["x-max-length": 5, "x-overflow": "drop-head"]),
        ("x-max-priority", false, false, ["x-max-length": 5, "x-max-priority": 3]),
    ]

    @Test(arguments: Broker.all, differences)
    func `a queue that is declared otherwise is refused, and the difference named`(
        broker: Broker, difference: (name: String, durable: Bool, autoDelete: Bool, arguments: AMQPQueueArguments)
    ) async throws {
        let queue = freshName("different")
        try await broker.withConnection { connection in
            _ = try await connection.withChannel { try await $0.declareQueue(queue, arguments: ["x-max-length": 5]) }
            let error = try await amqpError {
                try await connection.withChannel { channel in
                    try await channel.declareQueue(
                        queue, durable: difference.durable, autoDelete: difference.autoDelete, arguments: difference.arguments)
                }
            }
            #expect(error.code == .preconditionFailed)
            #expect(error.message.contains("inequivalent arg '\(difference.name)' for queue '\(queue)' in vhost '/'"), "\(error)")
            _ = try await connection.withChannel { try await $0.deleteQueue(queue) }
        }
    }

    @Test(arguments: Broker.all)
    func `arguments are the same whatever the width of their numbers, and what the broker does not know does not count`(
        broker: Broker
    ) async throws {
        try await broker.withChannel { channel in
            let queue = freshName("same")
            try await channel.declareQueue(queue, exclusive: true, arguments: ["x-max-length": .int64(5), "mine": 1])
            try await channel.declareQueue(
                queue, exclusive: true, arguments: ["x-max-length": .int16(5), "mine": 2, "x-queue-type": "classic"])
        }
    }

    @Test(
        arguments: Broker.all,
        [
            ("x-message-ttl", -1), ("x-message-ttl", "soon"), ("x-expires", 0), ("x-expires", -1), ("x-max-length", -1),
            ("x-max-length-bytes", "many"), ("x-max-priority", 256), ("x-max-priority", -1), ("x-overflow", "burst"), ("x-overflow", 1),
            ("x-queue-type", "round"), ("x-dead-letter-routing-key", "k"), ("x-dead-letter-exchange", 1),
            ("x-single-active-consumer", "yes"),
        ] as [(String, AMQPValue)])
    func `an argument without sense is refused`(broker: Broker, argument: (name: String, value: AMQPValue)) async throws {
        let error = try await amqpError {
            try await broker.withChannel { channel in
                try await channel.declareQueue(
                    freshName("odd"), exclusive: true, arguments: AMQPQueueArguments(AMQPTable([(argument.name, argument.value)])))
            }
        }
        #expect(error.code == .preconditionFailed, "\(error)")
        #expect(error.message.contains(argument.name), "\(error)")
    }

    @Test(arguments: Broker.all, [(false, false, false), (true, true, false), (true, false, true)])
    func `a quorum queue is durable, and nobody's own, and stays`(
        broker: Broker, flags: (durable: Bool, exclusive: Bool, autoDelete: Bool)
    ) async throws {
        // The client would refuse it before it is sent.
        try await WireClient.run(on: broker) { client in
            let declare = QueueDeclare(
                queue: freshName("quorum"), durable: flags.durable, exclusive: flags.exclusive, autoDelete: flags.autoDelete,
                arguments: ["x-queue-type": "quorum"])
            try client.send(.queueDeclare(declare))
            let close = try await client.nextClose()
            #expect(close.code == .preconditionFailed)
            #expect(close.text.contains("invalid property"), "\(close)")
        }
    }

    @Test(arguments: Broker.all) func `a queue that nobody uses for its time deletes itself`(broker: Broker) async throws {
        let (queue, exchange) = (freshName("expires"), freshName("witness"))
        try await broker.withConnection { connection in
            try await connection.withChannel { channel in
                // The exchange goes with its only binding, and looking at it is no use of the queue.
                try await channel.declareExchange(exchange, type: .fanout, autoDelete: true)
                try await channel.declareQueue(queue, arguments: ["x-expires": 100])
                try await channel.bindQueue(queue, to: exchange)
            }
            try await eventually {
                let code = await errorCode {
                    try await connection.withChannel { try await $0.declareExchange(exchange, type: .fanout, passive: true) }
                }
                return code == .notFound
            }
            let code = await errorCode { try await connection.withChannel { try await $0.declareQueue(queue, passive: true) } }
            #expect(code == .notFound)
        }
    }
}
