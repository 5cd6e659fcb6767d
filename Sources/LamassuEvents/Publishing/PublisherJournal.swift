// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a publisher knows of its operations and events, and tells observer, log and metrics of them in the order of what happened.
///
/// Every member may be called from any thread. Observer, log and metrics hear of a change after the lock was given back.
final class PublisherJournal: Sendable {
    private struct State {
        var statistics = EventPublisherStatistics()
        var phase = Phase.open
        /// Events that are about to be stored, by id; true where that was told already, because the relay was faster than the one who stores.
        var underWay: [String: Bool] = [:]
        /// How many of those have an intent that is written down.
        var writtenIntents = 0
        /// Until when the relay looks after the leases of intents without being told.
        var renewalIsArmedUntil: ContinuousClock.Instant?
        var waiting: [EventSummary.Identity: [EventConfirmation]] = [:]
        /// What became of events of which the store does not know it yet, so that it still takes them for waiting.
        var unsettled: [EventSummary.Identity: EventConfirmation.Outcome] = [:]
    }

    private enum Phase { case open, draining, ended }

    /// What is to be done once the lock was given back.
    struct Effects {
        fileprivate var notices: [PublisherNotice] = []
        fileprivate var resolutions: [(EventConfirmation, EventConfirmation.Outcome)] = []
    }

    private let state = Mutex(State())
    private let reporter: PublisherReporter
    /// Whether operations are taken after a drain has begun, because their events survive.
    private let isDurable: Bool

    init(isDurable: Bool, reporter: PublisherReporter) {
        self.isDurable = isDurable
        self.reporter = reporter
    }

    var statistics: EventPublisherStatistics { self.state.withLock { $0.statistics } }

    /// Whether events may still be stored that a drain has to wait for.
    var hasOperations: Bool { self.state.withLock { !$0.underWay.isEmpty } }

    /// Whether intents are open whose leases have to be renewed.
    var hasWrittenIntents: Bool {
        self.state.withLock { $0.writtenIntents > 0 || $0.renewalIsArmedUntil.map { $0 > .now } ?? false }
    }

    /// Whether the relay has to be told of an open intent, because it would not look by itself within this time.
    func armRenewal(within interval: Duration) -> Bool {
        let now = ContinuousClock.now
        return self.state.withLock { state in
            guard state.renewalIsArmedUntil.map({ $0 <= now }) ?? true else { return false }
            state.renewalIsArmedUntil = now + interval
            return true
        }
    }

    // MARK: Operations

    /// An operation is about to run, or an event to be stored.
    ///
    /// - Throws: ``LamassuEventsError/Code/closed``.
    func began(_ id: String, isWriteAhead: Bool = false) throws(LamassuEventsError) {
        let isTaken = self.state.withLock { state in
            guard self.isDurable || state.phase == .open else { return false }
            state.underWay[id] = false
            if isWriteAhead { state.writtenIntents += 1 }
            return true
        }
        guard isTaken else { throw LamassuEventsError(.closed, message: "the publisher is draining or has ended") }
    }

    /// The operation is over, and there is nothing to be stored, or not any more.
    ///
    /// - Returns: whether a drain may have waited for it.
    func ended(_ id: String, isWriteAhead: Bool = false) -> Bool {
        self.state.withLock { state in
            state.underWay[id] = nil
            if isWriteAhead { state.writtenIntents -= 1 }
            return state.phase != .open
        }
    }

    /// An operation did not run, or an event was not taken.
    func refused(_ error: LamassuEventsError) {
        self.update { state, effects in
            state.statistics.refused += 1
            effects.notices.append(.refused(error))
        }
    }

    /// Somebody is about to store an event and to wait for its confirm.
    ///
    /// - Returns: whether the event is to be stored; false where what becomes of it is known, and told to the confirmation.
    /// - Throws: ``LamassuEventsError/Code/closed`` where there will be no confirm.
    func awaits(_ event: EventSummary, _ confirmation: EventConfirmation) throws(LamassuEventsError) -> Bool {
        let (isTaken, outcome) = self.state.withLock { state -> (Bool, EventConfirmation.Outcome?) in
            if let outcome = state.unsettled[event.identity] { return (true, outcome) }
            guard state.phase != .ended else { return (false, nil) }
            state.waiting[event.identity, default: []].append(confirmation)
            return (true, nil)
        }
        guard isTaken else { throw LamassuEventsError(.closed, message: "the publisher has ended") }
        if let outcome { confirmation.resolve(outcome) }
        return outcome == nil
    }

