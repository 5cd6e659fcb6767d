// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Sees what becomes of each event on its way to the broker.
///
/// The calls come one at a time and in the order of what happened, on whatever thread it happened on. They must not block: beyond a
/// few thousand notices that wait for a slow observer, further ones are left out. Every call has an empty default.
public protocol EventPublisherObserver: Sendable {
    /// The publisher has a connection, and events go out.
    func publisherConnected()

    /// The publisher has no connection.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - delay: after which time it tries again.
    func publisherDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration)

    /// The operation succeeded, and its event is in the store.
    ///
    /// - Parameter event: which event.
    func eventStored(_ event: EventSummary)

    /// The broker has the event, durably.
    ///
    /// - Parameter event: which event.
    func eventConfirmed(_ event: EventSummary)

    /// The event did not reach a queue, and is sent again later.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - error: why it did not.
    ///   - delay: after which time it is sent again.
    func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration)

    /// The event can never be sent as it is, and was put aside.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - error: why it cannot be sent.
    func eventParked(_ event: EventSummary, error: LamassuEventsError)

    /// The event is lost to the broker: the policy of the outbox dropped it, or the publisher had ended.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - error: why it was dropped.
    func eventDropped(_ event: EventSummary, error: LamassuEventsError)

    /// The store failed.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - delay: after which time what it was to do is tried again; `nil` where that goes on without it.
    func storeFailed(_ error: LamassuEventsError, retryingAfter delay: Duration?)

    /// An operation that a crash had left open is resolved.
    ///
    /// - Parameters:
    ///   - intent: which operation.
    ///   - happened: whether it had happened, so that its event is stored now.
    func intentResolved(_ intent: OutboxIntent, happened: Bool)

    /// The host could not say yet whether an operation had happened that a crash had left open; it is asked again.
    ///
    /// - Parameters:
    ///   - intent: which operation.
    ///   - error: the description of what it threw.
    ///   - delay: after which time it is asked again.
    func intentUnresolved(_ intent: OutboxIntent, error: String, retryingAfter delay: Duration)
}

extension EventPublisherObserver {
    /// Does nothing.
    public func publisherConnected() {}
    /// Does nothing.
    public func publisherDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {}
    /// Does nothing.
    public func eventStored(_ event: EventSummary) {}
    /// Does nothing.
    public func eventConfirmed(_ event: EventSummary) {}
    /// Does nothing.
    public func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration) {}
    /// Does nothing.
    public func eventParked(_ event: EventSummary, error: LamassuEventsError) {}
    /// Does nothing.
    public func eventDropped(_ event: EventSummary, error: LamassuEventsError) {}
    /// Does nothing.
    public func storeFailed(_ error: LamassuEventsError, retryingAfter delay: Duration?) {}
    /// Does nothing.
    public func intentResolved(_ intent: OutboxIntent, happened: Bool) {}
    /// Does nothing.
    public func intentUnresolved(_ intent: OutboxIntent, error: String, retryingAfter delay: Duration) {}
}
