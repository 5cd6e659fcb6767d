// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Synchronization

/// Everything that came out of the queue, in order.
final class ChaosWitness: Sendable {
    /// An event when it came for the first time.
    struct Sighting: Sendable {
        var operation: String
        var subject: String
        var sequence: String
        var payload: JSONValue
    }

    struct Record: Sendable {
        /// By id, with the id alone being compared: every event of the run has the same source.
        var sightings: [String: Sighting] = [:]
        /// The ids of the events of each subject, in the order in which they came for the first time.
        var order: [String: [String]] = [:]
        var deliveries = 0
        /// The ids under which something came that was not what had come before.
        var changed: Set<String> = []
        /// What was no event, or none of this test.
        var foreign: [String] = []
        var hasSeenEnd = false
    }

    /// The message that is put into the queue when nothing follows.
    static let end = "the end"

    private let state = Mutex(Record())

    /// What was seen.
    var record: Record { self.state.withLock { $0 } }
    /// How many different events were seen.
    var count: Int { self.state.withLock { $0.sightings.count } }

    /// Whether everything has come.
    var hasSeenEnd: Bool { self.state.withLock { $0.hasSeenEnd } }

    /// Consumes until the task is cancelled; what was noted is acknowledged.
    func consume(_ queue: String, with configuration: AMQPConfiguration) async throws {
        do {
            try await Broker.withChannel(configuration) { channel in
                try await channel.withDeliveries(from: queue, prefetch: 200) { deliveries in
                    for try await delivery in deliveries {
                        self.note(delivery.body)
                        try delivery.ack()
                    }
                }
            }
        } catch let error as AMQPError where error.code == .cancelled {}
    }

    private func note(_ body: some Collection<UInt8>) {
        guard let event = try? CloudEvent(decoding: Array(body), format: .json), let sighting = Sighting(event) else {
            let text = String(decoding: body.prefix(500), as: UTF8.self)
            self.state.withLock { if text == Self.end { $0.hasSeenEnd = true } else { $0.foreign.append(text) } }
            return
        }
        let id = event.id.rawValue
        self.state.withLock { record in
            record.deliveries += 1
            if let first = record.sightings[id] {
                if first != sighting { record.changed.insert(id) }
            } else {
                record.sightings[id] = sighting
                record.order[sighting.subject, default: []].append(id)
            }
        }
    }
}

extension ChaosWitness.Sighting: Equatable {
    /// What an event says; `nil` where it is none of this test.
    fileprivate init?(_ event: CloudEvent) {
        guard let subject = event.subject, let sequence = event[ExtensionName.sequence]?.text,
            let payload = try? event.decodeData(as: JSONValue.self), let operation = Self.operation(of: payload)
        else { return nil }
        self.init(operation: operation, subject: subject, sequence: sequence, payload: payload)
    }

    /// The name of the operation, in the payload itself, or where that says what was before too, in what is now.
    private static func operation(of payload: JSONValue) -> String? {
        (payload["updated"] ?? payload)["operation"]?.stringValue
    }
}
