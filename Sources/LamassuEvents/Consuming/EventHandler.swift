// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Acts on events.
public protocol EventHandler: Sendable {
    /// Acts on one event.
    ///
    /// Called for one event of a subject at a time, in the order in which the queue delivers them, and for several subjects at once. The
    /// same event may come more than once, so the effect must be idempotent. When the consumer's time to drain is over the task is
    /// cancelled; the handler should then return soon, with ``EventOutcome/retry(reason:after:)`` if the effect is not done.
    ///
    /// - Parameter event: the event and how it came.
    /// - Returns: whether the effect is done, or what to do about it.
    func handle(_ event: ReceivedEvent) async -> EventOutcome
}
