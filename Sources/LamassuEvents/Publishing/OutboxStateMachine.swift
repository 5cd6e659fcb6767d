// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides which event of the outbox is published when: sans-I/O, with event numbers and times as values.
///
/// Events of one subject go out in the order in which they were enqueued, and at most one of them is unconfirmed at a time; subjects
/// go out side by side within the window. What is not confirmed stays, and goes out again after the session ended.
///
/// One event is, from its entry to its end, in one of these states:
/// - *waiting* in its lane behind another, or at its front until the window has room: → in flight, dropped
/// - *in flight*: → removed (confirmed), backing off (failed), parked (rejected), waiting (the session ended)
/// - *backing off* at the front of its lane: → waiting, dropped
/// - *parked*: → waiting (retried), dropped
///
/// A broker that refuses one publish closes the channel and does not say which publish it meant. So after such an end every
/// event that was in flight is a suspect and goes out alone; the one that is alone when the channel closes again is at fault.
package struct OutboxStateMachine: ~Copyable {
    package typealias EntryID = UInt64

    package struct Limits: Hashable, Sendable {
        package var events: Int
        package var bytes: Int
        package var parked: Int
        package var window: Int
        package var dropsOldest: Bool
        package var backoff: Backoff
        /// How many faults of its own an event may have before it is parked.
        package var faults = 3

        package init(events: Int, bytes: Int, parked: Int, window: Int, dropsOldest: Bool, backoff: Backoff) {
            self.events = max(2, events)
            self.bytes = bytes
            self.parked = max(1, parked)
            // One less than fits, so that there is always an event that may be dropped.
            self.window = min(max(1, window), self.events - 1)
            self.dropsOldest = dropsOldest
            self.backoff = backoff
        }
    }

    package enum Refusal: Hashable, Sendable { case full, closed }

    package enum ReserveAction: Equatable { case granted, refused(Refusal) }

    package enum EnqueueAction: Equatable {
        case stored(EntryID, dropped: [EntryID])
        case refused(Refusal)
    }

    package enum NextAction: Equatable {
        /// Publish this event, then report ``confirmed(_:)``, ``failed(_:at:using:)``, ``rejected(_:)`` or the end of the session.
        case publish(EntryID)
        /// Nothing to do before this time or another input.
        case wait(until: ContinuousClock.Instant?)
        /// The session is to end: it broke.
        case endSession
        /// The drain is complete.
        case drained
    }

    package enum FailureAction: Equatable {
        case retry(EntryID, attempts: Int, at: ContinuousClock.Instant)
        case none
    }

    package enum ParkAction: Equatable {
        case parked(EntryID, dropped: EntryID?)
        case none
    }

    package struct SessionEndAction: Equatable {
        /// The events that were in flight, oldest first, without the one at fault; they go out again.
        package var interrupted: [EntryID]
        package var fault: FailureAction = .none
        package var parked: ParkAction = .none

        package init(interrupted: [EntryID] = []) { self.interrupted = interrupted }
    }

    private enum Link { case down, up, breaking, closed }

    private struct Entry {
        var lane: String
        var bytes: Int
        /// Its place among all entries; a parked event that is tried again gets a new one.
        var ticket: UInt64 = 0
        var attempts = 0
        var isSuspect = false
        var faults = 0
        /// How many confirms there had been at the last fault that counted.
        var confirmsAtFault: UInt64 = 0
    }

    private struct Lane {
        enum Front { case ready, inFlight, backingOff }

        var queue = FIFO<EntryID>()
        var front: Front = .ready
    }

    /// An event's place in the order of entry, which is void once the event has another ticket or is gone.
    private struct Place {
        var id: EntryID
        var ticket: UInt64
    }

    private let limits: Limits
    private var link: Link = .down
    private var isDraining = false
    private var nextID: EntryID = 1
    private var nextTicket: UInt64 = 1
    private var entries: [EntryID: Entry] = [:]
    private var lanes: [String: Lane] = [:]
    /// Lanes whose front may go out, in the order in which they became ready.
    private var ready = FIFO<String>()
    /// The same, for lanes whose front is a suspect.
    private var suspects = FIFO<String>()
    /// The order of entry of all events, with some void places in it; see ``forgetVoidPlaces()``.
    private var order = FIFO<Place>()
    private var deadlines = DeadlineQueue<String>()
    private var inFlight: Set<EntryID> = []
    private var isExclusive = false
    private var parkedEntries: [EntryID: Entry] = [:]
    private var parkedOrder = FIFO<EntryID>()
    private var reservations = 0
    private var confirms: UInt64 = 0

    package private(set) var bytes = 0

    package init(limits: Limits) {
        self.limits = limits
    }

    package var count: Int { self.entries.count }
    package var inFlightCount: Int { self.inFlight.count }
    package var backingOffCount: Int { self.deadlines.count }
    package var parkedCount: Int { self.parkedEntries.count }
    package var parkedIDs: [EntryID] { Array(self.parkedOrder.elements) }
    package var reservedCount: Int { self.reservations }
    package var isUp: Bool { self.link == .up }
    package var isDrained: Bool { self.isDraining && self.entries.isEmpty && self.reservations == 0 }

    // MARK: Entry

    /// An operation is about to run whose event will need room.
    package mutating func reserve() -> ReserveAction {
        guard self.link != .closed, !self.isDraining else { return .refused(.closed) }
        guard self.limits.dropsOldest || self.hasRoom else { return .refused(.full) }
        self.reservations += 1
        return .granted
    }

    /// The operation failed: there is no event.
    package mutating func reservationReleased() {
        self.reservations = max(0, self.reservations - 1)
    }

    /// There is an event; with `isReserved` its operation had reserved its room, and only a closed outbox refuses it.
    package mutating func enqueued(lane: String, bytes: Int, isReserved: Bool) -> EnqueueAction {
        if isReserved { self.reservationReleased() }
        guard self.link != .closed, isReserved || !self.isDraining else { return .refused(.closed) }
        var dropped: [EntryID] = []
        if self.limits.dropsOldest {
            while !self.entries.isEmpty, self.entries.count >= self.limits.events || self.bytes + bytes > self.limits.bytes {
                guard let oldest = self.dropOldest() else { break }
                dropped.append(oldest)
            }
        } else if !isReserved, !self.hasRoom {
            return .refused(.full)
        }
        let id = self.nextID
        self.nextID += 1
        self.insert(id, Entry(lane: lane, bytes: bytes))
        return .stored(id, dropped: dropped)
    }

    // MARK: Session

    /// The broker takes events from now on.
    package mutating func sessionOpened() {
        if self.link == .down { self.link = .up }
    }

    /// The session broke while publishes may still be under way: nothing more goes out in it.
    package mutating func sessionBroke() {
        if self.link == .up { self.link = .breaking }
    }

    /// The session is over, and so is every publish in it; with `isRefusal` because the broker refused something that was sent in it.
    package mutating func sessionEnded(
        isRefusal: Bool, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> SessionEndAction {
        guard self.link != .closed else { return SessionEndAction() }
        self.link = .down
        var interrupted = self.inOrder(self.inFlight)
        self.inFlight.removeAll()
        self.isExclusive = false
        var action = SessionEndAction()
        if isRefusal, interrupted.count == 1 {
            (action.fault, action.parked) = self.faulted(interrupted[0], at: now, using: &generator)
            interrupted = []
        }
        for id in interrupted where isRefusal { self.entries[id]?.isSuspect = true }
        let returning = interrupted.compactMap { self.entries[$0] }
        for entry in returning { self.lanes[entry.lane]?.front = .ready }
        self.ready.prepend(contentsOf: returning.filter { !$0.isSuspect }.map(\.lane))
        self.suspects.prepend(contentsOf: returning.filter(\.isSuspect).map(\.lane))
        action.interrupted = interrupted
        return action
    }

    /// No more is taken; what is there goes out if it can.
    package mutating func drainRequested() {
        self.isDraining = true
    }

    /// The outbox is closed for good.
    ///
    /// - Returns: the events that were not confirmed, oldest first.
    package mutating func closed() -> [EntryID] {
        self.link = .closed
        return self.inOrder(self.entries.keys)
    }

    // MARK: Going out

    /// What is to be done now; asked again after each action and each input.
    package mutating func next(at now: ContinuousClock.Instant) -> NextAction {
        while let lane = self.deadlines.popExpired(at: now) { self.frontBecameReady(lane) }
        if self.isDrained { return .drained }
        switch self.link {
        case .down, .closed: return .wait(until: nil)
        case .breaking: return .endSession
        case .up: break
        }
        guard !self.isExclusive, self.inFlight.count < self.limits.window else { return .wait(until: self.deadlines.earliest) }
        if !self.suspects.isEmpty {
            guard self.inFlight.isEmpty, let lane = self.suspects.popFirst(), let id = self.depart(lane) else {
                return .wait(until: self.deadlines.earliest)
            }
            self.isExclusive = true
            return .publish(id)
        }
        guard let lane = self.ready.popFirst(), let id = self.depart(lane) else { return .wait(until: self.deadlines.earliest) }
        return .publish(id)
    }

    /// The broker has the event.
    ///
    /// - Returns: whether the event was in flight, and so is done now.
    package mutating func confirmed(_ id: EntryID) -> Bool {
        guard self.inFlight.remove(id) != nil else { return false }
        self.confirms += 1
        self.isExclusive = false
        self.removeFront(id)
        return true
    }

    /// The broker does not have the event, but may take it later: it was returned or refused for now.
    package mutating func failed(
        _ id: EntryID, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> FailureAction {
        guard self.inFlight.remove(id) != nil else { return .none }
        self.isExclusive = false
        self.entries[id]?.isSuspect = false
        return self.backOff(id, at: now, using: &generator)
    }

    /// The event can never go out.
    package mutating func rejected(_ id: EntryID) -> ParkAction {
        if self.inFlight.remove(id) != nil { self.isExclusive = false }
        guard let entry = self.entries[id] else { return .none }
        // What is not at the front of its lane has just been enqueued and stands at its end.
        if self.lanes[entry.lane]?.queue.first == id { self.removeFront(id) } else { self.removeLast(id) }
        return self.park(id, entry)
    }

    // MARK: Parked

    /// A parked event is to be tried again, behind what its subject has waiting now.
    ///
    /// - Returns: whether the event was parked.
    package mutating func retryRequested(_ id: EntryID) -> Bool {
        guard self.link != .closed, let parked = self.parkedEntries.removeValue(forKey: id) else { return false }
        self.parkedOrder.keep { $0 != id }
        self.insert(id, Entry(lane: parked.lane, bytes: parked.bytes))
        return true
    }

    /// A parked event is to be forgotten.
    ///
    /// - Returns: whether the event was parked.
    package mutating func discardRequested(_ id: EntryID) -> Bool {
        guard self.parkedEntries.removeValue(forKey: id) != nil else { return false }
        self.parkedOrder.keep { $0 != id }
        return true
    }

    // MARK: Inside

    private var hasRoom: Bool {
        self.entries.count + self.reservations < self.limits.events && self.bytes < self.limits.bytes
    }

    private func inOrder(_ ids: some Sequence<EntryID>) -> [EntryID] {
        ids.map { ($0, self.entries[$0]?.ticket ?? 0) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private func isVoid(_ place: Place) -> Bool { self.entries[place.id]?.ticket != place.ticket }

    private mutating func insert(_ id: EntryID, _ entry: Entry) {
        var entry = entry
        entry.ticket = self.nextTicket
        self.nextTicket += 1
        self.entries[id] = entry
        self.bytes += entry.bytes
        self.order.append(Place(id: id, ticket: entry.ticket))
        self.lanes[entry.lane, default: Lane()].queue.append(id)
        if self.lanes[entry.lane]?.queue.count == 1 { self.ready.append(entry.lane) }
        self.forgetVoidPlaces()
    }

    /// Takes the front of a ready lane into flight.
    private mutating func depart(_ lane: String) -> EntryID? {
        guard let id = self.lanes[lane]?.queue.first else { return nil }
        self.lanes[lane]?.front = .inFlight
        self.inFlight.insert(id)
        return id
    }

    private mutating func frontBecameReady(_ lane: String) {
        self.lanes[lane]?.front = .ready
        guard let id = self.lanes[lane]?.queue.first, let entry = self.entries[id] else { return }
        if entry.isSuspect { self.suspects.append(lane) } else { self.ready.append(lane) }
    }

    /// Removes the event at the front of its lane, and lets the next one come forward.
    private mutating func removeFront(_ id: EntryID) {
        guard let entry = self.entries.removeValue(forKey: id) else { return }
        self.bytes -= entry.bytes
        let wasReady = self.lanes[entry.lane]?.front == .ready
        _ = self.lanes[entry.lane]?.queue.popFirst()
        self.deadlines.remove(entry.lane)
        if self.lanes[entry.lane]?.queue.isEmpty ?? true {
            self.lanes[entry.lane] = nil
            if wasReady { self.forgetReady(entry.lane) }
        } else if !wasReady {
            self.frontBecameReady(entry.lane)
        }
    }

    /// Removes the event at the end of its lane, behind another.
    private mutating func removeLast(_ id: EntryID) {
        guard let entry = self.entries[id], self.lanes[entry.lane]?.queue.last == id else { return }
        self.entries[id] = nil
        self.bytes -= entry.bytes
        _ = self.lanes[entry.lane]?.queue.popLast()
    }

    private var oldestNotInFlight: EntryID? {
        for place in self.order.elements where !self.isVoid(place) && !self.inFlight.contains(place.id) { return place.id }
        return nil
    }

    private mutating func dropOldest() -> EntryID? {
        guard let id = self.oldestNotInFlight, let entry = self.entries[id] else { return nil }
        if self.lanes[entry.lane]?.queue.first == id {
            self.removeFront(id)
        } else {
            // The oldest that is not in flight stands right behind one that is.
            self.entries[id] = nil
            self.bytes -= entry.bytes
            _ = self.lanes[entry.lane]?.queue.popSecond()
        }
        return id
    }

    /// Forgets a lane that had been ready and is empty now; where the oldest event was dropped it is the first.
    private mutating func forgetReady(_ lane: String) {
        guard self.ready.first != lane else { return _ = self.ready.popFirst() }
        self.ready.keep { $0 != lane }
        self.suspects.keep { $0 != lane }
    }

    /// Keeps the order of entry from growing with void places, in amortised constant time.
    private mutating func forgetVoidPlaces() {
        while let first = self.order.first, self.isVoid(first) { _ = self.order.popFirst() }
        guard self.order.count > 2 * self.entries.count + 64 else { return }
        let entries = self.entries
        self.order.keep { entries[$0.id]?.ticket == $0.ticket }
    }

    private mutating func backOff(
        _ id: EntryID, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> FailureAction {
        guard var entry = self.entries[id] else { return .none }
        entry.attempts += 1
        self.entries[id] = entry
        let deadline = now + self.limits.backoff.delay(afterFailures: entry.attempts, using: &generator)
        self.lanes[entry.lane]?.front = .backingOff
        self.deadlines.set(entry.lane, to: deadline)
        return .retry(id, attempts: entry.attempts, at: deadline)
    }

    /// The broker closed the channel while this event was alone in flight.
    ///
    /// Such a fault counts once something else was confirmed since the last one: what refuses everything is not the event's fault.
    private mutating func faulted(
        _ id: EntryID, at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator
    ) -> (FailureAction, ParkAction) {
        guard var entry = self.entries[id] else { return (.none, .none) }
        if entry.faults == 0 || self.confirms > entry.confirmsAtFault {
            entry.faults += 1
            entry.confirmsAtFault = self.confirms
        }
        entry.isSuspect = true
        self.entries[id] = entry
        guard entry.faults >= self.limits.faults else { return (self.backOff(id, at: now, using: &generator), .none) }
        self.removeFront(id)
        return (.none, self.park(id, entry))
    }

    private mutating func park(_ id: EntryID, _ entry: Entry) -> ParkAction {
        self.parkedEntries[id] = entry
        self.parkedOrder.append(id)
        guard self.parkedOrder.count > self.limits.parked, let dropped = self.parkedOrder.popFirst() else {
            return .parked(id, dropped: nil)
        }
        self.parkedEntries[dropped] = nil
        return .parked(id, dropped: dropped)
    }
}
