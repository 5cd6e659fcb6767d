// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct RoutingArgumentsTests {
    @Test(arguments: Broker.all) func `what an exchange has no queue for goes to its alternate`(broker: Broker) async throws {
        let (main, alternate) = (freshName("main"), freshName("alternate"))
        try await broker.withChannel { channel in
            try await channel.declareExchange(alternate, type: .fanout)
            try await channel.declareExchange(main, type: .direct, arguments: .alternateExchange(alternate))
            let routed = try await channel.declareQueue(exclusive: true).name
            let unrouted = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(routed, to: main, routingKey: "known")
            try await channel.bindQueue(unrouted, to: alternate)
            let publisher = try await channel.publisher()
            try await publisher.publish([1], to: .exchange(main, routingKey: "known"), mandatory: true)
            try await publisher.publish([2], to: .exchange(main, routingKey: "unknown"), mandatory: true)
            #expect(try await channel.drain(routed, count: 1) == [[1]])
            #expect(try await channel.drain(unrouted, count: 1) == [[2]])
            try await channel.deleteExchange(main)
            try await channel.deleteExchange(alternate)
        }
    }

    /// Publishes messages 1 to 4, with different headers, and returns which of them a binding takes.
    private func matching(_ arguments: AMQPBindingArguments, on broker: Broker) async throws -> [UInt8] {
        try await broker.withChannel { channel in
            let exchange = freshName("headers")
            try await channel.declareExchange(exchange, type: .headers)
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.bindQueue(queue, to: exchange, arguments: arguments)
            let publisher = try await channel.publisher()
            for (number, headers) in [
                (1, ["format": "pdf", "color": "red", "x-kind": "a"]), (2, ["format": "pdf"]), (3, ["color": "red", "x-kind": "a"]),
                (4, ["format": "png", "color": "blue"]),
            ] as [(UInt8, AMQPTable)] {
                try await publisher.publish([number], properties: AMQPProperties(headers: headers), to: .exchange(exchange))
            }
            try await channel.deleteExchange(exchange)
            let count = try await channel.depth(of: queue)
            return try await channel.drain(queue, count: count).map { $0[0] }
        }
    }

    @Test(arguments: Broker.all) func `a headers exchange compares all headers, or any`(broker: Broker) async throws {
        #expect(try await self.matching(.headers(["format": "pdf", "color": "red"]), on: broker) == [1])
        #expect(try await self.matching(.headers(["format": "pdf", "color": "red"], match: .any), on: broker) == [1, 2, 3])
        #expect(try await self.matching(.headers(["color": .void]), on: broker) == [1, 3, 4])
        #expect(try await self.matching(.headers(["format": "pdf", "x-kind": "a"]), on: broker) == [1, 2], "x- does not count")
    }

    @Test(arguments: Broker.real) func `a headers exchange counts names with x- where one says so`(broker: Broker) async throws {
        #expect(try await self.matching(.headers(["format": "pdf", "x-kind": "a"], match: .allWithX), on: broker) == [1])
        #expect(try await self.matching(.headers(["format": "png", "x-kind": "a"], match: .anyWithX), on: broker) == [1, 3, 4])
    }
}
