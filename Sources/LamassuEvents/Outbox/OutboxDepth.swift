// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// How much a store holds.
public struct OutboxDepth: Hashable, Sendable {
    /// How many events wait for their confirm, those given out included and parked ones not.
    public var events = 0
    /// How many bytes their payloads have together.
    public var bytes = 0
    /// When the oldest of them was stored; `nil` where there is none.
    public var oldest: Timestamp?
    /// How many events are parked.
    public var parked = 0
    /// How many operations are under way, or were left open by a crash.
    public var intents = 0

    /// Makes a depth of nothing.
    public init() {}
}
