// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Subscribes to the events of CAs over RabbitMQ, under a name that lasts.

import CurlTransport
import LamassuEvents
import Logging

struct AuditLog: Sendable {
    func record(_ line: String) async throws { print(line) }
}

let audit = AuditLog()
let logger = Logger(label: "audit")
let broker = try AMQPConfiguration(uri: "amqps://audit:secret@broker.example")

let router = EventRouter()
    .on(.caCreate, as: CACertificate.self) { ca, event in
        try await audit.record("CA \(ca.id) was created by \(event.source)")
        return .done
    }
    .otherwise { event in .deadLetter(reason: "nobody knows \(event.type)") }

let bus = AMQPEventBus(AMQPEventBusConfiguration(broker: broker), transport: .curl, logger: logger)
try bus.subscribe(Subscription("audit", filter: EventFilter(types: ["ca.#"])), handler: router)
try await bus.run()
