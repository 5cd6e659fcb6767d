// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import CloudEvents
package import Logging
internal import Synchronization

/// Holds what is to be published, in memory: the state machine with the events themselves, between the service and the relay.
///
/// Every member may be called from any thread. Observer, log and metrics hear of a change after the lock was given back.
package final class Outbox: Sendable {
    package typealias EntryID = OutboxStateMachine.EntryID

    package enum Next: Sendable {
        case publish(EntryID, CloudEvent)
        case wait(until: ContinuousClock.Instant?)
        case endSession
        case drained
    }

    private struct Item {
        /// `nil` where not even an event could be made.
        var event: CloudEvent?
        var summary: EventSummary
        var confirmation: EventConfirmation?
        /// Why it is parked.
        var error: LamassuEventsError?
    }

    private struct State: ~Copyable {
        var machine: OutboxStateMachine
        var items: [EntryID: Item] = [:]
        var sequences: SequenceNumbers
        var generator = SystemRandomNumberGenerator()
        var counts = EventPublisherStatistics()
        var isDraining = false
    }

    /// What is to be done once the lock was given back.
    private struct Effects {
        var notices: [PublisherNotice] = []
        var resolutions: [(EventConfirmation, EventConfirmation.Outcome)] = []
        var wakes = false

        mutating func end(_ item: Item?, _ outcome: EventConfirmation.Outcome) {
            if let confirmation = item?.confirmation { self.resolutions.append((confirmation, outcome)) }
        }
    }

    private let state: Mutex<State>
    private let reporter: PublisherReporter
    private let maximumEventBytes: Int
    /// Wakes the relay.
    package let wakeup = Wakeup()

    package init(_ configuration: EventPublisherConfiguration, observer: (any EventPublisherObserver)?, logger: Logger) {
        let limits = configuration.limits
        self.maximumEventBytes = limits.maximumEventBytes
        self.reporter = PublisherReporter(observer: observer, logger: logger)
        self.state = Mutex(
            State(
                machine: OutboxStateMachine(
                    limits: OutboxStateMachine.Limits(
                        events: limits.maximumEvents, bytes: limits.maximumBytes, parked: limits.maximumParked,
                        window: configuration.window, dropsOldest: limits.policy.kind == .dropOldest, backoff: configuration.backoff)),
                sequences: SequenceNumbers(limit: limits.maximumEvents)))
    }

    // MARK: The service's side

    /// Makes room for the event of an operation that is about to run.
    package func reserve() throws(LamassuEventsError) {
        let error = self.update { state, effects -> LamassuEventsError? in
            guard case .refused(let refusal) = state.machine.reserve() else { return nil }
            return Self.refuse(refusal, &state, &effects)
        }
        if let error { throw error }
    }

    /// Gives back the room: the operation failed.
    package func release() {
        self.update { state, effects in
            state.machine.reservationReleased()
            effects.wakes = state.isDraining
        }
    }

    /// Stores an event, or parks at once what cannot be one.
    ///
    /// - Parameters:
    ///   - content: the event, or why there is none.
    ///   - summary: which event.
    ///   - isReserved: whether its operation had made room: then it is refused only by a closed outbox, which is reported as a loss.
    ///   - confirmation: who waits for its confirm.
    package func store(
        _ content: Result<CloudEvent, LamassuEventsError>, summary: EventSummary, isReserved: Bool, confirmation: EventConfirmation? = nil
    ) throws(LamassuEventsError) {
        var bytes = 0
        var lane = summary.subject ?? summary.type.rawValue
        if case .success(let event) = content { (bytes, lane) = (event.dataBytes, event.lane) }
        let error = self.update { state, effects -> LamassuEventsError? in
            switch state.machine.enqueued(lane: lane, bytes: bytes, isReserved: isReserved) {
            case .refused(let refusal):
                let error = Self.refuse(refusal, &state, &effects)
                if isReserved {
                    state.counts.dropped += 1
                    effects.notices.append(.dropped(summary, error))
                }
                return error
            case .stored(let id, let dropped):
                for id in dropped { Self.drop(id, Self.madeRoom, &state, &effects) }
                state.counts.stored += 1
                effects.notices.append(.stored(summary))
                effects.wakes = state.machine.isUp || state.isDraining
                state.items[id] = Item(summary: summary, confirmation: confirmation)
                switch content {
                case .success(var event):
                    event[.sequence] = .string(state.sequences.next(for: lane, at: .now))
                    state.items[id]?.event = event
                    if bytes > self.maximumEventBytes {
                        let error = Self.tooLarge(bytes, limit: self.maximumEventBytes)
                        Self.park(state.machine.rejected(id), error, &state, &effects)
                    }
                case .failure(let error): Self.park(state.machine.rejected(id), error, &state, &effects)
                }
                return nil
            }
        }
        if let error { throw error }
    }

    package var statistics: EventPublisherStatistics {
        self.state.withLock { state in
            var statistics = state.counts
            statistics.depth = state.machine.count
            statistics.bytes = state.machine.bytes
            statistics.inFlight = state.machine.inFlightCount
            statistics.backingOff = state.machine.backingOffCount
            statistics.parked = state.machine.parkedCount
            return statistics
        }
    }

    package var parkedEvents: [ParkedEvent] {
        self.state.withLock { state in
            let items = state.items
            return state.machine.parkedIDs.compactMap { id in
                guard let item = items[id], let error = item.error else { return nil }
                return ParkedEvent(id: ParkedEvent.ID(number: id), event: item.summary, error: error)
            }
        }
    }

    /// Puts a parked event back in line; one of which not even an event could be made stays where it is.
    package func retry(_ id: ParkedEvent.ID) -> Bool {
        self.update { state, effects in
            guard state.items[id.number]?.event != nil, state.machine.retryRequested(id.number) else { return false }
            state.items[id.number]?.error = nil
            effects.wakes = state.machine.isUp
            return true
        }
    }

    /// Forgets a parked event.
    package func discard(_ id: ParkedEvent.ID) -> Bool {
        self.update { state, effects in
            guard state.machine.discardRequested(id.number) else { return false }
            Self.drop(id.number, Self.discarded, &state, &effects)
            return true
        }
    }

    // MARK: The relay's side

    package func next(at now: ContinuousClock.Instant = .now) -> Next {
        self.state.withLock { state in
            while true {
                switch state.machine.next(at: now) {
                case .publish(let id):
                    if let event = state.items[id]?.event { return .publish(id, event) }
                    _ = state.machine.rejected(id)
                case .wait(let deadline): return .wait(until: deadline)
                case .endSession: return .endSession
                case .drained: return .drained
                }
            }
        }
    }

    package func sessionOpened() {
        self.update { state, effects in
            state.machine.sessionOpened()
            state.counts.isConnected = true
            state.counts.lastError = nil
            effects.notices.append(.connected)
        }
    }

    package func sessionBroke() {
        self.update { state, effects in
            state.machine.sessionBroke()
            effects.wakes = true
        }
    }

    /// Every publish of the session has ended.
    ///
    /// - Parameters:
    ///   - error: why the session ended.
    ///   - isRefusal: whether the broker refused something that was sent in it.
    ///   - delay: when the next one is tried.
    package func sessionEnded(_ error: LamassuEventsError, isRefusal: Bool, retryingAfter delay: Duration) {
        self.update { state, effects in
            let now = ContinuousClock.now
            let action = state.machine.sessionEnded(isRefusal: isRefusal, at: now, using: &state.generator)
            state.counts.isConnected = false
            state.counts.lastError = error
            effects.notices.append(.disconnected(error, retryingAfter: delay))
            Self.retry(action.fault, error, at: now, &state, &effects)
            Self.park(action.parked, error, &state, &effects)
        }
    }

    package func confirmed(_ id: EntryID) {
        self.update { state, effects in
            guard state.machine.confirmed(id), let item = state.items.removeValue(forKey: id) else { return }
            state.counts.confirmed += 1
            effects.notices.append(.confirmed(item.summary))
            effects.end(item, .success(()))
            effects.wakes = true
        }
    }

    /// The event did not reach a queue, but may later.
    package func failed(_ id: EntryID, _ error: LamassuEventsError) {
        self.update { state, effects in
            let now = ContinuousClock.now
            Self.retry(state.machine.failed(id, at: now, using: &state.generator), error, at: now, &state, &effects)
            effects.wakes = true
        }
    }

    /// The event can never be sent as it is.
    package func rejected(_ id: EntryID, _ error: LamassuEventsError) {
        self.update { state, effects in
            Self.park(state.machine.rejected(id), error, &state, &effects)
            effects.wakes = true
        }
    }

    package func drainRequested() {
        self.update { state, effects in
            state.machine.drainRequested()
            state.isDraining = true
            effects.wakes = true
        }
    }

    /// Whether a drain is complete.
    package var isDrained: Bool { self.state.withLock { $0.machine.isDrained } }

    /// Takes nothing more, and gives up what is not confirmed.
    ///
    /// - Returns: how many events that is.
    package func close() -> Int {
        self.update { state, effects in
            let unconfirmed = state.machine.closed()
            state.counts.isConnected = false
            for id in unconfirmed { Self.drop(id, Self.notDrained, &state, &effects) }
            return unconfirmed.count
        }
    }
}

