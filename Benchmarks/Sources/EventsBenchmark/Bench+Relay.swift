// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import SQLiteOutbox

/// How fast stored events go out.
extension Bench {
    private static let subjects = 1_000
    private static let window = 256

    /// The same events, first out of SQLite, then published directly with confirms; as many unconfirmed at a time.
    func relay() async throws -> Figures {
        let store = try await self.store("relay")
        let events = self.publisher(store)
        try await self.fill(store, with: events)

        let start = ContinuousClock.now
        let relayed = try await self.relaying(events) {
            // Until the store has forgotten the last one.
            while try await store.depth().events > 0 { try await Task.sleep(for: .milliseconds(5)) }
            return ContinuousClock.now - start
        }
        guard try await self.purge() == self.count else { throw EventsBenchmark.Failure(description: "not every event was relayed") }

        let direct = try await self.publishDirectly()
        guard try await self.purge() == self.count else { throw EventsBenchmark.Failure(description: "not every event was published") }
        try await self.deleteQueues()
        return [
            "relay_events_per_s": Double(self.count) / (relayed / .seconds(1)),
            "direct_events_per_s": Double(self.count) / (direct / .seconds(1)),
            "relay_to_direct": direct / relayed,
        ]
    }

    private func event(_ number: Int, of events: LamassuEventPublisher) throws -> CloudEvent {
        try events.event(.deviceMetadataUpdate, subject: .device("\(number % Self.subjects)"), payload: Self.payload)
    }

    private func fill(_ store: SQLiteOutbox, with events: LamassuEventPublisher) async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<256 {
                group.addTask {
                    for number in stride(from: writer, to: self.count, by: 256) {
                        _ = try await store.enqueue(OutboxSubmission(self.event(number, of: events)))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// How long it takes to publish them in batches of a quarter of the window, all confirmed; making the messages is part of it.
    private func publishDirectly() async throws -> Duration {
        let events = self.publisher(MemoryOutbox())
        return try await self.withChannel { channel in
            let publisher = try await channel.publisher(window: Self.window)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup { group in
                for task in 0..<4 {
                    group.addTask {
                        let batch = Self.window / 4
                        for first in stride(from: task * batch, to: self.count, by: Self.window) {
                            try await publisher.publish(
                                contentsOf: try (first..<min(first + batch, self.count)).map { number in
                                    let event = try self.event(number, of: events)
                                    return AMQPMessage(
                                        try event.encoded(as: .json),
                                        properties: AMQPProperties(
                                            contentType: "application/cloudevents+json", deliveryMode: .persistent,
                                            messageID: event.id.rawValue, type: event.type),
                                        to: .queue(self.topology.queue), mandatory: true)
                                })
                        }
                    }
                }
                try await group.waitForAll()
            }
            return .now - start
        }
    }
}
