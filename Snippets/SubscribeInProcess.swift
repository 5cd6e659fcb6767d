// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Brings events from one part of a process to another, with no broker between.

import LamassuEvents
import Logging

struct AuditLog: Sendable {
    func record(_ line: String) async throws { print(line) }
}

let audit = AuditLog()
let bus = InProcessEventBus(logger: Logger(label: "events"))

try bus.subscribe(
    Subscription("audit", filter: EventFilter(types: ["ca.#"])),
    handler: EventRouter().on(.caCreate, as: CACertificate.self) { ca, event in
        try await audit.record("CA \(ca.id) was created by \(event.source)")
        return .done
    })
try await bus.run()
