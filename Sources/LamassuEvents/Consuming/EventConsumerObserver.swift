// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Sees what becomes of each event on its way from the queue.
///
/// The calls come one at a time and in the order of what happened, on whatever thread it happened on. They must not block: beyond a
/// few thousand notices that wait for a slow observer, further ones are left out. Every call has an empty default.
public protocol EventConsumerObserver: Sendable {
    /// The consumer has a connection, and events come in.
    func consumerConnected()

    /// The consumer has no connection; the broker delivers again what was not acknowledged.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - delay: after which time it tries again.
    func consumerDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration)

    /// The event came from the queue.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - isRedelivered: whether the broker has delivered it before.
    func eventReceived(_ event: EventSummary, isRedelivered: Bool)

    /// The handler is done with the event, and it was acknowledged.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - isDuplicate: whether it had been done before, so that no handler was called.
    func eventDone(_ event: EventSummary, isDuplicate: Bool)

    /// The handler asked for another attempt, or the dead-letter queue did not take the event yet.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - reason: what the handler or the broker said.
    ///   - delay: after which time it is tried again.
    func eventRetrying(_ event: EventSummary, reason: String, after delay: Duration)

    /// The event stands in the ``ParkedStore``, and was acknowledged.
    ///
    /// - Parameters:
    ///   - event: which event.
    ///   - reason: what the handler said, or that an earlier event of the subject is parked.
    ///   - delay: after which time it is tried next, at the earliest.
    func eventParked(_ event: EventSummary, reason: String, after delay: Duration)

    /// A parked event was removed, because a later one of its subject supersedes it.
    ///
    /// - Parameter event: which event.
    func eventSuperseded(_ event: EventSummary)

    /// The ``ParkedStore`` did not do what it was asked; what was to be parked is held, and the attempt repeated.
    ///
    /// - Parameters:
    ///   - error: why.
    ///   - delay: after which time it is tried again.
    func parkedStoreFailed(_ error: LamassuEventsError, retryingAfter delay: Duration)

    /// The message stands in the dead-letter queue, confirmed, and was acknowledged.
    ///
    /// - Parameters:
    ///   - event: which event; `nil` where the message is none.
    ///   - reason: why it can never be handled.
    func messageDeadLettered(_ event: EventSummary?, reason: String)
}

extension EventConsumerObserver {
    /// Does nothing.
    public func consumerConnected() {}
    /// Does nothing.
    public func consumerDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {}
    /// Does nothing.
    public func eventReceived(_ event: EventSummary, isRedelivered: Bool) {}
    /// Does nothing.
    public func eventDone(_ event: EventSummary, isDuplicate: Bool) {}
    /// Does nothing.
    public func eventRetrying(_ event: EventSummary, reason: String, after delay: Duration) {}
    /// Does nothing.
    public func eventParked(_ event: EventSummary, reason: String, after delay: Duration) {}
    /// Does nothing.
    public func eventSuperseded(_ event: EventSummary) {}
    /// Does nothing.
    public func parkedStoreFailed(_ error: LamassuEventsError, retryingAfter delay: Duration) {}
    /// Does nothing.
    public func messageDeadLettered(_ event: EventSummary?, reason: String) {}
}
