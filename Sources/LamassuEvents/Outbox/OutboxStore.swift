// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Keeps events from the operation that made them until the broker has confirmed them.
///
/// One store belongs to one publisher of one process. Where several processes share what is stored, each has a store of its own on it, and
/// a *subject* is leased to one of them at a time. A call that returns has taken effect as firmly as the store promises; one
/// that throws has had no effect, or one that a repetition does not double: an event is known by its source and id, and stored once.
///
/// Every member may be called from any task, and must not block the thread it is called on. Cancelling the calling task
/// does not undo what a call has begun.
public protocol OutboxStore: Sendable {
    /// Whether what the store has taken survives the end of the process and a power cut.
    var isDurable: Bool { get }

    /// How long a lease holds that is not renewed, for what this process leaves when it ends; `nil` where no other process shares the store.
    var leaseDuration: Duration? { get }

    // MARK: The service's side

    /// Makes room for the event of an operation that is about to run.
    ///
    /// - Parameters:
    ///   - intent: the event as far as it is known.
    ///   - isWriteAhead: whether the intent is to be written down, so that it outlives a crash; only of a store that is durable.
    /// - Throws: ``LamassuEventsError/Code/outboxFull`` and then the operation must not run; or why the store could not.
    func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError)

    /// Stores the event of an operation that has succeeded, in place of its intent; succeeds although the outbox is full.
    ///
    /// An intent that is not there any more, because another process has settled it, changes nothing: the event is stored.
    ///
    /// - Parameters:
    ///   - intent: what was prepared.
    ///   - submission: the event.
    /// - Returns: the events that were dropped to make room, oldest first; empty unless the policy of the store is to drop.
    func complete(_ intent: OutboxIntent, with submission: OutboxSubmission) async throws(LamassuEventsError) -> [EventSummary]

    /// Forgets an intent and its room: the operation failed, or is known not to have happened, or its event is lost, as was told.
    ///
    /// - Parameter intent: what was prepared.
    func abandon(_ intent: OutboxIntent) async throws(LamassuEventsError)

    /// Stores an event without an intent, unless it is known by its source and id.
    ///
    /// - Parameter submission: the event.
    /// - Returns: where the event is now, and which events were dropped to make room for it.
    /// - Throws: ``LamassuEventsError/Code/outboxFull``, or why the store could not.
    func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt

    /// The written intents of processes that are gone, oldest first; each is given to one process, whose it becomes.
    ///
    /// - Parameter limit: how many at most.
    /// - Returns: the intents; the caller completes or abandons each.
    func adoptIntents(limit: Int) async throws(LamassuEventsError) -> [OutboxIntent]

    // MARK: The relay's side

    /// Leases subjects that have events to be sent, and gives out their oldest events.
    ///
    /// A subject is given out that no process holds, that has no time of rest left (``OutboxSettlement/deferred(_:for:)``), and whose events
    /// are not parked. It stays with the caller until each of its events that were given out is settled, until ``release()``, or
    /// until another process takes it whose claim finds that the lease has run out.
    ///
    /// - Parameters:
    ///   - limit: how many events at most.
    ///   - perSubject: how many events of one subject at most.
    /// - Returns: the events, those of one subject in the order in which they were stored.
    /// - Throws: why the store could not. It may have given out something all the same, so that ``release()`` is called before the next claim.
    func claim(limit: Int, perSubject: Int) async throws(LamassuEventsError) -> [OutboxEntry]

    /// Notes what became of events that were given out; one that is not held any more is passed over.
    ///
    /// - Parameter settlements: what became of each.
    /// - Returns: the events that were dropped because as many are parked as may be, oldest first.
    func settle(_ settlements: [OutboxSettlement]) async throws(LamassuEventsError) -> [EventSummary]

    /// When the earliest time of rest ends of a subject that has events to be sent; `nil` where none rests.
    func nextDue() async throws(LamassuEventsError) -> ContinuousClock.Instant?

    /// Renews the leases of this process, on its subjects and on its intents.
    func renewLeases() async throws(LamassuEventsError)

    /// Gives back every subject that this process holds; its events are as if never given out.
    func release() async throws(LamassuEventsError)

    /// Takes note that the publisher has ended, as the last of its calls: a store that is not durable takes nothing more.
    ///
    /// - Returns: the events that are lost with it, oldest first; none where the store is durable, whose default this is.
    func close() async -> [EventSummary]

    // MARK: Looking in

    /// How much the store holds.
    func depth() async throws(LamassuEventsError) -> OutboxDepth

    /// The parked events, oldest first.
    ///
    /// - Parameter limit: how many at most.
    func parkedEvents(limit: Int) async throws(LamassuEventsError) -> [ParkedEvent]

    /// Puts a parked event back in line, behind what its subject has waiting.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was parked and can be sent.
    func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool

    /// Forgets a parked event.
    ///
    /// - Parameter id: which event.
    /// - Returns: which event it was; `nil` where it was not parked.
    func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> EventSummary?
}

extension OutboxStore {
    /// Does nothing, as befits a store that is durable.
    public func close() async -> [EventSummary] { [] }
}
