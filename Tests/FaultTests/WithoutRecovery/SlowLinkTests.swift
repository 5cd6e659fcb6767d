// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// A link that is slow, and no more than that, is not a failure.
@Suite(.timeLimit(.minutes(2))) struct SlowLinkTests {
    /// A body that takes longer than the two heartbeat intervals after which a silent peer is taken for dead.
    @Test(arguments: Direction.allCases)
    func `a body that takes longer than the heartbeats arrives whole`(slow: Direction) async throws {
        var generator = SeededGenerator(seed: 11)
        let body = (0..<3_000_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        try await FaultProxy.with(to: try Broker.port) { proxy in
            proxy.impose(LinkConditions(latency: .milliseconds(20), bytesPerSecond: 1_000_000), on: [slow])
            try await Broker.withChannel(try Broker.configuration(port: proxy.port)) { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                let publisher = try await channel.publisher()
                try await publisher.publish(body, to: .queue(queue), mandatory: true)
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    var iterator = deliveries.makeAsyncIterator()
                    let delivery = try #require(try await iterator.next())
                    #expect(delivery.body == body)
                    try delivery.ack()
                }
            }
        }
    }

    @Test func `messages over a link that jitters are all confirmed and keep their order`() async throws {
        try await Broker.withQueue { queue in
            try await FaultProxy.with(to: try Broker.port, seed: 3) { proxy in
                proxy.impose(LinkConditions(latency: .milliseconds(2), jitter: .milliseconds(20)))
                try await Broker.withChannel(try Broker.configuration(port: proxy.port)) { channel in
                    let publisher = try await channel.publisher(window: 50)
                    try await withThrowingTaskGroup { group in
                        for task in 0..<10 {
                            group.addTask {
                                for number in 0..<50 {
                                    let properties = MessageName(lane: task, number: number).properties
                                    try await publisher.publish([1], properties: properties, to: .queue(queue), mandatory: true)
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
            }
            let names = try await Broker.drain(queue, count: 500)
            for task in 0..<10 {
                #expect(names.filter { $0.lane == task }.map(\.number) == Array(0..<50))
            }
        }
    }
}
