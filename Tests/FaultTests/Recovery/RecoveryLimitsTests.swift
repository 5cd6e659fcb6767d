// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// Where recovery ends, and what it leaves out.
@Suite(.timeLimit(.minutes(2))) struct RecoveryLimitsTests {
    /// Four calls at a window of two, of which none is answered any more: two are sent, two wait.
    private func publish(
        _ queue: String, with publisher: AMQPPublisher, into ledger: Ledger, whileWaiting body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            for lane in 0..<4 {
                group.addTask {
                    let name = MessageName(lane: lane, number: 0)
                    let error = try await AMQPError.catching {
                        try await publisher.publish([1], properties: name.properties, to: .queue(queue), mandatory: true)
                    }
                    ledger.published(name, error)
                }
            }
            try await body()
            try await group.waitForAll()
        }
    }

    @Test func `messages whose fate is unknown fail where that is asked for, and those that were not sent go`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await FaultProxy.with(to: try Broker.port) { proxy in
                var configuration = try Broker.recovering(over: proxy)
                configuration.recovery?.unconfirmedPublishes = .fail
                try await Broker.withChannel(configuration) { channel in
                    let publisher = try await channel.publisher(window: 2)
                    proxy.strike(.silence([.toClient]))
                    try await self.publish(queue, with: publisher, into: ledger) {}
                    #expect(ledger.unknown.count == 2 && ledger.unsent.isEmpty && ledger.confirmed.count == 2)
                    #expect(ledger.unknown.values.allSatisfy { $0.code == .connectionLost })
                }
            }
            // The broker had taken them; they were not sent again.
            #expect(try await Broker.drain(queue, count: 4).count == 4)
            #expect(try await Broker.messageCount(queue) == 0)
        }
    }

    @Test func `messages that are sent again keep their id`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await FaultProxy.with(to: try Broker.port) { proxy in
                try await Broker.withChannel(try Broker.recovering(over: proxy)) { channel in
                    let publisher = try await channel.publisher(window: 2)
                    // The broker takes them and its confirms are lost.
                    proxy.strike(.silence([.toClient]))
                    try await self.publish(queue, with: publisher, into: ledger) {}
                    #expect(ledger.confirmed.count == 4)
                }
            }
            let names = try await Broker.drain(queue, count: 6)
            #expect(Set(names) == ledger.confirmed, "two are there twice")
            #expect(names[0..<2] == names[2..<4], "in the order in which they were sent first")
            #expect(try await Broker.messageCount(queue) == 0)
        }
    }

    @Test func `after as many attempts as were asked for, everything ends with the reason`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await FaultProxy.with(to: try Broker.port) { proxy in
                var configuration = try Broker.recovering(over: proxy)
                configuration.recovery?.maximumAttempts = 3
                try await Broker.withConnection(configuration) { connection in
                    try await connection.withChannel { channel in
                        let publisher = try await channel.publisher(window: 2)
                        try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                            async let consuming = AMQPError.catching { for try await _ in deliveries {} }
                            proxy.strike(.silence([.toClient, .toBroker]))
                            try await self.publish(queue, with: publisher, into: ledger) { proxy.refuse() }
                            #expect(ledger.unknown.count == 2 && ledger.unsent.count == 2)
                            #expect(ledger.failures.allSatisfy { $0.code == .connectFailed || $0.code == .connectionLost })
                            #expect(try await consuming != nil)
                        }
                        #expect(try await AMQPError.catching { try await channel.declareQueue(exclusive: true) } != nil)
                    }
                    #expect(connection.state.phase == .closed)
                    #expect(connection.state.error != nil)
                }
                #expect(proxy.counts.accepted == 1)
            }
        }
    }

    @Test func `a scope that ends while the connection is away ends at once, and so does what waits in it`() async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await FaultProxy.with(to: try Broker.port) { proxy in
                try await Broker.withConnection(try Broker.recovering(over: proxy)) { connection in
                    try await connection.withChannel { channel in
                        let publisher = try await channel.publisher(window: 2)
                        proxy.refuse()
                        proxy.strike(.reset)
                        try await eventually("the loss is noticed") { connection.state.phase == .recovering }
                        try await withThrowingTaskGroup { group in
                            group.addTask { try await self.publish(queue, with: publisher, into: ledger) {} }
                            try await eventually("an attempt has failed") { connection.state.attempt >= 2 }
                            group.cancelAll()
                            try await group.waitForAll()
                        }
                        #expect(ledger.unsent.count == 4 && ledger.unsent.values.allSatisfy { $0.code == .cancelled })
                    }
                }
            }
            #expect(try await Broker.messageCount(queue) == 0)
        }
    }

    @Test func `a delivery of before the loss is not acknowledged afterwards, and comes again`() async throws {
        try await Broker.withQueue { queue in
            try await FaultProxy.with(to: try Broker.port) { proxy in
                try await Broker.withConnection(try Broker.recovering(over: proxy)) { connection in
                    try await connection.withChannel { channel in
                        let publisher = try await channel.publisher()
                        try await publisher.publish([7], to: .queue(queue))
                        try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                            var iterator = deliveries.makeAsyncIterator()
                            let before = try #require(try await iterator.next())
                            proxy.strike(.reset)
                            try await eventually("the connection is back") { connection.state.recoveries == 1 }
                            let after = try #require(try await iterator.next())
                            #expect(after.body == [7] && after.redelivered)
                            // It has the tag that the other one has now.
                            #expect(before.deliveryTag == after.deliveryTag)
                            try before.ack()
                            try await Broker.control("list_queues", "name", "messages_unacknowledged")
                            try after.ack()
                        }
                        #expect(try await channel.declareQueue(queue, passive: true).messageCount == 0, "the channel goes on")
                    }
                }
            }
        }
    }

    @Test func `a queue that the broker has named follows with its binding and its consumer`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await Broker.withConnection(try Broker.recovering(over: proxy)) { connection in
                try await connection.withChannel { channel in
                    let exchange = "faults-\(UInt64.random(in: .min ... .max))"
                    try await channel.declareExchange(exchange, type: .topic, autoDelete: true)
                    let queue = try await channel.declareQueue(exclusive: true).name
                    try await channel.bindQueue(queue, to: exchange, routingKey: "ca.*")
                    let publisher = try await channel.publisher()
                    try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        for round in 1...2 as ClosedRange<UInt8> {
                            proxy.strike(.reset)
                            try await eventually("the connection is back") { connection.state.recoveries == Int(round) }
                            try await publisher.publish([round], to: .exchange(exchange, routingKey: "ca.create"), mandatory: true)
                            try await publisher.publish([round], to: .queue(queue), mandatory: true)
                            for _ in 0..<2 {
                                let delivery = try #require(try await iterator.next())
                                #expect(delivery.body == [round])
                                try delivery.ack()
                            }
                        }
                    }
                    #expect(connection.state.notRecovered == [])
                }
            }
        }
    }
}
