// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// What a service adds to publish an event for an update operation; README.md shows it.

import CurlTransport
import LamassuEvents
import Logging
import SQLiteOutbox

/// Stands for the service that is there already.
struct CertificateAuthorityService {
    func createCA(_ id: String) async throws -> CACertificate {
        CACertificate(id: id, certificate: Certificate(serialNumber: "1afb", status: .active, certificate: ""))
    }
}

let service = CertificateAuthorityService()
let brokerURI = "amqp://lamassu:secret@localhost"

let logger = Logger(label: "ca-service")
let outbox = try await SQLiteOutbox.open(.init(path: "/var/lib/ca-service/outbox.db"), logger: logger)
let events = LamassuEventPublisher(
    EventPublisherConfiguration(broker: try AMQPConfiguration(uri: brokerURI), source: .ca),
    transport: .curl, store: outbox, logger: logger)
async let relay: Void = events.run()  // connects, sends, sends again after an outage or a crash, until it is cancelled

let ca = try await events.publishing(.caCreate, subject: .ca("plant-1")) {
    try await service.createCA("plant-1")  // the operation as it was; what it returns is the payload
}
print("created \(ca.id)")
try await relay
