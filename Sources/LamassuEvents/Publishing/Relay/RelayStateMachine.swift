// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides what is claimed from a store, published, settled and given back, and when: sans-I/O, with event numbers and times as values.
///
/// Subjects are claimed with their oldest events. Those of one subject go out in their order, at most one of them unconfirmed; subjects go
/// out side by side within the window. What was confirmed, deferred or parked is settled with the store in batches. A subject of
/// which an event is deferred is given back whole.
///
/// One event is, from its claim to its end here, in one of these states:
/// - *waiting* in its lane: → in flight, given back (its lane deferred, released, or its lease lapsed)
/// - *in flight*: → settled (confirmed, failed, rejected), interrupted (the session broke)
/// - *interrupted* until nothing of the session is in flight any more: → waiting, or settled where it is at fault
///
/// A broker that refuses one publish closes the channel and does not say which publish it meant. So after such an end every event that
/// was interrupted is a suspect and goes out alone; the one that is alone when the channel closes again is at fault.
package struct RelayStateMachine: ~Copyable {
    package typealias Number = UInt64

    package struct Limits: Hashable, Sendable {
        package var window: Int
        package var perSubject = 16
        /// How many faults of its own an event may have before it is parked.
        package var faults = 3
        package var backoff = Backoff()
        /// How long to wait after the store has failed.
        package var storeBackoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))
        package var leaseDuration: Duration?
        /// Whether what was not sent at the end is sent at the next start, so that a drain need not wait for it.
        package var isDurable: Bool

        package init(window: Int, isDurable: Bool, leaseDuration: Duration? = nil) {
            self.window = max(1, window)
            self.isDurable = isDurable
            self.leaseDuration = leaseDuration
        }

        /// How many events go out in one call; several calls overlap, so that confirms free the window bit by bit.
        var batch: Int { max(1, self.window / 4) }
        var held: Int { 2 * self.window }
    }

    package enum Action: Equatable {
        /// Publish these, then report each: ``confirmed(_:)``, ``failed(_:using:)``, ``rejected(_:_:)`` or ``interrupted(_:)``.
        case publish([Number])
        /// Claim, then report ``claimed(_:limit:requestedAt:nextDue:)`` or ``storeFailed(during:at:using:)``.
        case claim(limit: Int, perSubject: Int)
        /// Settle, then report ``settled()`` or ``storeFailed(during:at:using:)``.
        case settle([OutboxSettlement])
        /// Renew the leases, then report ``renewed(requestedAt:)`` or ``storeFailed(during:at:using:)``.
        case renewLeases
        /// Give all back, then report ``released()`` or ``storeFailed(during:at:using:)``.
        case release
        /// Nothing of the broken session is in flight any more: report ``sessionEnded(isRefusal:_:using:)``.
        case endSession
        /// Nothing to do before this time or another input.
        case wait(until: ContinuousClock.Instant?)
        /// The drain is complete.
        case finished
    }

    package enum StoreCall: Hashable, Sendable { case claim, settle, renewal, release }

    /// What is to be known of the service's side.
    package struct Surroundings: Hashable, Sendable {
        /// Whether intents are open whose leases have to be renewed.
        package var hasIntents = false
        /// Whether something may yet be stored that a drain has to wait for.
        package var isAwaited = false

        package init(hasIntents: Bool = false, isAwaited: Bool = false) {
            self.hasIntents = hasIntents
            self.isAwaited = isAwaited
        }
    }

    package enum FailureAction: Equatable {
        case retry(Number, after: Duration)
        case park(Number)
        case none
    }

    private enum Link { case down, up, breaking }

    private enum Phase {
        case running
        /// All that is there goes out before the end.
        case draining
        /// What is on its way is waited for, the rest is given back.
        case stopping
    }

    private struct Lane {
        var waiting = FIFO<Number>()
        var isBusy = false
    }

    /// What is remembered of an event that was in flight when the broker closed the channel; also while its subject is given back.
    private struct Record {
        var faults = 0
        /// How many confirms there had been at the last fault that counted.
        var confirmsAtFault: UInt64 = 0
    }

    private let limits: Limits
    private var link: Link = .down
    private var phase: Phase = .running
    private var held: [Number: OutboxEntry] = [:]
    private var lanes: [String: Lane] = [:]
    /// Lanes whose front may go out.
    private var ready = FIFO<String>()
    /// The same, for lanes whose front is a suspect.
    private var suspects = FIFO<String>()
    private var inFlight: Set<Number> = []
    private var interruptedNumbers: [Number] = []
    private var isExclusive = false
    private var records: [Number: Record] = [:]
    private var confirms: UInt64 = 0

    /// What is to be settled, and what is being settled.
    private var unsettled: [OutboxSettlement] = []
    private var settling: [OutboxSettlement] = []
    /// The events among both that were confirmed or parked, so that none of them goes out again.
    private var done: Set<Number> = []

    private var calls: Set<StoreCall> = []
    /// Whether the store may have something to give out.
    private var mayHaveMore = true
    private var hasReleased = false
    /// Whether the store may hold what is not known here, after a claim that threw or a lease that has run out, so that all has to be
    /// given back before the next claim.
    private var isClaimUncertain = false
    private var due: ContinuousClock.Instant?
    private var pollAt: ContinuousClock.Instant?
    private var storeRetryAt: ContinuousClock.Instant?
    private var storeFailures = 0
    /// When the leases were renewed that are the oldest.
    private var leasedAt: ContinuousClock.Instant?

    package init(limits: Limits) {
        self.limits = limits
    }

    package var inFlightCount: Int { self.inFlight.count }
    package var heldCount: Int { self.held.count + self.unsettled.count + self.settling.count }
    package var isUp: Bool { self.link == .up }

    /// An event that is held; one that is in flight always is.
    package func entry(_ number: Number) -> OutboxEntry? { self.held[number] }

    // MARK: The session

    /// The broker takes events from now on.
    package mutating func sessionOpened() {
        guard self.link == .down else { return }
        self.link = .up
        self.mayHaveMore = true
    }

    /// The session broke while publishes may still be under way: nothing more goes out in it.
    package mutating func sessionBroke() {
        if self.link == .up { self.link = .breaking }
    }

    /// Publishes ended without an answer, because the session broke.
    package mutating func interrupted(_ numbers: [Number]) {
        self.sessionBroke()
        for number in numbers where self.inFlight.remove(number) != nil { self.interruptedNumbers.append(number) }
    }

    /// The session is over; with `isRefusal` because the broker refused something that was sent in it, for this reason.
    package mutating func sessionEnded(
        isRefusal: Bool, _ error: LamassuEventsError, using generator: inout some RandomNumberGenerator
    ) -> FailureAction {
        self.link = .down
        self.isExclusive = false
        let numbers = self.interruptedNumbers.sorted()
        self.interruptedNumbers = []
        if isRefusal, numbers.count == 1 { return self.faulted(numbers[0], error, using: &generator) }
        var returning: [String] = []
        for number in numbers {
            if isRefusal { self.remember(number, self.records[number] ?? Record()) }
            guard let lane = self.held[number]?.lane else { continue }
            self.lanes[lane, default: Lane()].isBusy = false
            self.lanes[lane]?.waiting.prepend(contentsOf: [number])
            returning.append(lane)
        }
        self.ready.prepend(contentsOf: returning.filter { !self.isSuspect($0) })
        self.suspects.prepend(contentsOf: returning.filter { self.isSuspect($0) })
        return .none
    }

    // MARK: The store

    /// Something was stored, or came back into line.
    package mutating func stored() {
        self.mayHaveMore = true
    }

    /// The store gave out events, or none; then `nextDue` is when a time of rest ends.
    package mutating func claimed(
        _ entries: [OutboxEntry], limit: Int, requestedAt: ContinuousClock.Instant, nextDue: ContinuousClock.Instant?
    ) {
        self.storeAnswered(.claim)
        if entries.count >= limit { self.mayHaveMore = true }
        self.due = nextDue
        self.pollAt = self.limits.leaseDuration.map { requestedAt + $0 }
        if !entries.isEmpty { self.leasedAt = min(self.leasedAt ?? requestedAt, requestedAt) }
        // One that is given out again was deferred, whatever the store said of that.
        let numbers = Set(entries.map(\.number))
        self.unsettled.removeAll { if case .deferred(let number, _) = $0 { numbers.contains(number) } else { false } }
        for entry in entries where self.held[entry.number] == nil && !self.done.contains(entry.number) {
            self.held[entry.number] = entry
            let isNew = self.lanes[entry.lane] == nil
            self.lanes[entry.lane, default: Lane()].waiting.append(entry.number)
            if isNew { self.list(entry.lane) }
        }
    }

    /// The store has noted what it was told.
    package mutating func settled() {
        self.storeAnswered(.settle)
        for settlement in self.settling { self.done.remove(settlement.number) }
        self.settling = []
        // A subject is free again, and may have more; one that rests is asked for when it is due.
        self.mayHaveMore = true
    }

    /// The leases were renewed.
    package mutating func renewed(requestedAt: ContinuousClock.Instant) {
        self.storeAnswered(.renewal)
        self.leasedAt = requestedAt
    }

    /// All was given back.
    package mutating func released() {
        self.storeAnswered(.release)
        self.hasReleased = true
        self.isClaimUncertain = false
        self.mayHaveMore = true
        self.forgetWaiting()
    }

    /// A call of the store has thrown; what it was to do is done later.
    ///
    /// - Returns: when the store is tried again.
    package mutating func storeFailed(
        during call: StoreCall, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        self.calls.remove(call)
        switch call {
        case .claim:
            self.mayHaveMore = true
            self.isClaimUncertain = true
        case .settle:
            self.unsettled = self.settling + self.unsettled
            self.settling = []
        case .renewal, .release: break
        }
        self.storeFailures += 1
        let delay = self.limits.storeBackoff.delay(afterFailures: self.storeFailures, using: &generator)
        self.storeRetryAt = now + delay
        return delay
    }

    // MARK: Publishing

    /// What is to be done now; asked again after each action and each input.
    package mutating func next(at now: ContinuousClock.Instant, _ surroundings: Surroundings = Surroundings()) -> Action {
        self.timePassed(now, surroundings)
        if self.link == .breaking, self.inFlight.isEmpty { return .endSession }
        if let batch = self.nextBatch() { return .publish(batch) }
        if self.storeRetryAt == nil, let action = self.nextStoreCall(now) { return action }
        if self.isFinished(surroundings) { return .finished }
        return .wait(until: self.deadline)
    }

    /// The broker has the event.
    ///
    /// - Returns: whether it was in flight, and so is done now.
    package mutating func confirmed(_ number: Number) -> Bool {
        guard self.inFlight.remove(number) != nil else { return false }
        self.confirms += 1
        self.finish(number, .confirmed(number))
        return true
    }

    /// The broker does not have the event, but may take it later: it was returned or refused for now.
    package mutating func failed(
        _ number: Number, using generator: inout some RandomNumberGenerator
    ) -> FailureAction {
        guard self.inFlight.remove(number) != nil else { return .none }
        self.records[number] = nil
        return self.deferLane(of: number, using: &generator)
    }

    /// The event can never go out.
    ///
    /// - Returns: whether it was in flight, and so is parked now.
    package mutating func rejected(_ number: Number, _ error: LamassuEventsError) -> Bool {
        guard self.inFlight.remove(number) != nil else { return false }
        self.finish(number, .parked(number, error))
        return true
    }

    // MARK: The end

    /// The publisher is to end.
    package mutating func drainRequested() {
        guard self.phase == .running else { return }
        self.phase = self.limits.isDurable ? .stopping : .draining
        self.hasReleased = false
        self.mayHaveMore = true
    }
}