    /// One who waited for an event waits no longer.
    func awaitsNoLonger(_ event: EventSummary, _ confirmation: EventConfirmation) {
        self.state.withLock { state in
            guard var waiting = state.waiting[event.identity] else { return }
            waiting.removeAll { $0 === confirmation }
            state.waiting[event.identity] = waiting.isEmpty ? nil : waiting
        }
    }

    /// An event is in the store, or parked there, and others were dropped for it; its operation is over.
    ///
    /// - Returns: whether a drain may have waited for it.
    func stored(_ submission: OutboxSubmission, dropped: [EventSummary], isWriteAhead: Bool = false) -> Bool {
        self.update { state, effects in
            let wasTold = state.underWay.removeValue(forKey: submission.summary.id) ?? false
            if isWriteAhead { state.writtenIntents -= 1 }
            if !wasTold { Self.store(submission.summary, &state, &effects) }
            if let error = submission.error { Self.park(submission.summary, error, &state, &effects) }
            let reason = submission.error == nil ? Self.madeRoom : Self.parkedFull
            for event in dropped { Self.drop(event, reason, &state, &effects) }
            return state.phase != .open
        }
    }

    /// The store failed, and is tried again unless it was about an intent that is done without.
    func storeFailed(_ error: LamassuEventsError, retryingAfter delay: Duration?) {
        self.update { state, effects in
            state.statistics.storeFailures += 1
            effects.notices.append(.storeFailed(error, retryingAfter: delay))
        }
    }

    func dropped(_ events: [EventSummary], _ error: LamassuEventsError) {
        guard !events.isEmpty else { return }
        self.update { state, effects in
            for event in events { Self.drop(event, error, &state, &effects) }
        }
    }

    /// Events were dropped because as many are parked as may be.
    func droppedParked(_ events: [EventSummary]) { self.dropped(events, Self.parkedFull) }

    /// A parked event was dropped by hand.
    func discarded(_ event: EventSummary) { self.dropped([event], Self.discarded) }

    // MARK: Intents

    /// An intent that was left open is settled.
    func resolved(_ intent: OutboxIntent, happened: Bool) {
        self.update { state, effects in
            state.statistics.resolved += 1
            effects.notices.append(.resolved(intent, happened: happened))
        }
    }

    /// An intent that was left open could not be settled yet.
    func unresolved(_ intent: OutboxIntent, _ error: any Error, retryingAfter delay: Duration) {
        self.update { _, effects in effects.notices.append(.unresolved(intent, "\(error)", retryingAfter: delay)) }
    }

    /// Intents that were left open by a crash belong to this process now, or no longer do.
    func adopted(_ change: Int) {
        self.state.withLock { $0.writtenIntents += change }
    }

    // MARK: The relay

    func connected() {
        self.update { state, effects in
            state.statistics.isConnected = true
            state.statistics.lastError = nil
            effects.notices.append(.connected)
        }
    }

