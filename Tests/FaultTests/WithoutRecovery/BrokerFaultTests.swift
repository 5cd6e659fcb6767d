// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// A broker that fails, or is told to misbehave, under open connections.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BrokerFaultTests {
    /// Publishes from four tasks until there is an error in each.
    private func publishUntilErrors(to queue: String, over channel: AMQPChannel, into ledger: Ledger) async throws {
        let publisher = try await channel.publisher(window: 100)
        try await withThrowingTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0... {
                        let name = MessageName(lane: task, number: number)
                        let error = try await AMQPError.catching {
                            try await publisher.publish([1], properties: name.properties, to: .queue(queue), mandatory: true)
                        }
                        ledger.published(name, error)
                        if error != nil { return }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `what was confirmed survives a broker that is killed`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await Broker.withChannel { channel in
                async let publishing: Void = self.publishUntilErrors(to: queue, over: channel, into: ledger)
                try await eventually("messages are confirmed") { ledger.confirmed.count >= 500 }
                try await Broker.kill()
                try await publishing
            }
            #expect(ledger.failures.allSatisfy { $0.code == .connectionLost && $0.isRetryable })
            #expect(try await AMQPError.catching { try await Broker.withConnection { _ in } }?.code == .connectFailed)
            try await Broker.start()
            let names = try await Broker.drainAll(queue, atLeast: ledger.confirmed.count)
            #expect(ledger.confirmed.isSubset(of: names))
            #expect(names.isSubset(of: ledger.confirmed.union(ledger.unknown.keys)))
        }
    }

    @Test func `a broker that closes all connections says so to all that waits`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await Broker.withConnection { connection in
                try await connection.withChannel { channel in
                    async let publishing: Void = self.publishUntilErrors(to: queue, over: channel, into: ledger)
                    async let waiting = AMQPError.catching {
                        try await connection.withChannel { consuming in
                            let empty = try await consuming.declareQueue(exclusive: true).name
                            try await consuming.withDeliveries(from: empty, prefetch: 1) { for try await _ in $0 {} }
                        }
                    }
                    try await eventually("messages are confirmed") { ledger.confirmed.count >= 500 }
                    try await Broker.control("close_all_connections", "a test of faults")
                    try await publishing
                    for error in ledger.failures + [try #require(try await waiting)] {
                        #expect(error.code == .connectionClosed)
                        #expect(error.replyCode == .connectionForced)
                        #expect(error.message.contains("a test of faults"))
                        #expect(error.isRetryable)
                    }
                    #expect(ledger.failures.count == 4)
                }
            }
            let names = try await Broker.drainAll(queue, atLeast: ledger.confirmed.count)
            #expect(ledger.confirmed.isSubset(of: names))
        }
    }

    @Test func `a broker that is stopped in order ends a consumer with a reason that may pass`() async throws {
        try await Broker.withQueue { queue in
            try await Broker.withChannel { channel in
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    async let error = AMQPError.catching { for try await _ in deliveries {} }
                    try await Broker.control("stop_app")
                    let ended = try #require(try await error)
                    #expect(ended.isRetryable)
                    // RabbitMQ cancels the consumers of a queue that stops, and then closes the connections; either may be heard first.
                    #expect(ended.code == .consumerCancelled || ended.replyCode == .connectionForced, "\(ended)")
                }
            }
            try await Broker.control("start_app")
        }
    }

    @Test func `a queue that is deleted under a consumer ends it, and the channel goes on`() async throws {
        try await Broker.withQueue { queue in
            try await Broker.withChannel { channel in
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    async let error = AMQPError.catching { for try await _ in deliveries {} }
                    try await Broker.control("delete_queue", queue)
                    #expect(try await error?.code == .consumerCancelled)
                }
                _ = try await channel.declareQueue(exclusive: true)
            }
        }
    }

    @Test func `under a memory alarm publishes wait, acknowledgements go, and closing ends`() async throws {
        try await Broker.withQueue { queue in
            try await Broker.withConnection { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher()
                    try await publisher.publish([1], properties: AMQPProperties(deliveryMode: .persistent), to: .queue(queue))
                    try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        let delivery = try #require(try await iterator.next())
                        try await Broker.underMemoryAlarm {
                            // RabbitMQ reads on until the next message comes; from then on it reads nothing of this connection.
                            try delivery.ack()
                            try await eventually("the broker has the acknowledgement") {
                                try await Broker.control("list_queues", "name", "messages_unacknowledged").contains("\(queue)\t0")
                            }
                            // It confirms none until the alarm is over.
                            async let first = AMQPError.catching { try await publisher.publish([2], to: .queue(queue)) }
                            try await eventually("the broker blocks the connection") {
                                try await Broker.control("list_connections", "state").contains("blocked")
                            }
                            // The end of the alarm ends the wait.
                            try await Broker.control("set_vm_memory_high_watermark", "0.4")
                            #expect(try await first == nil)
                        }
                    }
                }
            }
            // A close under an alarm gets no answer until it is over, and gives up.
            var configuration = try Broker.configuration(heartbeat: .seconds(30))
            configuration.closeTimeout = .seconds(1)
            try await Broker.underMemoryAlarm {
                let error = try await AMQPError.catching {
                    try await Broker.withConnection(configuration) { connection in
                        try await connection.withChannel { channel in
                            let publisher = try await channel.publisher()
                            try await withThrowingTaskGroup { group in
                                group.addTask { try await publisher.publish([4], to: .queue(queue)) }
                                try await eventually("the broker has blocked the connection") {
                                    try await Broker.control("list_connections", "state").contains("blocked")
                                }
                                group.cancelAll()
                                try await group.waitForAll()
                            }
                        }
                    }
                }
                #expect(error?.code == .cancelled)
            }
        }
    }
}
