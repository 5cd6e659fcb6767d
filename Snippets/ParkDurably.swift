// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Parks what cannot be handled yet in a file, where it outlives the process, and looks into it as an operator does.

import CurlTransport
import LamassuEvents
import Logging
import SQLiteOutbox

let logger = Logger(label: "cloud-sync")
let router = EventRouter()
let bus = AMQPEventBus(
    AMQPEventBusConfiguration(broker: try AMQPConfiguration(uri: "amqp://localhost")), transport: .curl, logger: logger)

let outbox = try await SQLiteOutbox.open(.init(path: "/var/lib/cloud-sync/outbox.db"), logger: logger)
try bus.subscribe(Subscription("cloud"), handler: router, parkedStore: outbox.parkedStore(for: "cloud"))
try await bus.run()

let parked = outbox.parkedStore(for: "cloud")
for delivery in try await parked.list(lane: nil, limit: 100) {
    print(delivery.parkedAt, delivery.summary, delivery.attempts, delivery.reason)
}
try await parked.remove(ParkedDelivery.ID(rawValue: "…"))
