// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct StoringTests {
    @Test func `what was stored is given out in order, whole, with its place in its subject`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for index in 1...3 { #expect(try await outbox.enqueue(OutboxSubmission(.test("event-\(index)"))).dropped.isEmpty) }
        let entries = try await outbox.claim(limit: 10, perSubject: 10)
        #expect(entries.map(\.event.id.rawValue) == ["event-1", "event-2", "event-3"])
        #expect(entries.map(\.lane) == ["ca/1", "ca/1", "ca/1"])
        var first = try #require(entries.first?.event)
        let places = entries.map { $0.event[.sequence]?.text.suffix(11) }
        #expect(places == [".0000000001", ".0000000002", ".0000000003"])
        first[.sequence] = nil
        #expect(first == (try CloudEvent.test("event-1")))
        #expect(try await outbox.claim(limit: 10, perSubject: 10).isEmpty)
        #expect(try await outbox.settle(entries.map { .confirmed($0.number) }).isEmpty)
        #expect(try await outbox.depth().events == 0)
    }

    @Test func `where many subjects are ready each gives less, so that they go out side by side`() async throws {
        let folder = try DatabaseFolder()
        let outbox = try await folder.open()
        for index in 0..<40 { _ = try await outbox.enqueue(.test("event-\(index)", of: "ca/\(index % 8)")) }
        let entries = try await outbox.claim(limit: 8, perSubject: 8)
        #expect(entries.count == 8)
        #expect(Set(entries.map(\.lane)).count == 4)
        #expect(try await outbox.claim(limit: 40, perSubject: 10).count == 20)
    }

    @Test func `what was stored is there when the file is opened again`() async throws {
        let folder = try DatabaseFolder()
        var outbox: SQLiteOutbox? = try await folder.open()
        _ = try await outbox?.enqueue(OutboxSubmission(.test("kept")))
        _ = await outbox?.close()
        outbox = try await folder.open()
        #expect(try await outbox?.drain().map(\.id.rawValue) == ["kept"])
    }
}
