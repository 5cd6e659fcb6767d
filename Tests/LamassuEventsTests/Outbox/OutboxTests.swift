// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import OutboxTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct OutboxTests {
    static func event(_ subject: String, _ payload: JSONValue = .null) throws -> CloudEvent {
        try CloudEvent(id: .random(), source: EventSource.ca.rawValue, type: "ca.create", subject: subject, json: payload)
    }

    static func intent(_ subject: String) -> OutboxIntent {
        OutboxIntent(id: CloudEvent.ID.random().rawValue, source: .ca, type: .caCreate, subject: .ca(subject))
    }

    @Test(arguments: OutboxContract.promises)
    func `the store in memory keeps what every store promises`(_ promise: OutboxContract) async throws {
        try await promise.check { limits in MemoryOutbox(limits: limits) }
    }

    @Test func `a store whose publisher has ended names what is lost, and takes nothing more`() async throws {
        let store = MemoryOutbox()
        let event = try Self.event("a")
        _ = try await store.enqueue(OutboxSubmission(event))
        #expect(await store.close() == [EventSummary(event)])
        await #expect(throws: LamassuEventsError(.closed, message: "")) { try await store.prepare(Self.intent("b"), isWriteAhead: false) }
        await #expect(throws: LamassuEventsError(.closed, message: "")) {
            _ = try await store.complete(Self.intent("b"), with: OutboxSubmission(Self.event("b")))
        }
        #expect(try await store.claim(limit: 1, perSubject: 1).isEmpty)
    }
}
