// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

extension Timeline: EventConsumerObserver {
    /// Notes that the consumer has a connection.
    public func consumerConnected() { self.note("connector", "connected", "to the broker") }

    /// Notes why the consumer has none.
    public func consumerDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.note("connector", "disconnected", "\(error); again in \(delay)")
    }

    /// Notes that an event arrived.
    public func eventReceived(_ event: EventSummary, isRedelivered: Bool) {
        self.note("connector", "received", "\(event)\(isRedelivered ? ", again" : "")")
    }

    /// Notes that all of an event is done, and its delivery acknowledged.
    public func eventDone(_ event: EventSummary, isDuplicate: Bool) {
        self.note("connector", "done", "\(event)\(isDuplicate ? ", seen before" : "")")
    }

    /// Notes that an event waits for another attempt.
    public func eventRetrying(_ event: EventSummary, reason: String, after delay: Duration) {
        self.note("connector", "retry", "\(event) in \(delay): \(reason)")
    }

    /// Notes that a message went to the dead-letter queue.
    public func messageDeadLettered(_ event: EventSummary?, reason: String) {
        self.note("connector", "dead letter", "\(event.map(String.init(describing:)) ?? "a message that is no event"): \(reason)")
    }
}
