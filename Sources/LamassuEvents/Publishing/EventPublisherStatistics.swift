// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a publisher stands at one moment, as far as it knows without asking its store; that knows ``LamassuEventPublisher/depth()``.
public struct EventPublisherStatistics: Hashable, Sendable {
    /// Whether events go out now.
    public var isConnected = false
    /// Why the last session ended, until another one begins.
    public var lastError: LamassuEventsError?
    /// How many events are on their way to the broker.
    public var inFlight = 0
    /// How many events of succeeded operations wait in memory for a store that does not take them.
    public var keptAside = 0

    /// How many events were stored since the start.
    public var stored = 0
    /// How many events the broker confirmed since the start.
    public var confirmed = 0
    /// How often an event did not reach a queue, and was put back, since the start.
    public var retried = 0
    /// How many events were parked since the start.
    public var parked = 0
    /// How many events were dropped since the start.
    public var dropped = 0
    /// How many operations were refused because the outbox was full or its store failed, since the start.
    public var refused = 0
    /// How often the store failed, since the start.
    public var storeFailures = 0
    /// How many intents were resolved that a crash had left open, since the start.
    public var resolved = 0
}