// MARK: - Inside

extension RelayStateMachine {
    private mutating func timePassed(_ now: ContinuousClock.Instant, _ surroundings: Surroundings) {
        if let due, due <= now {
            self.due = nil
            self.mayHaveMore = true
        }
        if let pollAt, pollAt <= now {
            self.pollAt = nil
            self.mayHaveMore = true
        }
        if let storeRetryAt, storeRetryAt <= now { self.storeRetryAt = nil }
        guard let leaseDuration = self.limits.leaseDuration else { return }
        guard self.heldCount > 0 || surroundings.hasIntents else { return self.leasedAt = nil }
        guard let leasedAt else { return self.leasedAt = now }
        guard leasedAt + leaseDuration <= now else { return }
        // Others may have the subjects by now; where nobody has taken them, the store still holds them for this relay.
        self.leasedAt = now
        self.isClaimUncertain = true
        self.mayHaveMore = true
        self.forgetWaiting()
    }

    private mutating func nextBatch() -> [Number]? {
        guard self.link == .up, self.phase != .stopping, !self.isExclusive, !self.calls.contains(.release) else { return nil }
        while !self.suspects.isEmpty {
            guard self.inFlight.isEmpty, let lane = self.suspects.popFirst() else { return nil }
            guard let number = self.depart(lane) else { continue }
            self.isExclusive = true
            return [number]
        }
        let room = min(self.limits.window - self.inFlight.count, self.limits.batch)
        var batch: [Number] = []
        while batch.count < room, let lane = self.ready.popFirst() {
            if let number = self.depart(lane) { batch.append(number) }
        }
        return batch.isEmpty ? nil : batch
    }

