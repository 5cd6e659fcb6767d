// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
package import Logging
internal import Synchronization

/// Holds what was delivered and is not acknowledged: the state machine with the events themselves, between the bus and the handlers.
///
/// Every member may be called from any thread. Observer, log and metrics hear of a change after the lock was given back.
package final class Inbox: Sendable {
    package typealias DeliveryID = LaneStateMachine.DeliveryID

    package enum Next: Sendable {
        case handle(DeliveryID, ReceivedEvent)
        case deadLetter(DeliveryID, IncomingEvent, reason: String)
        /// To put it into the store; after no attempt, because others of its lane stand there.
        case park(DeliveryID, IncomingEvent, Parking)
        case resume(lane: String)
        case wait(until: ContinuousClock.Instant?)
        case drained
    }

    /// With what a delivery goes into the store.
    package struct Parking: Sendable {
        package var attempts: Int
        package var reason: String
        package var nextAttempt: ContinuousClock.Instant
    }

    private struct Item {
        var incoming: IncomingEvent
        var summary: EventSummary?
        /// Why it goes to the dead letters.
        var reason: String?
        var parking: Parking?
        /// By what it is known when it comes again; `nil` where its id promises nothing.
        var identity: EventSummary.Identity?
    }

    /// An event whose publisher promises that no other event of the same source has its id.
    private static func identity(of event: CloudEvent, _ summary: EventSummary) -> EventSummary.Identity? {
        guard summary.source.isCurrentGeneration, event[.sequence] != nil, event.id != "unknown" else { return nil }
        return summary.identity
    }

    private struct State: ~Copyable {
        var machine: LaneStateMachine
        var items: [DeliveryID: Item] = [:]
        var done: BoundedDictionary<EventSummary.Identity, Bool>
        var generator = SystemRandomNumberGenerator()
        var counts = EventConsumerStatistics()
    }

    /// What is to be done once the lock was given back.
    private struct Effects {
        var notices: [ConsumerNotice] = []
        var acknowledgement: (@Sendable () -> Void)?
        var wakes = false
    }

    private let state: Mutex<State>
    private let reporter: ConsumerReporter
    private let filter: EventFilter
    private let senderPolicy: EventSenderPolicy
    private let maximumDeliveries: Int?
    /// Wakes the task that starts handlers.
    package let wakeup = Wakeup()

    package init(
        _ handling: HandlingConfiguration, filter: EventFilter = .all, senderPolicy: EventSenderPolicy = .anyone, isParking: Bool = false,
        observer: (any EventConsumerObserver)?, logger: Logger
    ) {
        self.filter = filter
        self.senderPolicy = senderPolicy
        self.maximumDeliveries = handling.maximumDeliveries
        self.reporter = ConsumerReporter(observer: observer, logger: logger)
        self.state = Mutex(
            State(
                machine: LaneStateMachine(
                    limits: LaneStateMachine.Limits(
                        concurrency: handling.concurrency, backoff: handling.backoff, retryBudget: handling.retryBudget,
                        parkingDelay: isParking ? handling.parkingDelay : nil)),
                done: BoundedDictionary(limit: handling.rememberedEvents)))
    }

    package var statistics: EventConsumerStatistics {
        self.state.withLock { state in
            var statistics = state.counts
            statistics.held = state.machine.count
            statistics.busy = state.machine.busyCount
            statistics.backingOff = state.machine.backingOffCount
            statistics.parkedSubjects = state.machine.parkedLaneCount
            return statistics
        }
    }

    // MARK: The bus's side

    package func sessionOpened() {
        self.update { state, effects in
            state.counts.isConnected = true
            state.counts.lastError = nil
            effects.notices.append(.connected)
        }
    }

    package func received(_ incoming: IncomingEvent) {
        self.update { state, effects in
            state.counts.received += 1
            effects.wakes = true
            switch incoming.content {
            case .success(let event):
                let summary = EventSummary(event)
                effects.notices.append(.received(summary, isRedelivered: incoming.isRedelivered))
                if let reason = self.senderPolicy.refusal(of: summary, from: incoming.userID) {
                    // Not in the lane of its subject, which is not the sender's to hold up.
                    state.items[state.machine.receivedUnacceptable()] = Item(incoming: incoming, summary: summary, reason: reason)
                    return
                }
                guard self.filter.matches(event) else {
                    state.counts.filtered += 1
                    effects.acknowledgement = incoming.acknowledge
                    effects.notices.append(.filtered(summary))
                    return
                }
                let isPoisonous = self.maximumDeliveries.map { (incoming.deliveryCount ?? 0) >= $0 } ?? false
                let id = state.machine.received(lane: event.lane, isPoisonous: isPoisonous)
                let reason = isPoisonous ? "delivered \(incoming.deliveryCount ?? 0) times before, and never settled" : nil
                state.items[id] = Item(incoming: incoming, summary: summary, reason: reason, identity: Self.identity(of: event, summary))
            case .failure(let error):
                state.items[state.machine.receivedUnacceptable()] = Item(incoming: incoming, reason: error.message)
            }
        }
    }

    package func sessionEnded(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.update { state, effects in
            for id in state.machine.sessionEnded() { state.items[id] = nil }
            state.counts.isConnected = false
            state.counts.lastError = error
            effects.notices.append(.disconnected(error, retryingAfter: delay))
        }
    }

    /// Nothing comes for a while, of a bus whose deliveries outlive that.
    package func interrupted(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.update { state, effects in
            state.counts.isConnected = false
            state.counts.lastError = error
            effects.notices.append(.disconnected(error, retryingAfter: delay))
        }
    }

    /// - Parameters:
    ///   - finishingAll: whether what is here is still handled, because nobody else keeps it.
    ///   - finishingParked: whether what is parked is too, because the store does not keep it.
    package func drainRequested(finishingAll: Bool = false, finishingParked: Bool = false) {
        self.update { state, effects in
            state.machine.drainRequested(finishingAll: finishingAll, finishingParked: finishingParked)
            effects.wakes = true
        }
    }

    package func drainIsOverdue() {
        self.update { state, effects in
            state.machine.drainIsOverdue()
            effects.wakes = true
        }
    }

    /// Nothing more will come or be acknowledged.
    package func close() {
        self.update { state, _ in
            for id in state.machine.sessionEnded() { state.items[id] = nil }
            state.counts.isConnected = false
        }
    }

    // MARK: The handlers' side

    package func next() -> Next {
        while true {
            let next = self.update { state, effects -> Next? in
                switch state.machine.next(at: .now) {
                case .wait(let deadline): return .wait(until: deadline)
                case .drained: return .drained
                case .resume(let lane): return .resume(lane: lane)
                case .start(let id, let work, let attempt):
                    guard let item = state.items[id] else {
                        _ = state.machine.done(id)
                        return nil
                    }
                    guard work != .deadLetter, case .success(let event) = item.incoming.content else {
                        return .deadLetter(id, item.incoming, reason: item.reason ?? "no reason was given")
                    }
                    if let identity = item.identity, state.done[identity] != nil {
                        self.complete(id, isDuplicate: true, &state, &effects)
                        return nil
                    }
                    if work == .park {
                        let parking =
                            item.parking
                            ?? Parking(attempts: 0, reason: "an earlier event of the same subject is parked", nextAttempt: .now)
                        return .park(id, item.incoming, parking)
                    }
                    return .handle(
                        id,
                        ReceivedEvent(
                            event, attempt: attempt, isRedelivered: item.incoming.isRedelivered, userID: item.incoming.userID,
                            routingKey: item.incoming.routingKey))
                }
            }
            if let next { return next }
        }
    }

    /// The handler has returned.
    package func handled(_ id: DeliveryID, _ outcome: EventOutcome) {
        self.update { state, effects in
            effects.wakes = true
            switch outcome {
            case .done: self.complete(id, isDuplicate: false, &state, &effects)
            case .retry(let reason, let delay):
                let now = ContinuousClock.now
                let action = state.machine.retryRequested(id, after: delay, at: now, using: &state.generator)
                switch action {
                case .giveUp(_, let attempts):
                    state.items[id]?.reason = RetryBudget.reason(attempts: attempts, reason)
                case .park(_, let attempts, let deadline):
                    state.items[id]?.parking = Parking(attempts: attempts, reason: reason, nextAttempt: deadline)
                case .retry(_, _, let deadline):
                    state.counts.retried += 1
                    if let summary = state.items[id]?.summary {
                        effects.notices.append(.retrying(summary, reason: reason, after: deadline - now))
                    }
                case .forget: state.items[id] = nil
                case .none: break
                }
            case .deadLetter(let reason):
                switch state.machine.deadLetterRequested(id) {
                case .forget: state.items[id] = nil
                case .acknowledge, .none: state.items[id]?.reason = reason
                }
            }
        }
    }

    /// The copy among the dead letters is safe.
    package func deadLettered(_ id: DeliveryID) {
        self.update { state, effects in
            effects.wakes = true
            let item = state.items.removeValue(forKey: id)
            guard case .acknowledge = state.machine.done(id), let item else { return }
            state.counts.deadLettered += 1
            effects.acknowledgement = item.incoming.acknowledge
            effects.notices.append(.deadLettered(item.summary, reason: item.reason ?? ""))
        }
    }

    /// There is no copy among the dead letters yet.
    package func deadLetterFailed(_ id: DeliveryID, _ error: LamassuEventsError) {
        self.update { state, effects in
            effects.wakes = true
            let now = ContinuousClock.now
            switch state.machine.retryRequested(id, after: nil, at: now, using: &state.generator) {
            case .retry(_, _, let deadline):
                state.counts.retried += 1
                effects.notices.append(.deadLetterFailed(state.items[id]?.summary, error, after: deadline - now))
            case .forget: state.items[id] = nil
            case .park, .giveUp, .none: break
            }
        }
    }

    // MARK: Parked events

    package func foundParked(lane: String, until deadline: ContinuousClock.Instant) {
        self.update { state, effects in
            state.machine.foundParked(lane: lane, until: deadline)
            effects.wakes = true
        }
    }

    /// The delivery stands in the store, and is acknowledged.
    package func parked(_ id: DeliveryID, _ parking: Parking) {
        self.update { state, effects in
            effects.wakes = true
            let item = state.items.removeValue(forKey: id)
            let action = state.machine.parked(id, until: parking.nextAttempt)
            guard action != .none, let item else { return }
            // The store has it: when it comes again it need not be parked a second time.
            if let identity = item.identity { state.done.set(identity, to: true) }
            guard case .acknowledge = action, let summary = item.summary else { return }
            state.counts.parked += 1
            effects.acknowledgement = item.incoming.acknowledge
            effects.notices.append(.parked(summary, reason: parking.reason, after: parking.nextAttempt - .now))
        }
    }

    package func parkFailed(_ id: DeliveryID, _ error: LamassuEventsError) {
        self.update { state, effects in
            effects.wakes = true
            let now = ContinuousClock.now
            switch state.machine.parkFailed(id, at: now, using: &state.generator) {
            case .retry(_, _, let deadline):
                state.items[id]?.parking = nil
                effects.notices.append(.parkedStoreFailed(error, after: deadline - now))
            case .forget: state.items[id] = nil
            case .park, .giveUp, .none: break
            }
        }
    }

    /// The delivery has taken the place of parked ones; of all that its lane had where `isAlone`, so that it is handled now.
    package func superseded(_ superseded: [EventSummary], by id: DeliveryID, isAlone: Bool) {
        self.update { state, effects in
            effects.wakes = true
            effects.notices += superseded.map { .superseded($0) }
            guard isAlone, case .forget = state.machine.superseded(id) else { return }
            state.items[id] = nil
        }
    }

    /// A parked event was handled; what became of it is told, and when the lane goes on.
    package func resumed(_ lane: String, _ end: ParkedEnd?, next deadline: ContinuousClock.Instant?) {
        self.update { state, effects in
            effects.wakes = true
            state.machine.resumed(lane, next: deadline)
            switch end {
            case .done(let summary):
                state.counts.done += 1
                effects.notices.append(.done(summary, isDuplicate: false))
            case .retry(let summary, let reason, let delay):
                state.counts.retried += 1
                effects.notices.append(.retrying(summary, reason: reason, after: delay))
            case .deadLetter(let summary, let reason):
                // The store has it no longer, and nobody has done it: whoever puts the letter back wants it handled.
                state.done.remove(summary.identity)
                state.counts.deadLettered += 1
                effects.notices.append(.deadLettered(summary, reason: reason))
            case .failed(let error, let delay): effects.notices.append(.parkedStoreFailed(error, after: delay))
            case nil: break
            }
        }
    }

    /// What became of an attempt at a parked event.
    package enum ParkedEnd: Sendable {
        case done(EventSummary)
        case retry(EventSummary, reason: String, after: Duration)
        case deadLetter(EventSummary, reason: String)
        case failed(LamassuEventsError, retryingAfter: Duration)
    }

    /// The store could not be read at the start.
    package func loadFailed(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.update { _, effects in effects.notices.append(.parkedStoreFailed(error, after: delay)) }
    }

    // MARK: Inside

    /// The effect is done: the event is acknowledged if its session lives, and known when it comes again.
    private func complete(_ id: DeliveryID, isDuplicate: Bool, _ state: inout State, _ effects: inout Effects) {
        let action = state.machine.done(id)
        guard action != .none, let item = state.items.removeValue(forKey: id) else { return }
        if let identity = item.identity { state.done.set(identity, to: true) }
        guard case .acknowledge = action else { return }
        effects.acknowledgement = item.incoming.acknowledge
        if isDuplicate { state.counts.duplicates += 1 } else { state.counts.done += 1 }
        if let summary = item.summary { effects.notices.append(.done(summary, isDuplicate: isDuplicate)) }
    }

    /// Changes the state, then does what follows from it without the lock.
    @discardableResult
    private func update<Value: Sendable>(_ body: (inout State, inout Effects) -> Value) -> Value {
        let (value, effects, held) = self.state.withLock { state -> (Value, Effects, Int) in
            var effects = Effects()
            let value = body(&state, &effects)
            self.reporter.post(effects.notices)
            return (value, effects, state.machine.count)
        }
        effects.acknowledgement?()
        if effects.wakes { self.wakeup.signal() }
        if !effects.notices.isEmpty { self.reporter.report(effects.notices, held: held) }
        return value
    }
}