// MARK: Effects

extension Outbox {
    private static let madeRoom = LamassuEventsError(
        .dropped, message: "the outbox was full, and its policy is to drop the oldest: raise its limits, or refuse instead")
    private static let parkedFull = LamassuEventsError(
        .dropped, message: "as many events are parked as may be, and this was the oldest: retry or discard some, or raise maximumParked")
    private static let discarded = LamassuEventsError(.dropped, message: "the parked event was discarded by hand")
    private static let notDrained = LamassuEventsError(
        .drainTimedOut, message: "the publisher ended before the broker had confirmed the event")

    private static func tooLarge(_ bytes: Int, limit: Int) -> LamassuEventsError {
        LamassuEventsError(.eventTooLarge, message: "a payload of \(bytes) bytes, \(limit) are allowed: raise maximumEventBytes")
    }

    /// Changes the state, then does what follows from it without the lock.
    @discardableResult
    private func update<Value: Sendable>(_ body: (inout State, inout Effects) -> Value) -> Value {
        let (value, effects, depth, bytes) = self.state.withLock { state -> (Value, Effects, Int, Int) in
            var effects = Effects()
            let value = body(&state, &effects)
            self.reporter.post(effects.notices)
            return (value, effects, state.machine.count, state.machine.bytes)
        }
        if effects.wakes { self.wakeup.signal() }
        for (confirmation, outcome) in effects.resolutions { confirmation.resolve(outcome) }
        if !effects.notices.isEmpty { self.reporter.report(effects.notices, depth: depth, bytes: bytes) }
        return value
    }

