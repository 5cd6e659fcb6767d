// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import Synchronization
import TestSupport

/// Does what the test says, and keeps what it was given.
final class Journal: EventHandler {
    private struct State {
        var received: [ReceivedEvent] = []
        var active: [String: Int] = [:]
        var hasOverlapped = false
    }

    private let state = Mutex(State())
    private let body: @Sendable (ReceivedEvent) async -> EventOutcome
    private let rule: @Sendable (CloudEvent, CloudEvent) -> Bool

    init(
        superseding rule: @escaping @Sendable (CloudEvent, CloudEvent) -> Bool,
        _ body: @escaping @Sendable (ReceivedEvent) async -> EventOutcome
    ) {
        self.body = body
        self.rule = rule
    }

    convenience init(_ body: @escaping @Sendable (ReceivedEvent) async -> EventOutcome = { _ in .done }) {
        self.init(superseding: { _, _ in false }, body)
    }

    var events: [ReceivedEvent] { self.state.withLock { $0.received } }
    /// The payloads, which are numbers.
    var numbers: [Int] { self.events.compactMap { try? $0.payload(as: Int.self) } }
    /// Whether two events of one subject were handled at a time.
    var hasOverlapped: Bool { self.state.withLock { $0.hasOverlapped } }

    func handle(_ event: ReceivedEvent) async -> EventOutcome {
        let lane = event.event.subject ?? ""
        self.state.withLock { state in
            state.received.append(event)
            state.active[lane, default: 0] += 1
            if state.active[lane] != 1 { state.hasOverlapped = true }
        }
        defer { self.state.withLock { $0.active[lane, default: 0] -= 1 } }
        return await self.body(event)
    }

    func supersedes(_ new: CloudEvent, _ parked: CloudEvent) -> Bool { self.rule(new, parked) }

    /// Waits until it was given a number of events.
    func wait(for count: Int) async throws {
        try await eventually("\(count) events are handled") { self.events.count >= count }
    }
}
