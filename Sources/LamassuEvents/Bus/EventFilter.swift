// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// Which events a subscription wants; an empty list wants all.
public struct EventFilter: Hashable, Sendable {
    /// The types.
    public var types: [EventPattern]
    /// The sources.
    public var sources: [EventSource]
    /// The kinds of the things that events are about.
    public var subjectKinds: [EventSubject.Kind]

    /// Makes a filter; an event is wanted that matches one of each list that is not empty.
    ///
    /// - Parameters:
    ///   - types: the types.
    ///   - sources: the sources.
    ///   - subjectKinds: the kinds of the things that events are about.
    public init(types: [EventPattern] = [], sources: [EventSource] = [], subjectKinds: [EventSubject.Kind] = []) {
        self.types = types
        self.sources = sources
        self.subjectKinds = subjectKinds
    }

    /// Every event.
    public static let all = EventFilter()

    /// Whether an event is wanted.
    ///
    /// - Parameter event: the event.
    /// - Returns: whether it matches.
    public func matches(_ event: CloudEvent) -> Bool {
        if !self.types.isEmpty, !self.types.contains(where: { $0.matches(EventType(rawValue: event.type)) }) { return false }
        if !self.sources.isEmpty, !self.sources.contains(EventSource(rawValue: event.source.description)) { return false }
        guard !self.subjectKinds.isEmpty else { return true }
        guard let subject = event.subject.flatMap({ EventSubject(parsing: $0) }) else { return false }
        return self.subjectKinds.contains(subject.kind)
    }
}