    func disconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.update { state, effects in
            state.statistics.isConnected = false
            state.statistics.lastError = error
            effects.notices.append(.disconnected(error, retryingAfter: delay))
        }
    }

    /// What becomes of events is decided; ``published(_:inFlight:)`` follows, and ``settled(_:)`` when the store knows it.
    func decided(_ outcomes: [(EventSummary, PublishOutcome)]) {
        self.state.withLock { state in
            for (event, outcome) in outcomes {
                switch outcome {
                case .confirmed: state.unsettled[event.identity] = .success(())
                case .parked(let error): state.unsettled[event.identity] = .failure(Self.parked(error))
                case .retrying: break
                }
            }
        }
    }

    /// Notes what became of events that were published; in one go, because there are many.
    func published(_ outcomes: [(EventSummary, PublishOutcome)], inFlight: Int) {
        self.update { state, effects in
            state.statistics.inFlight = inFlight
            for (event, outcome) in outcomes {
                if state.underWay[event.id] == false {
                    state.underWay[event.id] = true
                    Self.store(event, &state, &effects)
                }
                switch outcome {
                case .confirmed:
                    state.statistics.confirmed += 1
                    effects.notices.append(.confirmed(event))
                    Self.resolve(event, .success(()), &state, &effects)
                case .retrying(let error, let delay):
                    state.statistics.retried += 1
                    effects.notices.append(.retrying(event, error, after: delay))
                case .parked(let error): Self.park(event, error, &state, &effects)
                }
            }
        }
    }

    /// The store knows what became of events.
    func settled(_ events: [EventSummary]) {
        self.state.withLock { state in
            for event in events { state.unsettled[event.identity] = nil }
        }
    }

    /// How much the store holds.
    func measured(_ depth: OutboxDepth) { self.reporter.record(depth) }

    // MARK: The end

    func drainRequested() {
        self.state.withLock { state in
            if state.phase == .open { state.phase = .draining }
        }
    }

    /// Nobody relays any more; whoever waits for a confirm waits in vain.
    func runEnded(losing events: [EventSummary]) {
        self.update { state, effects in
            state.phase = .ended
            state.statistics.isConnected = false
            state.statistics.inFlight = 0
            for event in events { Self.drop(event, Self.notDrained, &state, &effects) }
            let outcome = self.isDurable ? Self.keptInStore : Self.notDrained
            for confirmation in state.waiting.values.joined() { effects.resolutions.append((confirmation, .failure(outcome))) }
            state.waiting = [:]
        }
    }
}

// MARK: Effects

extension PublisherJournal {
    private static let madeRoom = LamassuEventsError(
        .dropped, message: "the outbox was full, and its policy is to drop the oldest: raise its limits, or refuse instead")
    private static let parkedFull = LamassuEventsError(
        .dropped, message: "as many events, or bytes of them, are parked as may be: retry or discard some, or raise the limits")
    private static let discarded = LamassuEventsError(.dropped, message: "the parked event was discarded by hand")
    private static let notDrained = LamassuEventsError(
        .drainTimedOut, message: "the publisher ended before the broker had confirmed the event")
    private static let keptInStore = LamassuEventsError(
        .closed, message: "the publisher ended before the broker had confirmed the event, which stays in the store")

    /// Changes the state, then does what follows from it without the lock.
    private func update<Value: Sendable>(_ body: (inout State, inout Effects) -> Value) -> Value {
        let (value, effects) = self.state.withLock { state -> (Value, Effects) in
            var effects = Effects()
            let value = body(&state, &effects)
            self.reporter.post(effects.notices)
            return (value, effects)
        }
        for (confirmation, outcome) in effects.resolutions { confirmation.resolve(outcome) }
        if !effects.notices.isEmpty { self.reporter.report(effects.notices) }
        return value
    }

    private static func resolve(
        _ event: EventSummary, _ outcome: EventConfirmation.Outcome, _ state: inout State, _ effects: inout Effects
    ) {
        guard !state.waiting.isEmpty, let waiting = state.waiting.removeValue(forKey: event.identity) else { return }
        for confirmation in waiting { effects.resolutions.append((confirmation, outcome)) }
    }

    private static func store(_ event: EventSummary, _ state: inout State, _ effects: inout Effects) {
        state.statistics.stored += 1
        effects.notices.append(.stored(event))
    }

    private static func drop(_ event: EventSummary, _ error: LamassuEventsError, _ state: inout State, _ effects: inout Effects) {
        state.statistics.dropped += 1
        effects.notices.append(.dropped(event, error))
        Self.resolve(event, .failure(error), &state, &effects)
    }

    private static func park(_ event: EventSummary, _ error: LamassuEventsError, _ state: inout State, _ effects: inout Effects) {
        state.statistics.parked += 1
        effects.notices.append(.parked(event, error))
        Self.resolve(event, .failure(Self.parked(error)), &state, &effects)
    }

    private static func parked(_ error: LamassuEventsError) -> LamassuEventsError {
        LamassuEventsError(.parked, message: "the event was parked: \(error)")
    }
}

/// What became of an event that was published.
enum PublishOutcome: Sendable {
    case confirmed
    case retrying(LamassuEventsError, after: Duration)
    case parked(LamassuEventsError)
}
