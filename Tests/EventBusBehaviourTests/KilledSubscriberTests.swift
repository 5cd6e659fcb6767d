// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import LamassuEvents
import SQLiteOutbox
import TestSupport
import Testing

/// What becomes of parked events when the process of their subscriber is killed.
@Suite(.timeLimit(.minutes(3))) struct KilledSubscriberTests {
    @Test func `what a process has parked that was killed is handled by the next one, in order and before what comes later`() async throws {
        let fixture = Fixture(.rabbitMQ)
        let folder = FileManager.default.temporaryDirectory.appending(path: fixture.name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "outbox.db").path
        let subscription = fixture.subscription { $0.parkingDelay = .zero }
        let outbox = try await SQLiteOutbox.open(.init(path: path), logger: .silent)
        let store = outbox.parkedStore(for: subscription.name)

        let process = try HelperProcess("OutboxProcess", ["subscribe", path, subscription.name, TestServers.amqpURL, fixture.name])
        #expect(await process.nextLine() == "ready")
        try await fixture.withRunning(fixture.bus(), []) { bus in
            for number in 1...3 { try await bus.publish(fixture.event(.caCreate, .ca("one"), .number(JSONNumber(number)))) }
        }
        // As an operator, while the process uses the store.
        try await eventually("three are parked") { try await store.list(lane: "ca/one", limit: 10).count == 3 }
        await #expect(throws: LamassuEventsError(.parkedStoreInUse, message: "")) { try await store.lanes() }
        process.kill()
        #expect(await process.lines().isEmpty)

        let journal = Journal()
        try await fixture.withSubscriber(subscription, journal, parkedStore: store) { bus in
            try await bus.publish(fixture.event(.caCreate, .ca("one"), 4))
            try await eventually("all are done") { journal.numbers.last == 4 && bus.statistics(of: subscription.name)?.held == 0 }
        }
        // The last acknowledgement may have been lost with the process, so that an event comes twice.
        #expect(journal.numbers == journal.numbers.sorted() && Set(journal.numbers) == [1, 2, 3, 4])
        #expect(!journal.hasOverlapped)
        #expect((journal.events.first?.attempt ?? 0) > 1)
        #expect(try await store.list(lane: nil, limit: 10).isEmpty)
        _ = await outbox.close()
        try await fixture.remove(subscription)
    }
}
