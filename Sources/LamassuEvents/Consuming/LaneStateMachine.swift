// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides which delivery is handled when: sans-I/O, with delivery numbers and times as values.
///
/// Deliveries of one lane are handled one after the other in the order of their arrival, lanes side by side up to a limit. The one at
/// the front of its lane may wait for its next attempt without holding up any other lane. A delivery is acknowledged when its handler is
/// done with it, when the broker has confirmed its copy in the dead-letter queue, or when it stands in the parked store; never before.
///
/// One delivery is, from its arrival to its end, in one of these states:
/// - *waiting* in its lane: → handling, parking (its lane is parked), dead-lettering (it is not to be handled), forgotten (the session ended)
/// - *handling* at the front: → acknowledged, backing off, parking, dead-lettering, orphaned (the session ended)
/// - *backing off* at the front: → waiting, forgotten
/// - *parking* at the front: → acknowledged, backing off (the store failed), waiting (it supersedes what is parked), orphaned
/// - *dead-lettering* at the front: → acknowledged (confirmed), backing off (failed), orphaned
/// - *orphaned* at the front: → forgotten, when its work ends. Its lane stays taken until then, so that the broker's second
///   delivery of the same event is not handled beside it.
///
/// A lane may be *parked*: its first events stand in the store, where they outlive sessions. They come before what is delivered, which is
/// parked behind them. Of a lane either one delivery is under way or its first parked event, never both.
package struct LaneStateMachine: ~Copyable {
    package typealias DeliveryID = UInt64

    package struct Limits: Hashable, Sendable {
        /// How many deliveries are handled, parked or dead-lettered at a time.
        package var concurrency: Int
        package var backoff: Backoff
        package var retryBudget: RetryBudget
        /// How long a delivery is held that is tried again; `nil` where there is no store to park it in.
        package var parkingDelay: Duration?

        package init(concurrency: Int, backoff: Backoff, retryBudget: RetryBudget = .unlimited, parkingDelay: Duration? = nil) {
            self.concurrency = max(1, concurrency)
            self.backoff = backoff
            self.retryBudget = retryBudget
            self.parkingDelay = parkingDelay
        }
    }

    /// What happens to a delivery next.
    package enum Work: Hashable, Sendable { case handle, park, deadLetter }

    package enum NextAction: Equatable {
        /// Do this, then report ``done(_:)`` or what else came of it.
        case start(DeliveryID, Work, attempt: Int)
        /// Handle the first parked event of this lane, then report ``resumed(_:next:)``.
        case resume(lane: String)
        /// Nothing to do before this time or another input.
        case wait(until: ContinuousClock.Instant?)
        /// Nothing is under way, and nothing will be.
        case drained
    }

    package enum DoneAction: Equatable {
        case acknowledge(DeliveryID)
        /// The session of the delivery has ended: the broker delivers it again.
        case forget(DeliveryID)
        case none
    }

    package enum RetryAction: Equatable {
        case retry(DeliveryID, attempt: Int, at: ContinuousClock.Instant)
        /// It is put into the store, from where it is tried next at this time.
        case park(DeliveryID, attempts: Int, until: ContinuousClock.Instant)
        /// Its budget is spent: it goes to the dead letters.
        case giveUp(DeliveryID, attempts: Int)
        case forget(DeliveryID)
        case none
    }

    package enum LaneName: Hashable, Sendable {
        case key(String)
        /// A delivery that no handler can take has a lane of its own.
        case own(DeliveryID)
    }

    private enum Front { case ready, busy, orphaned, backingOff }

    /// Whether the store has events of the lane, and what becomes of the first of them.
    private enum Parked { case none, waiting, due, busy }

    private struct Lane {
        var queue = FIFO<DeliveryID>()
        var front: Front = .ready
        var parked: Parked = .none
        /// Whether it stands among the lanes that may have something to start.
        var isQueued = false

        var isBusy: Bool { self.front == .busy || self.front == .orphaned }
        var isEmpty: Bool { self.queue.isEmpty && self.parked == .none }
    }

    private struct Delivery {
        var lane: LaneName
        var work: Work
        var failures = 0
        /// When it was handled for the first time.
        var firstAttempt: ContinuousClock.Instant?
    }

    private enum Drain: Equatable {
        case none
        case finishing(includesParked: Bool)
        case ending
    }

    private let limits: Limits
    private var nextID: DeliveryID = 1
    private var deliveries: [DeliveryID: Delivery] = [:]
    private var lanes: [LaneName: Lane] = [:]
    private var ready = FIFO<LaneName>()
    private var deadlines = DeadlineQueue<LaneName>()
    private var parkedDeadlines = DeadlineQueue<String>()
    private var drain = Drain.none

    /// How many deliveries and parked events are under way, orphans included.
    package private(set) var busyCount = 0
    /// How many lanes have events in the store.
    package private(set) var parkedLaneCount = 0

    package init(limits: Limits) {
        self.limits = limits
    }

    package var count: Int { self.deliveries.count }
    package var laneCount: Int { self.lanes.count }
    package var backingOffCount: Int { self.deadlines.count }

    // MARK: Inputs of the session

    /// A delivery arrived whose event belongs in a lane.
    ///
    /// One that was delivered too often is poisonous: it goes to the dead letters when its turn comes.
    package mutating func received(lane: String, isPoisonous: Bool = false) -> DeliveryID {
        let id = self.takeID()
        self.append(id, Delivery(lane: .key(lane), work: isPoisonous ? .deadLetter : .handle))
        return id
    }

    /// A delivery arrived that no handler can take: it is no event, or one that its sender may not emit.
    package mutating func receivedUnacceptable() -> DeliveryID {
        let id = self.takeID()
        self.append(id, Delivery(lane: .own(id), work: .deadLetter))
        return id
    }

    /// The store has events of this lane, the first of which is due at a time.
    package mutating func foundParked(lane: String, until deadline: ContinuousClock.Instant) {
        self.park(lane, until: deadline)
    }

    /// The session ended: the broker takes back whatever was not acknowledged.
    ///
    /// - Returns: the deliveries to forget now; those under way are forgotten when they report.
    package mutating func sessionEnded() -> [DeliveryID] {
        self.deadlines.removeAll()
        var forgotten: [DeliveryID] = []
        for (name, var lane) in self.lanes {
            let kept = lane.isBusy ? lane.queue.first : nil
            forgotten += lane.queue.elements.filter { $0 != kept }
            lane.queue.keep { $0 == kept }
            lane.front = kept == nil ? .ready : .orphaned
            self.lanes[name] = lane.isEmpty ? nil : lane
        }
        for id in forgotten { self.deliveries[id] = nil }
        return forgotten.sorted()
    }

    /// Nothing new is started; or, where nobody else keeps what is here, everything is, until ``drainIsOverdue()``.
    ///
    /// With `finishingParked` the store does not keep what is parked either, and the drain waits for it as well.
    package mutating func drainRequested(finishingAll: Bool = false, finishingParked: Bool = false) {
        guard self.drain == .none else { return }
        self.drain = finishingAll ? .finishing(includesParked: finishingParked) : .ending
    }

    /// Nothing new is started any more.
    package mutating func drainIsOverdue() {
        self.drain = .ending
    }

    // MARK: Work

    /// What is to be done now; asked again after each action and each input.
    package mutating func next(at now: ContinuousClock.Instant) -> NextAction {
        if self.drain == .ending { return self.busyCount == 0 ? .drained : .wait(until: nil) }
        if case .finishing(let includesParked) = self.drain, self.busyCount == 0, self.deliveries.isEmpty,
            self.parkedLaneCount == 0 || !includesParked
        {
            return .drained
        }
        while let name = self.deadlines.popExpired(at: now) { self.frontBecameReady(name) }
        while let lane = self.parkedDeadlines.popExpired(at: now) {
            self.lanes[.key(lane)]?.parked = .due
            self.enqueue(.key(lane))
        }
        while self.busyCount < self.limits.concurrency, let name = self.ready.popFirst() {
            if let action = self.start(name, at: now) { return action }
        }
        return .wait(until: [self.deadlines.earliest, self.parkedDeadlines.earliest].compactMap { $0 }.min())
    }

    /// The effect of the delivery is done, or its copy among the dead letters is safe.
    package mutating func done(_ id: DeliveryID) -> DoneAction {
        guard let (name, isOrphan) = self.finish(id) else { return .none }
        self.removeFront(name)
        return isOrphan ? .forget(id) : .acknowledge(id)
    }

    /// What was tried did not succeed, and is to be tried again after this time, or after the backoff where there is none.
    package mutating func retryRequested(
        _ id: DeliveryID, after delay: Duration?, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> RetryAction {
        guard let (name, isOrphan) = self.finish(id), var delivery = self.deliveries[id] else { return .none }
        guard !isOrphan else {
            self.removeFront(name)
            return .forget(id)
        }
        delivery.failures += 1
        let failures = delivery.failures
        let firstAttempt = delivery.firstAttempt ?? now
        let deadline = now + (delay ?? self.limits.backoff.delay(afterFailures: failures, using: &generator))
        if delivery.work == .handle {
            if self.limits.retryBudget.isSpent(attempts: failures, age: now - firstAttempt) {
                self.change(id, of: name, to: .deadLetter)
                return .giveUp(id, attempts: failures)
            }
            if let parkingDelay = self.limits.parkingDelay, deadline - firstAttempt > parkingDelay {
                self.deliveries[id] = delivery
                self.change(id, of: name, to: .park)
                return .park(id, attempts: failures, until: deadline)
            }
        }
        self.deliveries[id] = delivery
        self.backOff(name, until: deadline)
        return .retry(id, attempt: failures + 1, at: deadline)
    }

    /// The handler wants the delivery among the dead letters.
    ///
    /// - Returns: whether it is to be forgotten instead, because its session has ended.
    package mutating func deadLetterRequested(_ id: DeliveryID) -> DoneAction {
        guard let (name, isOrphan) = self.finish(id) else { return .none }
        guard !isOrphan else {
            self.removeFront(name)
            return .forget(id)
        }
        self.change(id, of: name, to: .deadLetter)
        return .none
    }

    // MARK: Parking

    /// The delivery stands in the store; where it is the first of its lane there, it is due at this time.
    package mutating func parked(_ id: DeliveryID, until deadline: ContinuousClock.Instant) -> DoneAction {
        guard let (name, isOrphan) = self.finish(id) else { return .none }
        if case .key(let lane) = name { self.park(lane, until: deadline) }
        self.removeFront(name)
        return isOrphan ? .forget(id) : .acknowledge(id)
    }

    /// The store did not take the delivery: it is handled again, or put to the store again where others of its lane stand in it.
    package mutating func parkFailed(
        _ id: DeliveryID, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> RetryAction {
        guard let (name, isOrphan) = self.finish(id), var delivery = self.deliveries[id] else { return .none }
        guard !isOrphan else {
            self.removeFront(name)
            return .forget(id)
        }
        delivery.work = .handle
        self.deliveries[id] = delivery
        let deadline = now + self.limits.backoff.delay(afterFailures: delivery.failures, using: &generator)
        self.backOff(name, until: deadline)
        return .retry(id, attempt: delivery.failures + 1, at: deadline)
    }

    /// The delivery has superseded all that was parked in its lane, and the store has none of it any more.
    ///
    /// - Returns: whether it is to be forgotten, because its session has ended; else it is handled.
    package mutating func superseded(_ id: DeliveryID) -> DoneAction {
        guard let (name, isOrphan) = self.finish(id) else { return .none }
        if case .key(let lane) = name { self.unpark(lane) }
        guard !isOrphan else {
            self.removeFront(name)
            return .forget(id)
        }
        self.change(id, of: name, to: .handle)
        return .none
    }

    /// The first parked event of a lane was handled, and the lane's first one now is due at this time; `nil` where there is none left.
    package mutating func resumed(_ lane: String, next deadline: ContinuousClock.Instant?) {
        guard self.lanes[.key(lane)]?.parked == .busy else { return }
        self.busyCount -= 1
        self.unpark(lane)
        if let deadline { self.park(lane, until: deadline) }
        self.settle(.key(lane))
    }

    // MARK: Inside

    private mutating func takeID() -> DeliveryID {
        defer { self.nextID += 1 }
        return self.nextID
    }

    private mutating func append(_ id: DeliveryID, _ delivery: Delivery) {
        self.deliveries[id] = delivery
        self.lanes[delivery.lane, default: Lane()].queue.append(id)
        self.enqueue(delivery.lane)
    }

    private mutating func enqueue(_ name: LaneName) {
        guard self.lanes[name]?.isQueued == false else { return }
        self.lanes[name]?.isQueued = true
        self.ready.append(name)
    }

    /// Starts what a lane has to be started, if it has something.
    private mutating func start(_ name: LaneName, at now: ContinuousClock.Instant) -> NextAction? {
        guard var lane = self.lanes[name] else { return nil }
        lane.isQueued = false
        defer { self.lanes[name] = lane }
        guard !lane.isBusy, lane.parked != .busy else { return nil }
        if lane.parked == .due, case .key(let key) = name {
            lane.parked = .busy
            self.busyCount += 1
            return .resume(lane: key)
        }
        guard lane.front == .ready, let id = lane.queue.first, var delivery = self.deliveries[id] else { return nil }
        let work: Work = delivery.work == .handle && lane.parked != .none ? .park : delivery.work
        if work == .handle, delivery.firstAttempt == nil { delivery.firstAttempt = now }
        self.deliveries[id] = delivery
        lane.front = .busy
        self.busyCount += 1
        return .start(id, work, attempt: delivery.failures + 1)
    }

    /// Ends the work on the front of a lane.
    private mutating func finish(_ id: DeliveryID) -> (LaneName, isOrphan: Bool)? {
        guard let delivery = self.deliveries[id], let lane = self.lanes[delivery.lane], lane.queue.first == id, lane.isBusy else {
            return nil
        }
        self.busyCount -= 1
        return (delivery.lane, lane.front == .orphaned)
    }

    /// Gives the front of a lane other work.
    private mutating func change(_ id: DeliveryID, of name: LaneName, to work: Work) {
        self.deliveries[id]?.work = work
        if work == .deadLetter { self.deliveries[id]?.failures = 0 }
        self.frontBecameReady(name)
    }

    private mutating func frontBecameReady(_ name: LaneName) {
        self.lanes[name]?.front = .ready
        self.enqueue(name)
    }

    private mutating func backOff(_ name: LaneName, until deadline: ContinuousClock.Instant) {
        self.lanes[name]?.front = .backingOff
        self.deadlines.set(name, to: deadline)
        self.enqueue(name)
    }

    /// Removes the front of a lane, and lets the next delivery come forward.
    private mutating func removeFront(_ name: LaneName) {
        if let id = self.lanes[name]?.queue.popFirst() { self.deliveries[id] = nil }
        self.lanes[name]?.front = .ready
        self.settle(name)
    }

    /// Forgets a lane that has nothing left, and looks at the others again.
    private mutating func settle(_ name: LaneName) {
        if self.lanes[name]?.isEmpty ?? true { self.lanes[name] = nil } else { self.enqueue(name) }
    }

    private mutating func park(_ lane: String, until deadline: ContinuousClock.Instant) {
        guard self.lanes[.key(lane), default: Lane()].parked == .none else { return }
        self.lanes[.key(lane), default: Lane()].parked = .waiting
        self.parkedLaneCount += 1
        self.parkedDeadlines.set(lane, to: deadline)
    }

    private mutating func unpark(_ lane: String) {
        guard let parked = self.lanes[.key(lane)]?.parked, parked != .none else { return }
        self.lanes[.key(lane)]?.parked = .none
        self.parkedLaneCount -= 1
        self.parkedDeadlines.remove(lane)
    }
}