    private mutating func nextStoreCall(_ now: ContinuousClock.Instant) -> Action? {
        if !self.unsettled.isEmpty, self.calls.insert(.settle).inserted {
            self.settling = self.unsettled
            self.unsettled = []
            return .settle(self.settling)
        }
        if let leaseDuration = self.limits.leaseDuration, let leasedAt, leasedAt + leaseDuration / 3 <= now,
            self.calls.insert(.renewal).inserted
        {
            return .renewLeases
        }
        if self.mayHaveMore, self.mayClaim, self.heldCount <= self.limits.window, self.calls.insert(.claim).inserted {
            self.mayHaveMore = false
            return .claim(limit: self.limits.held - self.heldCount, perSubject: self.limits.perSubject)
        }
        if self.mustRelease, self.calls.insert(.release).inserted { return .release }
        return nil
    }

    private var mayClaim: Bool {
        guard !self.calls.contains(.release), !self.isClaimUncertain else { return false }
        switch self.phase {
        case .running: return self.link == .up
        case .draining: return true
        case .stopping: return false
        }
    }

    /// Whether all is to be given back that is held: to send it is somebody else's affair, or a later one.
    private var mustRelease: Bool {
        guard self.inFlight.isEmpty, self.interruptedNumbers.isEmpty, self.unsettled.isEmpty, self.calls.isEmpty else { return false }
        if self.isClaimUncertain, self.held.isEmpty { return true }
        switch self.phase {
        case .running: return self.link == .down && !self.held.isEmpty
        case .draining: return false
        case .stopping: return !self.hasReleased || !self.held.isEmpty
        }
    }

