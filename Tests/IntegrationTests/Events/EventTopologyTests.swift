// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import LamassuEvents
import Testing

@Suite(.timeLimit(.minutes(2))) struct EventTopologyTests {
    private let topology = TestBroker.freshTopology()

    private func declare(as configuration: AMQPConfiguration) async throws {
        try await AMQPClient.withConnection(to: configuration, over: .curl, logger: .silent) { connection in
            try await self.topology.declare(on: connection)
        }
    }

    @Test func `what is missing is made, and what is there is used`() async throws {
        try await TestBroker.declare(self.topology)
        try await TestBroker.declare(self.topology)
        #expect(try await TestBroker.depth(of: self.topology.queue) == 0)
        #expect(try await TestBroker.depth(of: self.topology.deadLetterQueue) == 0)
        try await TestBroker.remove(self.topology)
    }

    @Test func `arguments are the operator's affair`() async throws {
        try await TestBroker.withChannel { channel in
            try await channel.declareQueue(self.topology.queue, durable: true, arguments: ["x-queue-type": "quorum"])
            try await channel.declareQueue(self.topology.deadLetterQueue, durable: true, arguments: ["x-max-length": .int32(5)])
            let exchange = try #require(self.topology.exchange)
            try await channel.declareExchange(exchange, type: .topic, durable: true, arguments: ["alternate-exchange": "amq.fanout"])
        }
        try await TestBroker.declare(self.topology)
        try await TestBroker.remove(self.topology)
    }

    @Test func `an exchange of another type is named`() async throws {
        let exchange = try #require(self.topology.exchange)
        try await TestBroker.withChannel { channel in try await channel.declareExchange(exchange, type: .fanout, durable: true) }
        let error = await #expect(throws: LamassuEventsError(.topologyDiffers, message: "")) {
            try await TestBroker.declare(self.topology)
        }
        #expect(error?.message.contains(exchange) == true)
        #expect(error?.message.contains("'type'") == true)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a queue that is not durable is named`() async throws {
        _ = try await TestBroker.withChannel { channel in
            try await channel.declareQueue(self.topology.deadLetterQueue, autoDelete: true)
        }
        let error = await #expect(throws: LamassuEventsError(.topologyDiffers, message: "")) {
            try await TestBroker.declare(self.topology)
        }
        #expect(error?.message.contains(self.topology.deadLetterQueue) == true)
        try await TestBroker.remove(self.topology)
    }

    @Test func `a user who may not configure uses what is there, and is told what is not`() async throws {
        let user = TestBroker.freshName("user")
        _ = try await TestBroker.control("add_user", user, "the password")
        _ = try await TestBroker.control("set_permissions", user, "^$", ".*", "^$")
        let configuration = try TestBroker.configuration(user: user, password: "the password")
        let error = await #expect(throws: LamassuEventsError(.accessRefused, message: "")) {
            try await self.declare(as: configuration)
        }
        #expect(error?.message.contains(try #require(self.topology.exchange)) == true)
        try await TestBroker.declare(self.topology)
        try await self.declare(as: configuration)
        _ = try await TestBroker.control("delete_user", user)
        try await TestBroker.remove(self.topology)
    }
}
