// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How much an outbox holds, and what happens beyond that.
public struct OutboxLimits: Hashable, Sendable {
    /// What happens to an event for which the outbox has no room; a struct, so that a later release can add a policy.
    public struct Policy: Hashable, Sendable {
        package enum Kind: Hashable, Sendable { case refuse, dropOldest }

        package let kind: Kind

        /// The update operation is refused before it runs, so that no update happens without its event.
        public static let refuse = Policy(kind: .refuse)
        /// The oldest event that was not given out to be sent makes room; each one is logged and counted.
        public static let dropOldest = Policy(kind: .dropOldest)
    }

    /// How many events wait for their confirm at most, operations under way included; by default 10,000, at least 2.
    public var maximumEvents: Int
    /// How many bytes their payloads may have together; by default 64 MiB.
    ///
    /// An operation is let through while there is room for one more byte, because the size of its event is not known yet: the
    /// limit can be exceeded by one event for each operation under way.
    public var maximumBytes: Int
    /// How many parked events are kept at most; by default 1,000.
    ///
    /// Beyond that the oldest is dropped, logged and counted.
    public var maximumParked: Int
    /// How many bytes the payloads of the parked events may have together; by default 64 MiB.
    ///
    /// Beyond that the oldest are dropped, logged and counted; an event that is longer by itself is dropped instead of them.
    public var maximumParkedBytes: Int
    /// What happens when there is no room; by default ``Policy/refuse``.
    public var policy: Policy

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - maximumEvents: how many events wait for their confirm at most.
    ///   - maximumBytes: how many bytes their payloads may have together.
    ///   - maximumParked: how many parked events are kept at most.
    ///   - maximumParkedBytes: how many bytes their payloads may have together.
    ///   - policy: what happens when there is no room.
    public init(
        maximumEvents: Int = 10_000,
        maximumBytes: Int = 64 * 1024 * 1024,
        maximumParked: Int = 1_000,
        maximumParkedBytes: Int = 64 * 1024 * 1024,
        policy: Policy = .refuse
    ) {
        self.maximumEvents = maximumEvents
        self.maximumBytes = maximumBytes
        self.maximumParked = maximumParked
        self.maximumParkedBytes = maximumParkedBytes
        self.policy = policy
    }
}
