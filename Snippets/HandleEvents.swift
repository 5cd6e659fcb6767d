// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Consumes the events of CAs, from a queue of its own, and acts on one type of them.

import CurlTransport
import LamassuEvents
import Logging

struct Audit: EventHandler {
    func handle(_ event: ReceivedEvent) async -> EventOutcome {
        guard event.type == .caCreate else { return .done }
        do {
            let ca = try event.payload(as: CACertificate.self)
            try await self.record("CA \(ca.id) was created by \(event.source)")
            return .done
        } catch let error as LamassuEventsError where error.code == .undecodable {
            return .deadLetter(reason: error.message)
        } catch {
            return .retry(reason: "the audit log cannot be written")
        }
    }

    private func record(_ line: String) async throws { print(line) }
}

let configuration = EventConsumerConfiguration(
    broker: try AMQPConfiguration(uri: "amqps://audit:secret@broker.example"),
    topology: EventTopology(exchange: "lamassu-events", queue: "audit", bindingKeys: ["ca.#"], deadLetterQueue: "audit.dead-letter"))

let consumer = EventConsumer(configuration, transport: .curl, handler: Audit(), logger: Logger(label: "audit"))
try await consumer.run()
