// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct InMemoryParkedStoreTests {
    private func delivery(_ lane: String, _ number: Int) throws -> ParkedDelivery {
        ParkedDelivery(
            id: .random(), lane: lane,
            event: try CloudEvent(id: CloudEvent.ID(rawValue: "\(number)"), source: "s", type: "t", json: JSONValue.null), userID: nil,
            routingKey: "t", parkedAt: .now, firstAttemptAt: nil, attempts: number, interruptions: 0, reason: "no",
            nextAttempt: try Timestamp(secondsSinceEpoch: Int64(number)))
    }

    @Test func `events stay in the order of their lane until they are removed`() async throws {
        let store = InMemoryParkedStore()
        var deliveries: [ParkedDelivery] = []
        for (number, lane) in ["a", "b", "a"].enumerated() { deliveries.append(try self.delivery(lane, number)) }
        for delivery in deliveries { try await store.park(delivery) }
        #expect(try await store.list(lane: nil, limit: 10) == deliveries)
        #expect(try await store.list(lane: "a", limit: 10) == [deliveries[0], deliveries[2]])
        #expect(try await store.list(lane: "a", limit: 1) == [deliveries[0]])
        #expect(
            try await Set(store.lanes()) == [
                ParkedLane(name: "a", nextAttempt: deliveries[0].nextAttempt),
                ParkedLane(name: "b", nextAttempt: deliveries[1].nextAttempt),
            ])
        deliveries[0].attempts = 7
        try await store.update(deliveries[0])
        #expect(try await store.list(lane: "a", limit: 1).first?.attempts == 7)
        #expect(try await store.remove(deliveries[0].id))
        #expect(try await !store.remove(deliveries[0].id))
        try await store.update(deliveries[0])
        #expect(try await store.list(lane: "a", limit: 10) == [deliveries[2]])
    }

    @Test func `beyond its limit it refuses`() async throws {
        let store = InMemoryParkedStore(maximumEvents: 1)
        try await store.park(self.delivery("a", 1))
        await #expect(throws: LamassuEventsError(.parkedStoreFull, message: "")) { try await store.park(self.delivery("a", 2)) }
        #expect(!store.isDurable)
    }
}
