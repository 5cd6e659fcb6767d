// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import LamassuEvents
import Testing

@Suite struct DeadLetterTests {
    @Test func `what the broker would act on is taken out, and what is lost by that is a header`() {
        let message = IncomingMessage(
            body: [1],
            properties: AMQPProperties(
                contentType: "text/json",
                headers: [
                    "CC": .array(["other"]), "BCC": .array(["other"]), "x-delivery-count": 20, "x-acquired-count": 21, "kept": 5,
                ], deliveryMode: .transient, expiration: "60000", messageID: "id", userID: "ca-service"),
            exchange: "lamassu-events", routingKey: "ca.create")
        let properties = DeadLetter.properties(for: message, reason: "no", queue: "lamassu_events")
        #expect(
            properties
                == AMQPProperties(
                    contentType: "text/json",
                    headers: [
                        "kept": 5, "x-lamassu-reason": "no", "x-lamassu-queue": "lamassu_events", "x-lamassu-exchange": "lamassu-events",
                        "x-lamassu-routing-key": "ca.create", "x-lamassu-user-id": "ca-service",
                    ],
                    deliveryMode: .persistent, messageID: "id"))
    }

    @Test(arguments: [(1_024, 1_024), (1_025, 1_024), (100_000, 1_024)])
    func `a long reason is cut`(length: Int, cut: Int) {
        let message = IncomingMessage(body: [])
        let reason = String(repeating: "x", count: length)
        let properties = DeadLetter.properties(for: message, reason: reason, queue: "q")
        #expect(properties.headers?["x-lamassu-reason"] == .string(String(repeating: "x", count: cut)))
    }

    @Test func `no character is cut in two`() {
        let message = IncomingMessage(body: [])
        let properties = DeadLetter.properties(for: message, reason: String(repeating: "é…", count: 500), queue: "q")
        #expect(properties.headers?["x-lamassu-reason"] == .string(String(repeating: "é…", count: 204) + "é"))
    }
}
