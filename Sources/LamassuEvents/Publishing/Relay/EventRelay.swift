// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import Synchronization

/// Brings events from a store to the broker: the state machine with the events themselves, the calls of the store, and the publishes.
final class EventRelay: Sendable {
    private struct State: ~Copyable {
        var machine: RelayStateMachine
        /// What was published and not answered for.
        var inFlight: [RelayStateMachine.Number: EventSummary] = [:]
        /// What was answered for, and the store does not know it yet.
        var unsettled: [RelayStateMachine.Number: EventSummary] = [:]
        var session: RelaySession?
        var generator = SystemRandomNumberGenerator()
    }

    private enum Next: Sendable {
        case publish([OutboxEntry], RelaySession)
        case claim(limit: Int, perSubject: Int)
        case settle([OutboxSettlement])
        case renewLeases
        case release
        case wait(until: ContinuousClock.Instant?)
        case finished
    }

    private let store: any OutboxStore
    private let configuration: EventPublisherConfiguration
    private let journal: PublisherJournal
    /// Whether events wait in memory for the store, for which a drain has to wait.
    private let isStoreOwed: @Sendable () -> Bool
    private let wakeup = Wakeup()
    private let state: Mutex<State>

    init(
        _ store: any OutboxStore, _ configuration: EventPublisherConfiguration, _ journal: PublisherJournal,
        isStoreOwed: @escaping @Sendable () -> Bool
    ) {
        self.store = store
        self.configuration = configuration
        self.journal = journal
        self.isStoreOwed = isStoreOwed
        var limits = RelayStateMachine.Limits(
            window: configuration.window, isDurable: store.isDurable, leaseDuration: store.leaseDuration)
        limits.backoff = configuration.backoff
        self.state = Mutex(State(machine: RelayStateMachine(limits: limits)))
    }

    // MARK: What others tell

    /// Something was stored, or is no longer to be waited for.
    func stored() {
        self.state.withLock { $0.machine.stored() }
        self.wakeup.signal()
    }

    /// Something changed that the relay asks for itself.
    func wake() { self.wakeup.signal() }

    func drainRequested() {
        self.state.withLock { $0.machine.drainRequested() }
        self.wakeup.signal()
    }

    var isUp: Bool { self.state.withLock { $0.machine.isUp } }

    /// Events go out over this session until it is over.
    func sessionOpened(_ session: RelaySession) {
        self.journal.connected()
        self.state.withLock { state in
            state.session = session
            state.machine.sessionOpened()
        }
        self.wakeup.signal()
    }

    /// The session broke, though no publish may have seen it.
    func sessionBroke(_ session: RelaySession, _ error: AMQPError) {
        session.broke(error)
        self.state.withLock { state in
            if state.session === session { state.machine.sessionBroke() }
        }
        self.wakeup.signal()
    }

    // MARK: The work

