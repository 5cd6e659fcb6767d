// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// What a publisher gives to a store: an event to be sent, or one that can never be sent and is parked at once.
public struct OutboxSubmission: Sendable {
    /// Which event.
    public var summary: EventSummary
    /// The event, to which the store adds the extension `sequence`; `nil` where not even an event could be made.
    public var event: CloudEvent?
    /// Why it can never be sent; `nil` for an event that is to be sent.
    public var error: LamassuEventsError?

    /// An event that is to be sent.
    ///
    /// - Parameter event: the event, whose id is unique among those of its source.
    public init(_ event: CloudEvent) {
        self.summary = EventSummary(event)
        self.event = event
    }

    /// An event that is parked at once.
    ///
    /// - Parameters:
    ///   - summary: which event.
    ///   - event: the event, where one could be made.
    ///   - error: why it can never be sent.
    public init(_ summary: EventSummary, event: CloudEvent? = nil, error: LamassuEventsError) {
        self.summary = summary
        self.event = event
        self.error = error
    }

    /// The subject, or what stands for it: events of one lane are sent one after the other.
    public var lane: String { self.summary.subject ?? "\(self.summary.source) \(self.summary.type)" }
}
