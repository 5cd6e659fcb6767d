// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

extension EventSummary {
    /// Takes what tells an event from others.
    ///
    /// - Parameter event: the event.
    public init(_ event: CloudEvent) {
        self.init(
            id: event.id.rawValue, source: EventSource(rawValue: event.source.description), type: EventType(rawValue: event.type),
            subject: event.subject)
    }
}

extension CloudEvent {
    /// What keeps the order: events of one lane are published and handled one after the other.
    package var lane: String { self.subject ?? "\(self.source) \(self.type)" }

    /// How long the data is, in bytes.
    package var dataBytes: Int {
        switch self.data {
        case .json(let bytes): bytes.count
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        case nil: 0
        }
    }
}
