// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which event it is, without its payload: what logs and observers get to see.
public struct EventSummary: Hashable, Sendable, CustomStringConvertible {
    /// The attribute `id`.
    public var id: String
    /// The attribute `source`.
    public var source: EventSource
    /// The attribute `type`.
    public var type: EventType
    /// The attribute `subject`; `nil` where the event has none.
    public var subject: String?

    /// Makes a summary.
    ///
    /// - Parameters:
    ///   - id: the attribute `id`.
    ///   - source: the attribute `source`.
    ///   - type: the attribute `type`.
    ///   - subject: the attribute `subject`.
    public init(id: String, source: EventSource, type: EventType, subject: String?) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
    }

    /// What no other event has.
    struct Identity: Hashable {
        var source: String
        var id: String
    }

    /// The event by its source and id, as a store knows it.
    var identity: Identity { Identity(source: self.source.rawValue, id: self.id) }

    /// Type, subject and id.
    public var description: String { "\(self.type) \(self.subject ?? "without subject") (\(self.id))" }
}
