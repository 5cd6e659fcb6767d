// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import CurlTransport
import Foundation
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

/// What a publisher sends in each profile is read by an imitation of the consumers that the profile is for.
@Suite(.timeLimit(.minutes(3))) struct WireProfileTests {
    private static let traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    /// Names that no other test uses, in the topology of a profile.
    private static func topology(of profile: WireProfile) -> EventTopology {
        let names = TestBroker.freshTopology()
        var topology = profile.topology
        if topology.exchange != nil { topology.exchange = names.exchange }
        topology.queue = names.queue
        topology.deadLetterQueue = names.deadLetterQueue
        return topology
    }

    private static func remove(_ topology: EventTopology) async throws {
        try await TestBroker.withChannel { channel in
            try await channel.deleteQueue(topology.queue)
            if topology.declaresQueues { try await channel.deleteQueue(topology.deadLetterQueue) }
            if let exchange = topology.exchange { try await channel.deleteExchange(exchange) }
        }
    }

    /// The payload of an event in Tests/Fixtures.
    private static func payload(_ name: String) throws -> JSONValue {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/lamassu-events").standardized
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).json")))
        return try JSONValue(parsing: bytes)["data"] ?? nil
    }

    /// A CA is created, a key deleted, which only today's generation tells of, and a certificate revoked.
    private static func publish(to topology: EventTopology, in profile: WireProfile) async throws -> [CloudEvent] {
        let events = LamassuEventPublisher(
            EventPublisherConfiguration(broker: try TestBroker.configuration(), source: .ca, topology: topology, profile: profile),
            transport: .curl, logger: .silent)
        var published = [
            try events.event(.caCreate, subject: .ca("plant-1"), payload: self.payload("03-ca.create")),
            try events.event(.kmsDelete, subject: .kms("key"), payload: KeyDeletion(identifier: "key")),
            try events.event(.certificateStatusUpdate, subject: .certificate("79"), payload: self.payload("06-certificate.status.update")),
        ]
        for index in published.indices { published[index][.traceParent] = .string(self.traceParent) }
        let sent = published
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.run() }
            for event in sent { try await events.publishAndConfirm(event) }
            group.cancelAll()
            try await group.waitForAll()
        }
        return sent
    }

    @Test(arguments: [WireProfile.standard, .queue, .current, .generation2, .generation1])
    func `consumers of a generation read what is published in its profile`(profile: WireProfile) async throws {
        let topology = Self.topology(of: profile)
        let consumer = GenerationConsumer(profile: profile, topology: topology)
        // They are there already, and what they have declared is used.
        try await consumer.declare()
        let published = try await Self.publish(to: topology, in: profile)

        let isToday = profile != .generation2 && profile != .generation1
        let read = try await consumer.consume(isToday ? 3 : 2)
        #expect(try await TestBroker.depth(of: topology.queue) == 0)
        let expected = isToday ? published : [published[0], published[2]]
        #expect(read.map { $0["event"]?["id"]?.stringValue } == expected.map(\.id.rawValue))
        for (message, event) in zip(read, expected) {
            #expect(message["exchange"]?.stringValue == topology.exchange ?? "")
            #expect(message["delivery_mode"]?.numberValue?.integer() == 2)
            #expect(try message["user_id"]?.stringValue == TestBroker.user)
            #expect(message["routing_key"] == (topology.exchange == nil ? .string(topology.queue) : message["event"]?["type"]))
            #expect(isToday == (message["event"]?["type"]?.stringValue == event.type))
            #expect(isToday == (message["event"]?["subject"] != nil))
        }
        // Each says that the certificate was revoked, in its own words.
        let data = try #require(read.last?["event"]?["data"])
        #expect((data["updated"] ?? data)["status"] == "REVOKED")
        try await Self.remove(topology)
    }

    @Test func `consumers of the current generation find the trace and the id where Watermill has them`() async throws {
        let topology = Self.topology(of: .current)
        let consumer = GenerationConsumer(profile: .current, topology: topology)
        try await consumer.declare()
        let published = try await Self.publish(to: topology, in: .current)
        for (message, event) in zip(try await consumer.consume(3), published) {
            #expect(message["content_type"]?.isNull == true)
            #expect(
                message["headers"] == [
                    "_watermill_message_uuid": .string(event.id.rawValue), "traceparent": .string(Self.traceParent),
                ])
            #expect(message["event"]?["traceid"] == "4bf92f3577b34da6a3ce929d0e0e4736")
            #expect(message["event"]?["spanid"] == "00f067aa0ba902b7")
        }
        try await Self.remove(topology)
    }

    private static let headers: AMQPTable = ["_watermill_message_uuid": "1", "traceparent": .string(Self.traceParent)]
    private static let body = #"{"specversion":"1.0","id":"1","source":"/s","type":"kms.delete","data":{"Identifier":"key"}}"#

    private static let refused: [(AMQPTable, String)] = [
        (AMQPTable(Self.headers.fields.map { ($0.name, $0.value) } + [("x-attempt", .int32(1))]), Self.body),
        (AMQPTable(), Self.body),
        (Self.headers, String(Self.body.dropLast())),
        (Self.headers, Self.body.replacing(#""key""#, with: "7")),
    ]

    @Test(arguments: Self.refused)
    func `the imitation refuses what consumers of the current generation refuse`(headers: AMQPTable, body: String) async throws {
        var topology = Self.topology(of: .current)
        topology.declaresQueues = false
        let consumer = GenerationConsumer(profile: .current, topology: topology)
        try await consumer.declare()
        try await TestBroker.withChannel { channel in
            let publisher = try await channel.publisher(window: 1)
            try await publisher.publish(Array(body.utf8), properties: AMQPProperties(headers: headers), to: .queue(topology.queue))
        }
        let failure = await #expect(throws: TestCommand.Failure.self) { try await consumer.consume(1) }
        #expect(failure?.output.hasPrefix("refused: ") == true)
        try await Self.remove(topology)
    }

    @Test func `a consumer of generation 1 finds the queue that a publisher has made as it would have made it`() async throws {
        let topology = Self.topology(of: .generation1)
        try await TestBroker.declare(topology)
        try await GenerationConsumer(profile: .generation1, topology: topology).declare()
        try await Self.remove(topology)
    }

    @Test func `the durable queue of today is no queue of generation 1, and the difference is named`() async throws {
        let topology = Self.topology(of: .generation1)
        var durable = topology
        durable.isQueueDurable = true
        try await TestBroker.declare(durable)
        let error = await #expect(throws: LamassuEventsError(.topologyDiffers, message: "")) {
            try await TestBroker.declare(topology)
        }
        #expect(error?.message.contains("'durable'") == true)
        try await Self.remove(topology)
    }
}
