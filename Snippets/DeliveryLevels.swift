// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// How firmly an event is bound to its update; the article "Delivery levels" shows it.

import CurlTransport
import JSONCoding
import LamassuEvents
import Logging

/// Stands for the database that the service has already.
struct Database {
    func hasCA(_ id: String) async throws -> Bool { true }
}

let database = Database()

struct Directory: IntentResolver {
    func resolve(_ intent: OutboxIntent) async throws -> IntentResolution {
        guard intent.type == .caDelete, let subject = intent.subject else { return .didNotHappen }
        return try await database.hasCA(subject.identifier) ? .didNotHappen : .happened(JSONValue.null)
    }
}

let events = LamassuEventPublisher(
    EventPublisherConfiguration(broker: AMQPConfiguration(host: "localhost", credentials: .external), source: .ca),
    transport: .curl, resolver: Directory(), logger: Logger(label: "ca-service"))

func updateStatus(serialNumber: String, payload update: UpdateModel<Certificate>) throws {
    let event = try events.event(.certificateStatusUpdate, subject: .certificate(serialNumber), payload: update)
    // in the transaction of the update: outbox.enqueue(OutboxSubmission(event), in: transaction)
    events.publishStored()
    print("stored \(event.id)")
}