    /// Works until a drain is complete or the task is cancelled.
    func run() async {
        var gauge = DepthGauge()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                switch self.next() {
                case .publish(let entries, let session): group.addTask { await self.publish(entries, over: session) }
                case .claim(let limit, let perSubject): group.addTask { await self.claim(limit: limit, perSubject: perSubject) }
                case .settle(let settlements): group.addTask { await self.settle(settlements) }
                case .renewLeases: group.addTask { await self.renewLeases() }
                case .release: group.addTask { await self.release() }
                case .finished: return
                case .wait(let deadline):
                    let measureAt = gauge.nextMeasurement(at: .now)
                    if let measureAt, measureAt <= .now {
                        // A store that cannot tell does not hold anything up.
                        if let depth = try? await self.store.depth() { self.journal.measured(depth) }
                        gauge.measured(at: .now)
                    } else {
                        await self.wakeup.wait(until: [deadline, measureAt].compactMap { $0 }.min())
                        gauge.workDone()
                    }
                }
            }
            group.cancelAll()
        }
        self.state.withLock { $0.session.take() }?.isOver.open()
    }

    private func next() -> Next {
        let surroundings = RelayStateMachine.Surroundings(
            hasIntents: self.journal.hasWrittenIntents, isAwaited: self.isAwaited)
        while true {
            let next = self.state.withLock { state -> Next? in
                switch state.machine.next(at: .now, surroundings) {
                case .publish(let numbers):
                    guard let session = state.session else {
                        state.machine.interrupted(numbers)
                        return nil
                    }
                    let entries = numbers.compactMap { state.machine.entry($0) }
                    for entry in entries { state.inFlight[entry.number] = EventSummary(entry.event) }
                    return .publish(entries, session)
                case .claim(let limit, let perSubject): return .claim(limit: limit, perSubject: perSubject)
                case .settle(let settlements): return .settle(settlements)
                case .renewLeases: return .renewLeases
                case .release: return .release
                case .wait(let deadline): return .wait(until: deadline)
                case .finished: return .finished
                case .endSession: return nil
                }
            }
            if let next { return next }
            self.endSession()
        }
    }

    private var isAwaited: Bool {
        self.store.isDurable ? self.isStoreOwed() : self.journal.hasOperations
    }

    private func endSession() {
        let (session, outcomes, inFlight) = self.state.withLock { state -> (RelaySession?, [(EventSummary, PublishOutcome)], Int) in
            let session = state.session.take()
            let error = session?.error ?? AMQPError(.connectionLost, message: "the session ended")
            let reason = LamassuEventsError(error)
            let action = state.machine.sessionEnded(isRefusal: error.isRefusal, reason, using: &state.generator)
            let outcomes = Self.outcome(action, reason, state.inFlight).map { [$0] } ?? []
            if case .park(let number) = action { state.unsettled[number] = state.inFlight[number] }
            self.journal.decided(outcomes)
            state.inFlight = [:]
            return (session, outcomes, state.machine.inFlightCount)
        }
        self.journal.published(outcomes, inFlight: inFlight)
        session?.isOver.open()
    }

    private static func outcome(
        _ action: RelayStateMachine.FailureAction, _ error: LamassuEventsError, _ inFlight: [RelayStateMachine.Number: EventSummary]
    ) -> (EventSummary, PublishOutcome)? {
        switch action {
        case .retry(let number, let delay): inFlight[number].map { ($0, .retrying(error, after: delay)) }
        case .park(let number): inFlight[number].map { ($0, .parked(error)) }
        case .none: nil
        }
    }
}

// MARK: - Publishing

extension EventRelay {
    private enum Answer {
        case confirmed
        case failed(LamassuEventsError)
        case rejected(LamassuEventsError)
        case interrupted
    }

    private func publish(_ entries: [OutboxEntry], over session: RelaySession) async {
        var answers: [Answer] = Array(repeating: .confirmed, count: entries.count)
        var messages: [AMQPMessage] = []
        /// Which entry each message is of.
        var places: [Int] = []
        for (place, entry) in entries.enumerated() {
            do throws(LamassuEventsError) {
                let message = try self.configuration.profile.message(
                    for: entry.event, topology: self.configuration.topology,
                    userID: self.configuration.userID ?? self.configuration.broker.credentials.username)
                // An event for which the profile has no form counts as sent.
                guard let message else { continue }
                messages.append(
                    AMQPMessage(
                        message.body, properties: message.properties, to: message.destination, mandatory: message.isMandatory))
                places.append(place)
            } catch {
                answers[place] = .rejected(error)
            }
        }
        FaultPoint.publishing.reached()
        do throws(AMQPError) {
            try await session.publisher.publish(contentsOf: messages)
        } catch {
            if error.failedMessages.isEmpty {
                for place in places { answers[place] = Self.answer(error, session) }
            } else {
                for (index, failure) in error.failedMessages { answers[places[index]] = Self.answer(failure, session) }
            }
        }
        FaultPoint.published.reached()
        self.answered(entries, answers)
    }

