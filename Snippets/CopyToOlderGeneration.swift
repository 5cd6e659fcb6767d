// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Copies events to the consumers of Lamassu 2, which read another exchange and other payloads.

import CurlTransport
import LamassuEvents
import Logging

struct Copying: EventHandler {
    let copies: LamassuEventPublisher

    func handle(_ received: ReceivedEvent) async -> EventOutcome {
        guard EventGeneration(of: received.event) == .current else { return .done }
        do throws(LamassuEventsError) {
            try await self.copies.publishAndConfirm(received.event)
            return .done
        } catch {
            return error.code == .parked ? .deadLetter(reason: error.message) : .retry(reason: "the copy is not confirmed")
        }
    }
}

let logger = Logger(label: "copies")
let broker = try AMQPConfiguration(uri: "amqps://copies:secret@broker.example")
let copies = LamassuEventPublisher(
    EventPublisherConfiguration(broker: broker, source: .ca, profile: .generation2), transport: .curl, logger: logger)
let consumer = EventConsumer(
    EventConsumerConfiguration(
        broker: broker,
        topology: EventTopology(exchange: "lamassu-events", queue: "copies", deadLetterQueue: "copies.dead-letter")),
    transport: .curl, handler: Copying(copies: copies), logger: logger)

async let relay: Void = copies.run()
try await consumer.run()
try await relay
