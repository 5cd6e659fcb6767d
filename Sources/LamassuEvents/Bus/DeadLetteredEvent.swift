// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// A dead letter of an ``InProcessEventBus``.
public struct DeadLetteredEvent: Hashable, Sendable {
    /// The subscription that could not handle it.
    public var subscription: String
    /// The event.
    public var event: CloudEvent
    /// Why it can never be handled.
    public var reason: String
}