    private static func answer(_ error: AMQPError, _ session: RelaySession) -> Answer {
        switch error.code {
        case .returned, .nacked: return .failed(LamassuEventsError(error))
        case .invalidArgument: return .rejected(LamassuEventsError(error))
        default:
            session.broke(error)
            return .interrupted
        }
    }

    private func answered(_ entries: [OutboxEntry], _ answers: [Answer]) {
        let (outcomes, inFlight) = self.state.withLock { state -> ([(EventSummary, PublishOutcome)], Int) in
            var outcomes: [(EventSummary, PublishOutcome)] = []
            var interrupted: [RelayStateMachine.Number] = []
            for (entry, answer) in zip(entries, answers) {
                let number = entry.number
                switch answer {
                case .confirmed:
                    if state.machine.confirmed(number), let event = state.inFlight[number] {
                        state.unsettled[number] = event
                        outcomes.append((event, .confirmed))
                    }
                case .failed(let error):
                    let action = state.machine.failed(number, using: &state.generator)
                    if case .park = action { state.unsettled[number] = state.inFlight[number] }
                    if let outcome = Self.outcome(action, error, state.inFlight) { outcomes.append(outcome) }
                case .rejected(let error):
                    if state.machine.rejected(number, error), let event = state.inFlight[number] {
                        state.unsettled[number] = event
                        outcomes.append((event, .parked(error)))
                    }
                case .interrupted:
                    interrupted.append(number)
                    continue
                }
                state.inFlight[number] = nil
            }
            if !interrupted.isEmpty { state.machine.interrupted(interrupted) }
            // Within the lock: nobody settles what is not noted.
            self.journal.decided(outcomes)
            return (outcomes, state.machine.inFlightCount)
        }
        self.journal.published(outcomes, inFlight: inFlight)
        self.wakeup.signal()
    }
}

// MARK: - The store

extension EventRelay {
    private func claim(limit: Int, perSubject: Int) async {
        let requestedAt = ContinuousClock.now
        do throws(LamassuEventsError) {
            let entries = try await self.store.claim(limit: limit, perSubject: perSubject)
            let due = entries.count < limit ? try await self.store.nextDue() : nil
            self.state.withLock { $0.machine.claimed(entries, limit: limit, requestedAt: requestedAt, nextDue: due) }
            self.wakeup.signal()
        } catch {
            self.storeFailed(error, during: .claim)
        }
    }

    private func settle(_ settlements: [OutboxSettlement]) async {
        FaultPoint.settling.reached()
        do throws(LamassuEventsError) {
            let dropped = try await self.store.settle(settlements)
            FaultPoint.settled.reached()
            let settled = self.state.withLock { state in
                state.machine.settled()
                return settlements.compactMap { state.unsettled.removeValue(forKey: $0.number) }
            }
            self.journal.settled(settled)
            self.journal.droppedParked(dropped)
            self.wakeup.signal()
        } catch {
            self.storeFailed(error, during: .settle)
        }
    }

    private func renewLeases() async {
        let requestedAt = ContinuousClock.now
        do throws(LamassuEventsError) {
            try await self.store.renewLeases()
            self.state.withLock { $0.machine.renewed(requestedAt: requestedAt) }
            self.wakeup.signal()
        } catch {
            self.storeFailed(error, during: .renewal)
        }
    }

    private func release() async {
        do throws(LamassuEventsError) {
            try await self.store.release()
            self.state.withLock { $0.machine.released() }
            self.wakeup.signal()
        } catch {
            self.storeFailed(error, during: .release)
        }
    }

    private func storeFailed(_ error: LamassuEventsError, during call: RelayStateMachine.StoreCall) {
        let delay = self.state.withLock { state in
            state.machine.storeFailed(during: call, at: .now, using: &state.generator)
        }
        self.journal.storeFailed(error, retryingAfter: delay)
        self.wakeup.signal()
    }
}
