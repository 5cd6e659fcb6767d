// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import Logging
internal import Synchronization

/// A bus within one process, for a monolith that needs no broker: a bounded queue for each subscription.
///
/// **What it promises.** What every bus promises, for as long as the process lives: order within a subject, another attempt with a growing
/// delay, dead letters with the reason, and parking. A publisher waits while a subscription has no room, so that memory is bounded: by
/// ``HandlingConfiguration/prefetch`` events of each subscription. Whoever publishes within a handler, to a subscription that is full because
/// of it, waits until the publish timeout.
///
/// **What it does not.** It keeps nothing on disk. When the process ends without a drain, what is in the queues is lost; a drain handles
/// all of it, within ``HandlingConfiguration/drainTimeout``, and with it what is parked in a store that is not durable. What a durable
/// store has is left to the next start. The last dead letters are in ``deadLetters``.
public final class InProcessEventBus: EventBus {
    private struct Member {
        var subscription: Subscription
        var inbox: Inbox
        var worker: EventWorker
        var slots: Slots
    }

    private struct State {
        var members: [Member] = []
        var isRunning = false
        var isClosed = false
        /// How many publishers have room and are putting their event there.
        var delivering = 0
        var deadLetters = FIFO<DeadLetteredEvent>()
    }

    private let state = Mutex(State())
    private let runs = RunOnce()
    private let publishTimeout: Duration
    private let maximumDeadLetters: Int
    private let logger: Logger

    /// Makes a bus without subscriptions.
    ///
    /// - Parameters:
    ///   - publishTimeout: how long a publisher waits for a subscription that has no room; by default 30 seconds.
    ///   - maximumDeadLetters: how many dead letters are kept; beyond them the oldest goes. By default 1,000.
    ///   - logger: where the bus tells what happens; never anything of a payload.
    public init(publishTimeout: Duration = .seconds(30), maximumDeadLetters: Int = 1_000, logger: Logger) {
        self.publishTimeout = publishTimeout
        self.maximumDeadLetters = max(0, maximumDeadLetters)
        self.logger = logger
    }

    /// The last dead letters of all subscriptions, the oldest first.
    public var deadLetters: [DeadLetteredEvent] { self.state.withLock { Array($0.deadLetters.elements) } }

    /// Adds a subscription; before ``run()``.
    public func subscribe(
        _ subscription: Subscription, handler: any EventHandler, parkedStore: (any ParkedStore)?, observer: (any EventConsumerObserver)?
    ) throws(LamassuEventsError) {
        let inbox = Inbox(
            subscription.handling, filter: subscription.filter, isParking: parkedStore != nil, observer: observer, logger: self.logger)
        let worker = EventWorker(inbox: inbox, handler: handler, handling: subscription.handling, store: parkedStore) {
            parked, reason throws(LamassuEventsError) in
            self.keep(DeadLetteredEvent(subscription: subscription.name, event: parked.event, reason: reason))
        }
        let refusal = self.state.withLock { state -> LamassuEventsError? in
            if let refusal = subscription.refusal(among: state.members.map(\.subscription.name), isRunning: state.isRunning) {
                return refusal
            }
            state.members.append(
                Member(subscription: subscription, inbox: inbox, worker: worker, slots: Slots(subscription.handling.prefetch)))
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Puts an event into the queue of each subscription that wants it, of all or of none, and waits for room.
    ///
    /// - Parameter event: the event.
    /// - Throws: ``LamassuEventsError/Code/subscriptionFull`` after the publish timeout; ``LamassuEventsError/Code/closed`` once the bus drains;
    ///   ``LamassuEventsError/Code/cancelled``.
    public func publish(_ event: CloudEvent) async throws(LamassuEventsError) {
        let members = self.state.withLock { $0.members.filter { $0.subscription.filter.matches(event) } }
        var taken: [Slots] = []
        for member in members {
            guard await member.slots.take(within: self.publishTimeout) else {
                for slots in taken { slots.release() }
                if Task.isCancelled { throw LamassuEventsError(.cancelled, message: "the task that published was cancelled") }
                throw LamassuEventsError(
                    .subscriptionFull, message: "the subscription '\(member.subscription.name)' has no room for the event")
            }
            taken.append(member.slots)
        }
        let isClosed = self.state.withLock { state in
            if !state.isClosed { state.delivering += 1 }
            return state.isClosed
        }
        guard !isClosed else {
            for slots in taken { slots.release() }
            throw LamassuEventsError(.closed, message: "the bus is draining or has ended")
        }
        for member in members { member.inbox.received(self.incoming(event, for: member)) }
        let isLast = self.state.withLock { state in
            state.delivering -= 1
            return state.isClosed && state.delivering == 0
        }
        if isLast { self.drain() }
    }

    /// Brings events to the handlers until it is cancelled; then it takes no more, and handles what it has.
    ///
    /// - Throws: ``LamassuEventsError/Code/drainTimedOut`` when events were left after the drain timeout of their subscription, also in a
    ///   store that is not durable, which are lost; or, at once, ``LamassuEventsError/Code/alreadyRan``.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        let members = self.state.withLock { state in
            state.isRunning = true
            return state.members
        }
        for member in members { member.inbox.sessionOpened() }
        await withDrain { stop in
            await withDiscardingTaskGroup { group in
                for member in members { group.addTask { await member.worker.run(until: stop) } }
                await stop.wait()
            }
        } onCancel: {
            let isQuiet = self.state.withLock { state in
                state.isClosed = true
                return state.delivering == 0
            }
            // Else whoever delivers last does it, so that the drain finds every event that was taken.
            if isQuiet { self.drain() }
        }
        var left = 0
        for member in members {
            left += await Self.left(in: member)
            member.inbox.close()
        }
        guard left == 0 else {
            throw LamassuEventsError(.drainTimedOut, message: "\(left) events were not handled in time and are lost")
        }
    }

    /// How a subscription stands now.
    public func statistics(of name: String) -> EventConsumerStatistics? {
        self.state.withLock { $0.members.first { $0.subscription.name == name } }?.inbox.statistics
    }

    private func drain() {
        for member in self.state.withLock({ $0.members }) {
            member.inbox.drainRequested(finishingAll: true, finishingParked: member.worker.store?.isDurable == false)
        }
    }

    /// How many events of a subscription end with the process: those that are held, and those that are parked where nothing is kept.
    private static func left(in member: Member) async -> Int {
        let held = member.inbox.statistics.held
        guard let store = member.worker.store, !store.isDurable else { return held }
        let parked = try? await store.list(lane: nil, limit: .max)
        return held + (parked?.count ?? 0)
    }

    private func incoming(_ event: CloudEvent, for member: Member) -> IncomingEvent {
        IncomingEvent(.success(event), routingKey: event.type) {
            member.slots.release()
        } deadLetter: { reason in
            self.keep(DeadLetteredEvent(subscription: member.subscription.name, event: event, reason: reason))
        }
    }

    private func keep(_ letter: DeadLetteredEvent) {
        self.state.withLock { state in
            state.deadLetters.append(letter)
            if state.deadLetters.count > self.maximumDeadLetters { _ = state.deadLetters.popFirst() }
        }
    }
}
