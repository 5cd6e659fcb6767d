// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import OutboxTestSupport
import Testing

@Suite struct InMemoryParkedStoreTests {
    @Test(arguments: ParkedStoreContract.promises)
    func `the store keeps what every store of parked events promises`(_ promise: ParkedStoreContract) async throws {
        try await promise.check { InMemoryParkedStore(maximumEvents: $0) }
    }

    @Test func `it takes no more bytes than it may, and takes others when some were removed`() async throws {
        func delivery(_ text: String) throws -> ParkedDelivery {
            let event = try CloudEvent(id: .random(), source: "s", type: "ca.create", subject: "ca/one", json: JSONValue.string(text))
            return ParkedDelivery(
                id: .random(), lane: "ca/one", event: event, userID: nil, routingKey: "k", parkedAt: .now, firstAttemptAt: nil, attempts: 0,
                interruptions: 0, reason: "r", nextAttempt: .now)
        }
        // Four characters in quotes have six bytes.
        let store = InMemoryParkedStore(maximumBytes: 15)
        let first = try delivery("aaaa")
        try await store.park(first)
        var second = try delivery("bbbb")
        try await store.park(second)
        let third = try delivery("cc")
        let refusal = await #expect(throws: LamassuEventsError.self) { try await store.park(third) }
        #expect(refusal?.code == .parkedStoreFull)
        #expect(refusal?.message.contains("2 events with 12 bytes") == true)
        second.event = try delivery("b").event
        try await store.update(second)
        try await store.park(third)
        try await store.remove(first.id)
        try await store.park(first)
        #expect(try await store.list(lane: nil, limit: 10).map(\.id) == [second.id, third.id, first.id])
    }

    @Test func `it says that it is not durable`() {
        #expect(!InMemoryParkedStore().isDurable)
    }
}
