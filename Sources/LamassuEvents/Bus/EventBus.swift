// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// Carries events from those that publish them to those that have subscribed, each of whom gets its own copy.
///
/// ```swift
/// try bus.subscribe(
///     Subscription("audit", filter: EventFilter(types: ["ca.#"])),
///     handler: EventRouter().on(.caCreate, as: CACertificate.self) { ca, event in
///         try await audit.record("CA \(ca.id) was created by \(event.source)")
///         return .done
///     })
/// try await bus.run()
/// ```
///
/// Every bus keeps these promises; its own documentation says what else it does:
/// - An event is settled when its effect is done, when it stands in the parked store, or when it is among the dead letters; never before.
///   Until then it comes again, so that a handler must be idempotent.
/// - Events of one subject are handled one after the other; those of other subjects do not wait for one that is tried again.
/// - What cannot be decoded, what a handler refuses, whose retry budget is spent, or what was delivered too often without an end goes to the
///   dead letters of its subscription, with the reason.
public protocol EventBus: Sendable {
    /// Publishes an event, and returns when the bus has it as safe as it keeps anything.
    ///
    /// - Parameter event: the event.
    func publish(_ event: CloudEvent) async throws(LamassuEventsError)

    /// Adds a subscription; before ``run()``.
    ///
    /// - Parameters:
    ///   - subscription: who wants which events.
    ///   - handler: what acts on them, such as an ``EventRouter``.
    ///   - parkedStore: keeps the events that wait for another attempt for longer; `nil` to have them held.
    ///   - observer: sees what becomes of each event; `nil` for nobody.
    /// - Throws: ``LamassuEventsError/Code/subscriptionRefused`` when the name is in use, or the bus runs already.
    func subscribe(
        _ subscription: Subscription, handler: any EventHandler, parkedStore: (any ParkedStore)?, observer: (any EventConsumerObserver)?
    ) throws(LamassuEventsError)

    /// Brings events to the handlers until it is cancelled; then it lets those go on that are under way, for the drain timeout of their
    /// subscription, and returns.
    ///
    /// - Throws: ``LamassuEventsError/Code/alreadyRan``; what else, the bus says.
    func run() async throws(LamassuEventsError)

    /// How a subscription stands now; `nil` where there is none of that name.
    ///
    /// - Parameter name: the subscription's name.
    /// - Returns: its statistics.
    func statistics(of name: String) -> EventConsumerStatistics?
}

extension EventBus {
    /// Adds a subscription without an observer; before ``run()``.
    ///
    /// - Parameters:
    ///   - subscription: who wants which events.
    ///   - handler: what acts on them, such as an ``EventRouter``.
    ///   - parkedStore: keeps the events that wait for another attempt for longer; by default they are held.
    /// - Throws: ``LamassuEventsError/Code/subscriptionRefused`` when the name is in use, or the bus runs already.
    public func subscribe(
        _ subscription: Subscription, handler: any EventHandler, parkedStore: (any ParkedStore)? = nil
    ) throws(LamassuEventsError) {
        try self.subscribe(subscription, handler: handler, parkedStore: parkedStore, observer: nil)
    }
}
