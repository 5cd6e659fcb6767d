// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a consumer stands at one moment.
public struct EventConsumerStatistics: Hashable, Sendable {
    /// Whether events come in now.
    public var isConnected = false
    /// Why the last session ended, until another one begins.
    public var lastError: LamassuEventsError?

    /// How many deliveries are held, none of them acknowledged yet.
    public var held = 0
    /// How many of them are being handled or dead-lettered.
    public var busy = 0
    /// How many subjects wait for another attempt.
    public var backingOff = 0

    /// How many subjects have events in the ``ParkedStore``.
    public var parkedSubjects = 0

    /// How many deliveries came since the start.
    public var received = 0
    /// How many events were handled and acknowledged since the start.
    public var done = 0
    /// How many deliveries were acknowledged since the start because their event had been done before.
    public var duplicates = 0
    /// How many deliveries were acknowledged since the start because the filter does not want their event.
    public var filtered = 0
    /// How many events were parked since the start.
    public var parked = 0
    /// How often another attempt was put off since the start.
    public var retried = 0
    /// How many messages went to the dead-letter queue since the start.
    public var deadLettered = 0
}
