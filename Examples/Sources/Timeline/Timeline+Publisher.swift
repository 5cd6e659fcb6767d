// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

extension Timeline: EventPublisherObserver {
    /// Notes that the publisher has a connection.
    public func publisherConnected() { self.note("CA service", "connected", "to the broker") }

    /// Notes why the publisher has none.
    public func publisherDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.note("CA service", "disconnected", "\(error); again in \(delay)")
    }

    /// Notes that an event is in the outbox.
    public func eventStored(_ event: EventSummary) { self.note("CA service", "event", "\(event)") }

    /// Notes that the broker has an event.
    public func eventConfirmed(_ event: EventSummary) { self.note("broker", "confirm", "\(event)") }

    /// Notes that an event is sent again.
    public func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration) {
        self.note("CA service", "resend", "\(event) in \(delay): \(error)")
    }

    /// Notes that an event cannot be sent.
    public func eventParked(_ event: EventSummary, error: LamassuEventsError) { self.note("CA service", "parked", "\(event): \(error)") }
}
