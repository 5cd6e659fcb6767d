// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// What of a message comes out as it went in.
@Suite(.timeLimit(.minutes(2))) struct MessageTests {
    /// Sends a message through a queue.
    private func roundTrip(_ properties: AMQPProperties, body: [UInt8] = [1], on broker: Broker) async throws -> AMQPDelivery {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.publisher().publish(body, properties: properties, to: .queue(queue))
            return try #require(try await channel.take(1, from: queue).first)
        }
    }

    @Test(arguments: Broker.all) func `every property comes back`(broker: Broker) async throws {
        let properties = AMQPProperties(
            contentType: "application/cloudevents+json; charset=utf-8", contentEncoding: "gzip", headers: ["k": "v"],
            deliveryMode: .persistent, priority: 4, correlationID: "correlation", replyTo: "reply", expiration: "3600000",
            messageID: "message", timestamp: 1_700_000_000, type: "ca.create", userID: Broker.username, appID: "app", clusterID: "cluster")
        #expect(try await self.roundTrip(properties, on: broker).properties == properties)
    }

    @Test(arguments: Broker.all) func `no property comes back as none`(broker: Broker) async throws {
        #expect(try await self.roundTrip(AMQPProperties(), on: broker).properties == AMQPProperties())
    }

    @Test(
        arguments: Broker.all,
        [
            .void, .bool(true), .bool(false), .int8(-128), .uint8(255), .int16(.min), .uint16(.max), .int32(.min), .uint32(.max),
            .int64(.min), .int64(.max), .float(1.5), .double(-2.25e300), .decimal(AMQPDecimal(unscaled: -12_345, scale: 2)),
            .string(""), .string("grüße 世界 🔐"), .opaqueString([0xFF, 0xFE]), .bytes([0, 1, 2, 255]), .timestamp(1_700_000_000),
            .array([]), .array([1, "two", [3.5, .void]]), .table([:]), .table(["nested": ["deeper": ["deepest": true]]]),
        ] as [AMQPValue])
    func `a header of any type comes back`(broker: Broker, value: AMQPValue) async throws {
        let headers: AMQPTable = ["value": value]
        #expect(try await self.roundTrip(AMQPProperties(headers: headers), on: broker).properties.headers == headers)
    }

    @Test(arguments: Broker.all) func `many headers come back in their order`(broker: Broker) async throws {
        let headers = AMQPTable((0..<500).map { ("header-\(($0 * 7) % 500)", .string(String(repeating: "v", count: $0 % 50))) })
        #expect(try await self.roundTrip(AMQPProperties(headers: headers), on: broker).properties.headers == headers)
    }

    @Test(arguments: Broker.all) func `a string property holds 255 bytes of any script`(broker: Broker) async throws {
        let text = String(repeating: "ü", count: 127) + "x"
        let properties = AMQPProperties(correlationID: text, messageID: text, type: text)
        #expect(try await self.roundTrip(properties, on: broker).properties == properties)
    }

    @Test(arguments: Broker.all) func `an empty body is a message too`(broker: Broker) async throws {
        let delivery = try await self.roundTrip(AMQPProperties(messageID: "empty"), body: [], on: broker)
        #expect(delivery.body.isEmpty)
        #expect(delivery.properties.messageID == "empty")
    }

    @Test(arguments: Broker.all) func `a body holds any byte`(broker: Broker) async throws {
        let body = (0..<1_024).map { UInt8(truncatingIfNeeded: $0) } + [0xCE, 0xCE, 0, 0, 1, 0xCE]
        #expect(try await self.roundTrip(AMQPProperties(), body: body, on: broker).body == body)
    }

    @Test(arguments: Broker.all) func `nobody publishes under another's name`(broker: Broker) async throws {
        let error = try await amqpError { try await self.roundTrip(AMQPProperties(userID: "somebody"), on: broker) }
        #expect(error.code == .preconditionFailed)
        #expect(error.message.contains("user_id property set to 'somebody' but authenticated user was '\(Broker.username)'"), "\(error)")
    }
}
