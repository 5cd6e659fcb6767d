// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeathTests {
    /// A delivery with these headers, as the client gets it.
    private func delivery(_ headers: AMQPTable?) async throws -> AMQPDelivery {
        try await Conversation().run(
            broker: { broker in
                try await broker.openConsumer()
                try broker.send(
                    BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, exchange: "x", routingKey: "k"), body: [1],
                    properties: AMQPProperties(headers: headers))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "q", prefetch: 1) { deliveries in
                        var iterator = deliveries.makeAsyncIterator()
                        return try #require(try await iterator.next(isolation: #isolation))
                    }
                }
            })
    }

    private let rejected: AMQPValue = [
        "count": 3, "reason": "rejected", "queue": "work", "time": .timestamp(1_700_000_000), "exchange": "events",
        "routing-keys": ["ca.create", "copy"],
    ]
    private let expired: AMQPValue = [
        "count": 1, "reason": "expired", "queue": "wait", "time": .timestamp(1_600_000_000), "exchange": "", "routing-keys": ["wait"],
        "original-expiration": "1500",
    ]

    @Test func `deaths are values, the latest first`() async throws {
        let delivery = try await self.delivery([
            "x-death": .array([self.rejected, self.expired]), "x-first-death-queue": "wait", "x-first-death-reason": "expired",
            "x-first-death-exchange": "",
        ])
        let expired = AMQPDeath(
            queue: "wait", exchange: "", reason: .expired, count: 1, time: 1_600_000_000, routingKeys: ["wait"],
            originalExpiration: .milliseconds(1_500))
        #expect(
            delivery.deaths == [
                AMQPDeath(
                    queue: "work", exchange: "events", reason: .rejected, count: 3, time: 1_700_000_000,
                    routingKeys: ["ca.create", "copy"]), expired,
            ])
        #expect(delivery.firstDeath == expired)
    }

    @Test func `a message that never died has no deaths`() async throws {
        for headers in [nil, AMQPTable(), ["other": 1]] {
            let delivery = try await self.delivery(headers)
            #expect(delivery.deaths.isEmpty)
            #expect(delivery.firstDeath == nil)
            #expect(delivery.deliveryCount == nil)
            #expect(delivery.streamOffset == nil)
        }
    }

    @Test func `a reason that is not known keeps its name`() async throws {
        let delivery = try await self.delivery(["x-death": [["queue": "q", "reason": "boredom"]]])
        #expect(delivery.deaths == [AMQPDeath(queue: "q", exchange: "", reason: AMQPDeath.Reason(rawValue: "boredom"))])
    }

    @Test func `a first death without its entry has what its headers say`() async throws {
        let delivery = try await self.delivery([
            "x-first-death-queue": "q", "x-first-death-reason": "maxlen", "x-first-death-exchange": "x",
        ])
        #expect(delivery.firstDeath == AMQPDeath(queue: "q", exchange: "x", reason: .maximumLength))
    }

    @Test(arguments: [
        AMQPValue.void, 7, "text", .table(["queue": "q", "reason": "expired"]), [7, "text", .void], [[:]], [["queue": "q"]],
        [["reason": "expired"]], [["queue": 1, "reason": 2]], .array([.table(["queue": .opaqueString([0xFF]), "reason": "expired"])]),
    ])
    func `what has not the form of deaths is left out`(value: AMQPValue) async throws {
        let delivery = try await self.delivery([
            "x-death": value, "x-first-death-queue": value, "x-delivery-count": value == 7 ? -1 : value,
            "x-stream-offset": value == 7 ? -1 : value,
        ])
        #expect(delivery.deaths.isEmpty)
        #expect(delivery.firstDeath == nil)
        #expect(delivery.deliveryCount == nil)
        #expect(delivery.streamOffset == nil)
    }

    @Test func `fields of a death that have another type are left out`() async throws {
        let delivery = try await self.delivery([
            "x-death": [
                [
                    "queue": "q", "reason": "expired", "count": -5, "time": "noon", "exchange": 1, "routing-keys": [1, "k", .void],
                    "original-expiration": "soon",
                ]
            ]
        ])
        #expect(delivery.deaths == [AMQPDeath(queue: "q", exchange: "", reason: .expired, count: 0, routingKeys: ["k"])])
    }

    @Test func `counts and offsets are numbers`() async throws {
        let delivery = try await self.delivery(["x-delivery-count": 2, "x-stream-offset": .int64(.max)])
        #expect(delivery.deliveryCount == 2)
        #expect(delivery.streamOffset == UInt64(Int64.max))
    }
}
