// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// An operation that is about to run, by the event that it will have when it succeeds.
public struct OutboxIntent: Hashable, Sendable {
    /// The id that the event will have, unique.
    public var id: String
    /// Who publishes.
    public var source: EventSource
    /// What the operation does.
    public var type: EventType
    /// The thing it does it to; `nil` where only its result tells.
    public var subject: EventSubject?
    /// The thing before the operation, as JSON, where the payload will say what was before.
    public var previous: [UInt8]?
    /// In whose name and in which trace the operation runs, for an event that is made after a crash; with the claims that an event carries,
    /// and no others.
    ///
    /// A store keeps it as the JSON that it is.
    public var context: EventContext
    /// When it was prepared.
    public var time: Timestamp

    /// Makes an intent.
    ///
    /// - Parameters:
    ///   - id: the id that the event will have.
    ///   - source: who publishes.
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - previous: the thing before the operation, as JSON.
    ///   - context: in whose name and in which trace the operation runs.
    ///   - time: when it was prepared.
    public init(
        id: String, source: EventSource, type: EventType, subject: EventSubject? = nil, previous: [UInt8]? = nil,
        context: EventContext = EventContext(), time: Timestamp = .now
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.previous = previous
        self.context = context
        self.time = time
    }
}

extension EventSummary {
    /// Takes from an intent what tells its event from others.
    init(_ intent: OutboxIntent) {
        self.init(id: intent.id, source: intent.source, type: intent.type, subject: intent.subject?.description)
    }
}
