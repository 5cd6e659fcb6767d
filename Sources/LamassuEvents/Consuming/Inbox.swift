// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents
package import Logging
internal import Synchronization

/// Holds what was delivered and is not acknowledged: the state machine with the messages themselves, between the session and the handlers.
///
/// Every member may be called from any thread. Observer, log and metrics hear of a change after the lock was given back.
package final class Inbox: Sendable {
    package typealias DeliveryID = LaneStateMachine.DeliveryID

    package enum Next: Sendable {
        case handle(DeliveryID, ReceivedEvent)
        case deadLetter(DeliveryID, IncomingMessage, reason: String)
        case wait(until: ContinuousClock.Instant?)
        case drained
    }

    private struct Item {
        var message: IncomingMessage
        var event: CloudEvent?
        var summary: EventSummary?
        /// Why it goes to the dead-letter queue.
        var reason: String?
        /// By what it is known when it comes again; `nil` where its id promises nothing.
        var identity: CloudEvent.Identity?
    }

    /// An event whose publisher promises that no other event of the same source has its id.
    private static func identity(of event: CloudEvent) -> CloudEvent.Identity? {
        let source = EventSource(rawValue: event.source.description)
        guard source.isCurrentGeneration, event[.sequence] != nil, event.id != "unknown" else { return nil }
        return event.identity
    }

    private struct State: ~Copyable {
        var machine: LaneStateMachine
        var items: [DeliveryID: Item] = [:]
        var done: BoundedDictionary<CloudEvent.Identity, Bool>
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
    private let acceptsPlainJSON: Bool
    private let senderPolicy: EventSenderPolicy
    /// Wakes the task that starts handlers.
    package let wakeup = Wakeup()

    package init(_ configuration: EventConsumerConfiguration, observer: (any EventConsumerObserver)?, logger: Logger) {
        self.acceptsPlainJSON = configuration.acceptsPlainJSON
        self.senderPolicy = configuration.senderPolicy
        self.reporter = ConsumerReporter(observer: observer, logger: logger)
        self.state = Mutex(
            State(
                machine: LaneStateMachine(
                    limits: LaneStateMachine.Limits(concurrency: configuration.concurrency, backoff: configuration.backoff)),
                done: BoundedDictionary(limit: configuration.rememberedEvents)))
    }

    package var statistics: EventConsumerStatistics {
        self.state.withLock { state in
            var statistics = state.counts
            statistics.held = state.machine.count
            statistics.busy = state.machine.busyCount
            statistics.backingOff = state.machine.backingOffCount
            return statistics
        }
    }

    // MARK: The session's side

    package func sessionOpened() {
        self.update { state, effects in
            state.counts.isConnected = true
            state.counts.lastError = nil
            effects.notices.append(.connected)
        }
    }

    package func received(_ message: IncomingMessage) {
        let content: Result<CloudEvent, LamassuEventsError>
        do {
            content = .success(try message.event(acceptsPlainJSON: self.acceptsPlainJSON))
        } catch {
            content = .failure(error)
        }
        self.update { state, effects in
            state.counts.received += 1
            effects.wakes = true
            switch content {
            case .success(let event):
                let summary = EventSummary(event)
                effects.notices.append(.received(summary, isRedelivered: message.isRedelivered))
                if let reason = self.senderPolicy.refusal(of: summary, from: message.properties.userID) {
                    // Not in the lane of its subject, which is not the sender's to hold up.
                    let id = state.machine.receivedUnacceptable()
                    state.items[id] = Item(message: message, summary: summary, reason: reason)
                } else {
                    let id = state.machine.received(lane: event.lane)
                    state.items[id] = Item(message: message, event: event, summary: summary, identity: Self.identity(of: event))
                }
            case .failure(let error):
                state.items[state.machine.receivedUnacceptable()] = Item(message: message, reason: error.message)
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

    package func drainRequested() {
        self.update { state, effects in
            state.machine.drainRequested()
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
                case .start(let id, let work, let attempt):
                    guard let item = state.items[id] else {
                        _ = state.machine.done(id)
                        return nil
                    }
                    if work == .handle, let event = item.event {
                        if let identity = item.identity, state.done[identity] != nil {
                            self.complete(id, isDuplicate: true, &state, &effects)
                            return nil
                        }
                        return .handle(
                            id,
                            ReceivedEvent(
                                event, attempt: attempt, isRedelivered: item.message.isRedelivered,
                                userID: item.message.properties.userID, routingKey: item.message.routingKey))
                    }
                    return .deadLetter(id, item.message, reason: item.reason ?? "no reason was given")
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
                switch state.machine.retryRequested(id, after: delay, at: now, using: &state.generator) {
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

    /// The dead-letter queue has the message.
    package func deadLettered(_ id: DeliveryID) {
        self.update { state, effects in
            effects.wakes = true
            let item = state.items.removeValue(forKey: id)
            guard case .acknowledge = state.machine.done(id), let item else { return }
            state.counts.deadLettered += 1
            effects.acknowledgement = item.message.acknowledge
            effects.notices.append(.deadLettered(item.summary, reason: item.reason ?? ""))
        }
    }

    /// The dead-letter queue does not have the message yet.
    package func deadLetterFailed(_ id: DeliveryID, _ error: LamassuEventsError) {
        self.update { state, effects in
            effects.wakes = true
            let now = ContinuousClock.now
            switch state.machine.retryRequested(id, after: nil, at: now, using: &state.generator) {
            case .retry(_, _, let deadline):
                state.counts.retried += 1
                effects.notices.append(.deadLetterFailed(state.items[id]?.summary, error, after: deadline - now))
            case .forget: state.items[id] = nil
            case .none: break
            }
        }
    }

    // MARK: Inside

    /// The effect is done: the event is acknowledged if its session lives, and known when it comes again.
    private func complete(_ id: DeliveryID, isDuplicate: Bool, _ state: inout State, _ effects: inout Effects) {
        let action = state.machine.done(id)
        guard action != .none, let item = state.items.removeValue(forKey: id) else { return }
        if let identity = item.identity { state.done.set(identity, to: true) }
        guard case .acknowledge = action else { return }
        effects.acknowledgement = item.message.acknowledge
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