    private func isFinished(_ surroundings: Surroundings) -> Bool {
        guard self.inFlight.isEmpty, self.held.isEmpty, self.unsettled.isEmpty, self.calls.isEmpty, !surroundings.isAwaited else {
            return false
        }
        switch self.phase {
        case .running: return false
        case .draining: return !self.mayHaveMore && self.due == nil
        case .stopping: return self.hasReleased
        }
    }

    private var deadline: ContinuousClock.Instant? {
        var deadlines = [self.storeRetryAt]
        // While nothing may be claimed, the times at which something could be are of no use.
        if self.mayClaim { deadlines += [self.due, self.pollAt] }
        if let leasedAt, let leaseDuration = self.limits.leaseDuration, !self.calls.contains(.renewal), self.storeRetryAt == nil {
            deadlines.append(leasedAt + leaseDuration / 3)
        }
        return deadlines.compactMap { $0 }.min()
    }

    private mutating func storeAnswered(_ call: StoreCall) {
        self.calls.remove(call)
        self.storeFailures = 0
        self.storeRetryAt = nil
    }

    private func isSuspect(_ lane: String) -> Bool {
        self.lanes[lane]?.waiting.first.map { self.records[$0] != nil } ?? false
    }

    private mutating func list(_ lane: String) {
        if self.isSuspect(lane) { self.suspects.append(lane) } else { self.ready.append(lane) }
    }

