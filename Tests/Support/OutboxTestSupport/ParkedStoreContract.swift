// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import LamassuEvents
import Testing

/// What every store of parked events promises, as checks that each implementation runs.
package struct ParkedStoreContract: Sendable, CustomTestStringConvertible {
    /// Makes a store that is empty and takes so many events.
    package typealias MakeStore = @Sendable (_ maximumEvents: Int) async throws -> any ParkedStore

    /// What is promised.
    package let testDescription: String
    private let body: @Sendable (MakeStore) async throws -> Void

    private init(_ promise: String, _ body: @escaping @Sendable (MakeStore) async throws -> Void) {
        self.testDescription = promise
        self.body = body
    }

    /// Checks the promise.
    package func check(_ makeStore: @escaping MakeStore) async throws { try await self.body(makeStore) }

    /// All of them.
    package static let promises = [
        ParkedStoreContract("what is parked is listed whole, in the order in which it was parked") { make in
            let store = try await make(100)
            var deliveries: [ParkedDelivery] = []
            for (id, lane) in [("1", "a"), ("2", "b"), ("3", "a")] { deliveries.append(try .test(id, of: lane)) }
            deliveries[1].userID = "ca"
            deliveries[1].firstAttemptAt = .now
            deliveries[1].event[.sequence] = "0000000000001.0000000001"
            for delivery in deliveries { try await store.park(delivery) }
            #expect(try await store.list(lane: nil, limit: 10) == deliveries)
            #expect(try await store.list(lane: "a", limit: 10) == [deliveries[0], deliveries[2]])
            #expect(try await store.list(lane: "a", limit: 1) == [deliveries[0]])
            #expect(try await store.list(lane: nil, limit: 2) == [deliveries[0], deliveries[1]])
            #expect(try await store.list(lane: nil, limit: 0).isEmpty)
            #expect(try await store.list(lane: "c", limit: 10).isEmpty)
        },
        ParkedStoreContract("the lanes have the time of their first event") { make in
            let store = try await make(100)
            #expect(try await store.lanes().isEmpty)
            let times = try (1...3).map { try Timestamp(secondsSinceEpoch: $0, nanoseconds: 500) }
            for (id, lane, time) in [("1", "a", times[2]), ("2", "b", times[1]), ("3", "a", times[0])] {
                try await store.park(.test(id, of: lane, nextAttempt: time))
            }
            #expect(
                try await Set(store.lanes()) == [
                    ParkedLane(name: "a", nextAttempt: times[2]), ParkedLane(name: "b", nextAttempt: times[1]),
                ])
            try await store.remove(.init(rawValue: "1"))
            #expect(
                try await Set(store.lanes()) == [
                    ParkedLane(name: "a", nextAttempt: times[0]), ParkedLane(name: "b", nextAttempt: times[1]),
                ])
        },
        ParkedStoreContract("an update changes what is known of an event, and not its place") { make in
            let store = try await make(100)
            for id in ["1", "2"] { try await store.park(.test(id)) }
            var delivery = try #require(try await store.list(lane: nil, limit: 1).first)
            delivery.attempts = 7
            delivery.interruptions = 2
            delivery.firstAttemptAt = .now
            delivery.reason = "another one: ü"
            delivery.nextAttempt = try Timestamp(secondsSinceEpoch: 77)
            try await store.update(delivery)
            let listed = try await store.list(lane: "ca/1", limit: 10)
            #expect(listed.first == delivery && listed.map(\.id.rawValue) == ["1", "2"])
            #expect(try await store.lanes() == [ParkedLane(name: "ca/1", nextAttempt: delivery.nextAttempt)])
        },
        ParkedStoreContract("what is removed is gone, and an update does not bring it back") { make in
            let store = try await make(100)
            let delivery = try ParkedDelivery.test("1")
            #expect(try await !store.remove(delivery.id))
            try await store.update(delivery)
            try await store.park(delivery)
            #expect(try await store.remove(delivery.id))
            #expect(try await !store.remove(delivery.id))
            try await store.update(delivery)
            #expect(try await store.list(lane: nil, limit: 10).isEmpty)
            #expect(try await store.lanes().isEmpty)
        },
        ParkedStoreContract("an event that is parked again is there once") { make in
            let store = try await make(2)
            for id in ["1", "2", "1"] { try await store.park(.test(id)) }
            #expect(try await store.list(lane: nil, limit: 10).map(\.id.rawValue) == ["1", "2"])
        },
        ParkedStoreContract("a full store refuses, and takes events again when there is room") { make in
            let store = try await make(2)
            for id in ["1", "2"] { try await store.park(.test(id)) }
            for _ in 1...2 {
                await #expect(throws: LamassuEventsError(.parkedStoreFull, message: "")) { try await store.park(.test("3")) }
            }
            #expect(try await store.list(lane: nil, limit: 10).map(\.id.rawValue) == ["1", "2"])
            try await store.remove(.init(rawValue: "1"))
            try await store.park(.test("3"))
            #expect(try await store.list(lane: nil, limit: 10).map(\.id.rawValue) == ["2", "3"])
        },
        ParkedStoreContract("a store that was released goes on for the next subscriber") { make in
            let store = try await make(100)
            _ = try await store.lanes()
            try await store.park(.test("1"))
            await store.release()
            await store.release()
            #expect(try await store.lanes().map(\.name) == ["ca/1"])
        },
        ParkedStoreContract("subscribers that park at the same time lose nothing, and keep each lane in order") { make in
            let store = try await make(1_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for number in 0..<20 { try await store.park(.test("\(lane)-\(number)", of: "\(lane)")) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.lanes().count == 8)
            for lane in 0..<8 {
                let ids = try await store.list(lane: "\(lane)", limit: 100).map(\.id.rawValue)
                #expect(ids == (0..<20).map { "\(lane)-\($0)" })
            }
        },
    ]
}