    private static func refuse(
        _ refusal: OutboxStateMachine.Refusal, _ state: inout State, _ effects: inout Effects
    ) -> LamassuEventsError {
        switch refusal {
        case .full:
            let error = LamassuEventsError(
                .outboxFull,
                message:
                    "\(state.machine.count) events of \(state.machine.bytes) bytes wait for the broker: is it away? Or raise the limits")
            state.counts.refused += 1
            effects.notices.append(.refused(error))
            return error
        case .closed:
            return LamassuEventsError(.closed, message: "the publisher is draining or has ended")
        }
    }

    private static func drop(_ id: EntryID, _ error: LamassuEventsError, _ state: inout State, _ effects: inout Effects) {
        guard let item = state.items.removeValue(forKey: id) else { return }
        state.counts.dropped += 1
        effects.notices.append(.dropped(item.summary, error))
        effects.end(item, .failure(error))
    }

    private static func retry(
        _ action: OutboxStateMachine.FailureAction, _ error: LamassuEventsError, at now: ContinuousClock.Instant, _ state: inout State,
        _ effects: inout Effects
    ) {
        guard case .retry(let id, _, let deadline) = action, let item = state.items[id] else { return }
        state.counts.retried += 1
        effects.notices.append(.retrying(item.summary, error, after: deadline - now))
    }

    private static func park(
        _ action: OutboxStateMachine.ParkAction, _ error: LamassuEventsError, _ state: inout State, _ effects: inout Effects
    ) {
        guard case .parked(let id, let dropped) = action, var item = state.items[id] else { return }
        effects.notices.append(.parked(item.summary, error))
        effects.end(item, .failure(LamassuEventsError(.parked, message: "the event was parked: \(error)")))
        item.error = error
        item.confirmation = nil
        state.items[id] = item
        if let dropped { Self.drop(dropped, Self.parkedFull, &state, &effects) }
    }
}
