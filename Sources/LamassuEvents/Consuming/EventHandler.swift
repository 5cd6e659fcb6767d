// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

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

    /// Whether a new event makes a parked one of the same subject needless, as a revocation does with an activation.
    ///
    /// The parked one is then removed without having been done. By default no event does that, and the new one waits behind the parked one.
    ///
    /// - Parameters:
    ///   - new: an event that has just come.
    ///   - parked: an event of the same subject that waits in the ``ParkedStore``.
    /// - Returns: whether `parked` need not be handled any more.
    func supersedes(_ new: CloudEvent, _ parked: CloudEvent) -> Bool
}

extension EventHandler {
    /// No event supersedes another.
    public func supersedes(_ new: CloudEvent, _ parked: CloudEvent) -> Bool { false }
}