    /// Takes the front of a lane into flight.
    private mutating func depart(_ lane: String) -> Number? {
        guard self.lanes[lane]?.isBusy == false, let number = self.lanes[lane]?.waiting.popFirst() else { return nil }
        self.lanes[lane]?.isBusy = true
        self.inFlight.insert(number)
        return number
    }

    /// The event is done with: its lane goes on.
    private mutating func finish(_ number: Number, _ settlement: OutboxSettlement) {
        self.isExclusive = false
        self.records[number] = nil
        self.unsettled.append(settlement)
        self.done.insert(number)
        guard let lane = self.held.removeValue(forKey: number)?.lane else { return }
        if self.lanes[lane]?.waiting.isEmpty ?? true {
            self.lanes[lane] = nil
        } else {
            self.lanes[lane]?.isBusy = false
            self.list(lane)
        }
    }

    /// Gives the subject of an event back whole; it rests.
    private mutating func deferLane(of number: Number, using generator: inout some RandomNumberGenerator) -> FailureAction {
        self.isExclusive = false
        guard let held = self.held.removeValue(forKey: number) else { return .none }
        let delay = self.limits.backoff.delay(afterFailures: held.attempts + 1, using: &generator)
        self.unsettled.append(.deferred(number, for: delay))
        for waiting in self.lanes.removeValue(forKey: held.lane)?.waiting.elements ?? [] { self.held[waiting] = nil }
        return .retry(number, after: delay)
    }

    /// The broker closed the channel while this event was alone in flight.
    ///
    /// Such a fault counts once something else was confirmed since the last one: what refuses everything is not the event's fault.
    private mutating func faulted(
        _ number: Number, _ error: LamassuEventsError, using generator: inout some RandomNumberGenerator
    ) -> FailureAction {
        var record = self.records[number] ?? Record()
        if record.faults == 0 || self.confirms > record.confirmsAtFault {
            record.faults += 1
            record.confirmsAtFault = self.confirms
        }
        guard record.faults < self.limits.faults else {
            self.finish(number, .parked(number, error))
            return .park(number)
        }
        self.remember(number, record)
        return self.deferLane(of: number, using: &generator)
    }

    /// What is remembered is bounded: where others have sent most of it, the search begins anew.
    private mutating func remember(_ number: Number, _ record: Record) {
        if self.records.count > 4 * self.limits.window { self.records = [:] }
        self.records[number] = record
    }

    /// Forgets all that is not in flight: it was given back, or its lease has run out.
    private mutating func forgetWaiting() {
        for lane in self.lanes.values {
            for number in lane.waiting.elements { self.held[number] = nil }
        }
        self.lanes = self.lanes.filter(\.value.isBusy).mapValues { _ in Lane(isBusy: true) }
        self.ready = FIFO()
        self.suspects = FIFO()
    }
}
