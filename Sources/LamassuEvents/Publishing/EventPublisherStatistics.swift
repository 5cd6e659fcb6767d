// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a publisher stands at one moment.
public struct EventPublisherStatistics: Hashable, Sendable {
    /// Whether events go out now.
    public var isConnected = false
    /// Why the last session ended, until another one begins.
    public var lastError: LamassuEventsError?

    /// How many events wait for their confirm, those in flight and those that back off included.
    public var depth = 0
    /// How many bytes their payloads have together.
    public var bytes = 0
    /// How many events are on their way to the broker.
    public var inFlight = 0
    /// How many subjects wait before their oldest event is sent again.
    public var backingOff = 0
    /// How many events are parked.
    public var parked = 0

    /// How many events were stored since the start.
    public var stored = 0
    /// How many events the broker confirmed since the start.
    public var confirmed = 0
    /// How often an event did not reach a queue, and was put back, since the start.
    public var retried = 0
    /// How many events were dropped since the start.
    public var dropped = 0
    /// How many operations were refused because the outbox was full, since the start.
    public var refused = 0
}
