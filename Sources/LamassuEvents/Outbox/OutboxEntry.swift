// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// A stored event that was given out to be sent.
public struct OutboxEntry: Sendable {
    /// Names the event to its store; a later event of the same subject has a greater one.
    public var number: UInt64
    /// The subject, or what stands for it.
    public var lane: String
    /// The event with its extension `sequence`.
    public var event: CloudEvent
    /// How often it was deferred.
    public var attempts: Int

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - number: names the event to its store.
    ///   - lane: the subject, or what stands for it.
    ///   - event: the event.
    ///   - attempts: how often it was deferred.
    public init(number: UInt64, lane: String, event: CloudEvent, attempts: Int = 0) {
        self.number = number
        self.lane = lane
        self.event = event
        self.attempts = attempts
    }
}
