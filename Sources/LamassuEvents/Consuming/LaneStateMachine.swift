// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides which delivery is handled when: sans-I/O, with delivery numbers and times as values.
///
/// Deliveries of one lane are handled one after the other in the order of their arrival, lanes side by side up to a limit. The one at
/// the front of its lane may wait for its next attempt without holding up any other lane. A delivery is acknowledged when its handler is
/// done with it, or when the broker has confirmed its copy in the dead-letter queue; never before.
///
/// One delivery is, from its arrival to its end, in one of these states:
/// - *waiting* in its lane: → handling, dead-lettering (it cannot be handled), forgotten (the session ended)
/// - *handling* at the front: → acknowledged, backing off, dead-lettering, orphaned (the session ended)
/// - *backing off* at the front: → waiting, forgotten
/// - *dead-lettering* at the front: → acknowledged (confirmed), backing off (failed), orphaned
/// - *orphaned* at the front: → forgotten, when its handler returns. Its lane stays taken until then, so that the broker's second
///   delivery of the same event is not handled beside it.
package struct LaneStateMachine: ~Copyable {
    package typealias DeliveryID = UInt64

    package struct Limits: Hashable, Sendable {
        /// How many deliveries are handled or dead-lettered at a time.
        package var concurrency: Int
        package var backoff: Backoff

        package init(concurrency: Int, backoff: Backoff) {
            self.concurrency = max(1, concurrency)
            self.backoff = backoff
        }
    }

    /// What happens to a delivery next.
    package enum Work: Hashable, Sendable { case handle, deadLetter }

    package enum NextAction: Equatable {
        /// Do this, then report ``done(_:)``, ``retryRequested(_:after:at:using:)`` or ``deadLetterRequested(_:)``.
        case start(DeliveryID, Work, attempt: Int)
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
        case forget(DeliveryID)
        case none
    }

    package enum LaneName: Hashable, Sendable {
        case key(String)
        /// A delivery that no handler can take has a lane of its own.
        case own(DeliveryID)
    }

    private enum Front { case ready, busy, orphaned, backingOff }

    private struct Lane {
        var queue = FIFO<DeliveryID>()
        var front: Front = .ready
    }

    private struct Delivery {
        var lane: LaneName
        var work: Work
        var failures = 0
    }

    private let limits: Limits
    private var nextID: DeliveryID = 1
    private var deliveries: [DeliveryID: Delivery] = [:]
    private var lanes: [LaneName: Lane] = [:]
    private var ready = FIFO<LaneName>()
    private var deadlines = DeadlineQueue<LaneName>()
    private var isDraining = false

    /// How many deliveries are being handled or dead-lettered, orphans included.
    package private(set) var busyCount = 0

    package init(limits: Limits) {
        self.limits = limits
    }

    package var count: Int { self.deliveries.count }
    package var laneCount: Int { self.lanes.count }
    package var backingOffCount: Int { self.deadlines.count }

    // MARK: Inputs of the session

    /// A delivery arrived whose event belongs in a lane.
    package mutating func received(lane: String) -> DeliveryID {
        let id = self.takeID()
        self.append(id, Delivery(lane: .key(lane), work: .handle))
        return id
    }

    /// A delivery arrived that no handler can take: it is no event, or one that its sender may not emit.
    package mutating func receivedUnacceptable() -> DeliveryID {
        let id = self.takeID()
        self.append(id, Delivery(lane: .own(id), work: .deadLetter))
        return id
    }

    /// The session ended: the broker takes back whatever was not acknowledged.
    ///
    /// - Returns: the deliveries to forget now; those under way are forgotten when they report.
    package mutating func sessionEnded() -> [DeliveryID] {
        self.ready = FIFO()
        self.deadlines.removeAll()
        var forgotten: [DeliveryID] = []
        for (name, var lane) in self.lanes {
            let isBusy = lane.front == .busy || lane.front == .orphaned
            let kept = isBusy ? lane.queue.first : nil
            forgotten += lane.queue.elements.filter { $0 != kept }
            lane.queue.keep { $0 == kept }
            lane.front = .orphaned
            self.lanes[name] = isBusy ? lane : nil
        }
        for id in forgotten { self.deliveries[id] = nil }
        return forgotten.sorted()
    }

    /// Nothing new is started.
    package mutating func drainRequested() {
        self.isDraining = true
    }

    // MARK: Work

    /// What is to be done now; asked again after each action and each input.
    package mutating func next(at now: ContinuousClock.Instant) -> NextAction {
        if self.isDraining { return self.busyCount == 0 ? .drained : .wait(until: nil) }
        while let name = self.deadlines.popExpired(at: now) { self.frontBecameReady(name) }
        guard self.busyCount < self.limits.concurrency, let name = self.ready.popFirst(), let id = self.lanes[name]?.queue.first,
            let delivery = self.deliveries[id]
        else { return .wait(until: self.deadlines.earliest) }
        self.lanes[name]?.front = .busy
        self.busyCount += 1
        return .start(id, delivery.work, attempt: delivery.failures + 1)
    }

    /// The effect of the delivery is done, or its copy in the dead-letter queue is confirmed.
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
        self.deliveries[id] = delivery
        let deadline = now + (delay ?? self.limits.backoff.delay(afterFailures: delivery.failures, using: &generator))
        self.lanes[name]?.front = .backingOff
        self.deadlines.set(name, to: deadline)
        return .retry(id, attempt: delivery.failures + 1, at: deadline)
    }

    /// The handler wants the delivery in the dead-letter queue.
    ///
    /// - Returns: whether it is to be forgotten instead, because its session has ended.
    package mutating func deadLetterRequested(_ id: DeliveryID) -> DoneAction {
        guard let (name, isOrphan) = self.finish(id) else { return .none }
        guard !isOrphan else {
            self.removeFront(name)
            return .forget(id)
        }
        self.deliveries[id]?.work = .deadLetter
        self.deliveries[id]?.failures = 0
        self.frontBecameReady(name)
        return .none
    }

    // MARK: Inside

    private mutating func takeID() -> DeliveryID {
        defer { self.nextID += 1 }
        return self.nextID
    }

    private mutating func append(_ id: DeliveryID, _ delivery: Delivery) {
        self.deliveries[id] = delivery
        self.lanes[delivery.lane, default: Lane()].queue.append(id)
        if self.lanes[delivery.lane]?.queue.count == 1 { self.ready.append(delivery.lane) }
    }

    private mutating func frontBecameReady(_ name: LaneName) {
        self.lanes[name]?.front = .ready
        self.ready.append(name)
    }

    /// Ends the work on the front of a lane.
    private mutating func finish(_ id: DeliveryID) -> (LaneName, isOrphan: Bool)? {
        guard let delivery = self.deliveries[id], let lane = self.lanes[delivery.lane], lane.queue.first == id else { return nil }
        guard lane.front == .busy || lane.front == .orphaned else { return nil }
        self.busyCount -= 1
        return (delivery.lane, lane.front == .orphaned)
    }

    /// Removes the front of a lane, and lets the next delivery come forward.
    private mutating func removeFront(_ name: LaneName) {
        if let id = self.lanes[name]?.queue.popFirst() { self.deliveries[id] = nil }
        if self.lanes[name]?.queue.isEmpty ?? true {
            self.lanes[name] = nil
        } else {
            self.frontBecameReady(name)
        }
    }
}
