// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides what an outbox in memory takes, gives out, keeps and drops: sans-I/O, with event numbers and times as values.
///
/// One event is, from its entry to its end, in one of these states:
/// - *waiting* in its lane: → given out, dropped
/// - *given out* with its lane: → gone (confirmed), waiting (deferred, released), parked
/// - *parked*: → waiting under a new number (retried), dropped
///
/// A lane is *ready*, *claimed* from the time at which events of it are given out until each of them is settled, or *resting* after
/// one of them was deferred. Numbers grow, so that the order of a lane is the order of its numbers.
package struct MemoryOutboxStateMachine: ~Copyable {
    package typealias Number = UInt64

    package struct Limits: Hashable, Sendable {
        package var events: Int
        package var bytes: Int
        package var parked: Int
        package var parkedBytes: Int
        package var dropsOldest: Bool

        package init(events: Int, bytes: Int, parked: Int, parkedBytes: Int, dropsOldest: Bool) {
            self.events = max(2, events)
            self.bytes = bytes
            self.parked = max(1, parked)
            self.parkedBytes = parkedBytes
            self.dropsOldest = dropsOldest
        }
    }

    /// What an event is known by.
    package struct Identity: Hashable, Sendable {
        package var source: String
        package var id: String

        package init(source: String, id: String) {
            self.source = source
            self.id = id
        }
    }

    package enum Refusal: Hashable, Sendable { case full, closed }

    package enum PrepareAction: Equatable { case granted, refused(Refusal) }

    package enum StoreAction: Equatable {
        case stored(Number, dropped: [Number])
        /// It is there already, to be sent or parked.
        case known(isParked: Bool)
        case refused(Refusal)
    }

    package enum SettleAction: Equatable {
        case gone(Number)
        case deferred(Number)
        case parked(Number, dropped: [Number])
        /// It is not held: nothing changes.
        case none
    }

    private struct Entry {
        var identity: Identity
        var lane: String
        var bytes: Int
        var attempts = 0
        var isGivenOut = false
    }

    private struct Lane {
        enum State { case ready, claimed, resting }

        var state: State = .ready
        var waiting = FIFO<Number>()
        /// The events that were given out and are not settled, oldest first; all of them come before those that wait.
        var givenOut: [Number] = []
    }

    private let limits: Limits
    private var isClosed = false
    private var nextNumber: Number = 1
    /// The operations under way, by the ids of their events.
    private var reservations: Set<String> = []
    private var entries: [Number: Entry] = [:]
    private var parkedEntries: [Number: Entry] = [:]
    private var identities: Set<Identity> = []
    private var lanes: [String: Lane] = [:]
    /// Lanes that were ready, each once; one that has changed since is passed over when its turn comes.
    private var ready = FIFO<String>()
    private var listed: Set<String> = []
    private var rests = DeadlineQueue<String>()
    /// The numbers in the order of entry, with some void ones among them; see ``forgetVoidNumbers()``.
    private var order = FIFO<Number>()
    private var parkedOrder = FIFO<Number>()
    private var givenOutCount = 0

    package private(set) var bytes = 0
    package private(set) var parkedBytes = 0

    package init(limits: Limits) {
        self.limits = limits
    }

    package var count: Int { self.entries.count }
    package var parkedCount: Int { self.parkedEntries.count }
    package var parkedNumbers: [Number] { Array(self.parkedOrder.elements) }
    package var reservedCount: Int { self.reservations.count }

    /// The oldest event that waits for its confirm.
    package var oldest: Number? { self.order.elements.first { self.entries[$0] != nil } }

    /// How often an event was deferred.
    package func attempts(of number: Number) -> Int { self.entries[number]?.attempts ?? 0 }

    private func known(_ identity: Identity) -> StoreAction {
        .known(isParked: self.parkedEntries.values.contains { $0.identity == identity })
    }

    // MARK: Entry

    /// An operation is about to run whose event, of this id, will need room.
    package mutating func prepared(_ id: String) -> PrepareAction {
        guard !self.isClosed else { return .refused(.closed) }
        guard self.limits.dropsOldest || self.hasRoom || self.reservations.contains(id) else { return .refused(.full) }
        self.reservations.insert(id)
        return .granted
    }

    /// The operation failed: there is no event.
    package mutating func abandoned(_ id: String) {
        self.reservations.remove(id)
    }

    /// There is an event; that of an operation, whose reservation it takes, is taken although there is no room.
    package mutating func stored(_ identity: Identity, lane: String, bytes: Int, reservation: String? = nil) -> StoreAction {
        if let reservation { self.reservations.remove(reservation) }
        guard !self.isClosed else { return .refused(.closed) }
        guard !self.identities.contains(identity) else { return self.known(identity) }
        var dropped: [Number] = []
        if self.limits.dropsOldest {
            while !self.entries.isEmpty, self.entries.count >= self.limits.events || self.bytes + bytes > self.limits.bytes {
                guard let oldest = self.dropOldest() else { break }
                dropped.append(oldest)
            }
        } else if reservation == nil, !self.hasRoom {
            return .refused(.full)
        }
        self.identities.insert(identity)
        return .stored(self.insert(Entry(identity: identity, lane: lane, bytes: bytes)), dropped: dropped)
    }

    /// There is an event that can never be sent.
    package mutating func storedParked(_ identity: Identity, lane: String, bytes: Int, reservation: String? = nil) -> StoreAction {
        if let reservation { self.reservations.remove(reservation) }
        guard !self.isClosed else { return .refused(.closed) }
        guard self.identities.insert(identity).inserted else { return self.known(identity) }
        let number = self.takeNumber()
        return .stored(number, dropped: self.park(number, Entry(identity: identity, lane: lane, bytes: bytes)))
    }

    // MARK: Going out

    /// Gives out the oldest events of lanes that are ready.
    package mutating func claim(limit: Int, perLane: Int, at now: ContinuousClock.Instant) -> [Number] {
        guard !self.isClosed else { return [] }
        while let lane = self.rests.popExpired(at: now) { self.becameReady(lane) }
        // Where the oldest event makes room there must be one left that may.
        let bound = self.limits.dropsOldest ? self.limits.events / 2 - self.givenOutCount : limit
        let limit = min(limit, bound)
        var claimed: [Number] = []
        while claimed.count < limit, let lane = self.ready.popFirst() {
            self.listed.remove(lane)
            guard var content = self.lanes[lane], content.state == .ready else { continue }
            self.lanes[lane] = nil
            content.state = .claimed
            while claimed.count < limit, content.givenOut.count < max(1, perLane), let number = content.waiting.popFirst() {
                self.entries[number]?.isGivenOut = true
                content.givenOut.append(number)
                claimed.append(number)
            }
            self.lanes[lane] = content
        }
        self.givenOutCount += claimed.count
        return claimed
    }

    /// The broker has the event.
    package mutating func confirmed(_ number: Number) -> SettleAction {
        self.takeBack(number) == nil ? .none : .gone(number)
    }

    /// The broker did not take the event: its lane comes back whole, and rests.
    package mutating func deferred(_ number: Number, until deadline: ContinuousClock.Instant) -> SettleAction {
        guard let entry = self.entries[number], entry.isGivenOut else { return .none }
        self.entries[number]?.attempts += 1
        self.giveBack(entry.lane)
        self.lanes[entry.lane]?.state = .resting
        self.rests.set(entry.lane, to: deadline)
        return .deferred(number)
    }

    /// The event can never be sent as it is.
    package mutating func parked(_ number: Number) -> SettleAction {
        guard let entry = self.takeBack(number) else { return .none }
        self.identities.insert(entry.identity)
        return .parked(number, dropped: self.park(number, entry))
    }

    /// Every lane that was given out comes back.
    package mutating func released() {
        let claimed = self.lanes.filter { $0.value.state == .claimed }
            .sorted { ($0.value.givenOut.first ?? 0) < ($1.value.givenOut.first ?? 0) }
            .map(\.key)
        for lane in claimed {
            self.giveBack(lane)
            self.lanes[lane]?.state = .ready
        }
        // None of them is listed: a lane is taken from the list when it is claimed.
        self.ready.prepend(contentsOf: claimed)
        self.listed.formUnion(claimed)
    }

    /// When the earliest time of rest ends.
    package var nextDue: ContinuousClock.Instant? { self.rests.earliest }

    // MARK: Parked

    /// A parked event is to be tried again, behind what its lane has waiting now.
    ///
    /// - Returns: its new number; `nil` where it was not parked.
    package mutating func retryRequested(_ number: Number) -> Number? {
        guard !self.isClosed, var entry = self.takeParked(number) else { return nil }
        self.parkedOrder.keep { $0 != number }
        entry.attempts = 0
        entry.isGivenOut = false
        return self.insert(entry)
    }

    /// A parked event is to be forgotten.
    ///
    /// - Returns: whether it was parked.
    package mutating func discardRequested(_ number: Number) -> Bool {
        guard let entry = self.takeParked(number) else { return false }
        self.identities.remove(entry.identity)
        self.parkedOrder.keep { $0 != number }
        return true
    }

    /// The publisher has ended.
    ///
    /// - Returns: the events that were not confirmed, oldest first.
    package mutating func closed() -> [Number] {
        self.isClosed = true
        return self.entries.keys.sorted()
    }

    // MARK: Inside

    private var hasRoom: Bool {
        self.entries.count + self.reservations.count < self.limits.events && self.bytes < self.limits.bytes
    }

    private mutating func takeNumber() -> Number {
        defer { self.nextNumber += 1 }
        return self.nextNumber
    }

    private mutating func insert(_ entry: Entry) -> Number {
        let number = self.takeNumber()
        self.entries[number] = entry
        self.bytes += entry.bytes
        self.order.append(number)
        self.lanes[entry.lane, default: Lane()].waiting.append(number)
        if self.lanes[entry.lane]?.state == .ready { self.list(entry.lane) }
        self.forgetVoidNumbers()
        return number
    }

    /// Takes an event that was given out from its lane, which is free again after the last one.
    private mutating func takeBack(_ number: Number) -> Entry? {
        guard let entry = self.entries[number], entry.isGivenOut else { return nil }
        self.forget(number, entry)
        self.givenOutCount -= 1
        guard let index = self.lanes[entry.lane]?.givenOut.firstIndex(of: number) else { return entry }
        self.lanes[entry.lane]?.givenOut.remove(at: index)
        if self.lanes[entry.lane]?.givenOut.isEmpty == true { self.becameReady(entry.lane) }
        return entry
    }

    /// Puts what was given out of a lane back in front.
    private mutating func giveBack(_ lane: String) {
        guard var content = self.lanes.removeValue(forKey: lane) else { return }
        for number in content.givenOut { self.entries[number]?.isGivenOut = false }
        self.givenOutCount -= content.givenOut.count
        content.waiting.prepend(contentsOf: content.givenOut)
        content.givenOut = []
        self.lanes[lane] = content
    }

    private mutating func becameReady(_ lane: String) {
        guard let content = self.lanes[lane] else { return }
        if content.waiting.isEmpty {
            self.lanes[lane] = nil
        } else {
            self.lanes[lane]?.state = .ready
            self.list(lane)
        }
    }

    private mutating func list(_ lane: String) {
        guard self.listed.insert(lane).inserted else { return }
        self.ready.append(lane)
        guard self.ready.count > 2 * self.lanes.count + 64 else { return }
        let ready = self.lanes.filter { $0.value.state == .ready }
        self.ready.keep { ready[$0] != nil }
        self.listed = Set(self.ready.elements)
    }

    private mutating func forget(_ number: Number, _ entry: Entry) {
        self.entries[number] = nil
        self.identities.remove(entry.identity)
        self.bytes -= entry.bytes
    }

    private mutating func dropOldest() -> Number? {
        self.forgetVoidNumbers()
        guard let number = self.order.elements.first(where: { self.entries[$0]?.isGivenOut == false }),
            let entry = self.entries[number]
        else { return nil }
        self.forget(number, entry)
        // In its lane only what was given out is older.
        _ = self.lanes[entry.lane]?.waiting.popFirst()
        if let content = self.lanes[entry.lane], content.waiting.isEmpty, content.state != .claimed {
            self.lanes[entry.lane] = nil
            self.rests.remove(entry.lane)
        }
        return number
    }

    /// Keeps the order of entry from growing with void numbers, in amortised constant time.
    private mutating func forgetVoidNumbers() {
        while let first = self.order.first, self.entries[first] == nil { _ = self.order.popFirst() }
        guard self.order.count > 2 * self.entries.count + 64 else { return }
        let entries = self.entries
        self.order.keep { entries[$0] != nil }
    }

    /// Parks an event, and drops the oldest beyond the limits.
    ///
    /// - Returns: what was dropped; the event itself where it is over the limit alone, because dropping the others would not help.
    private mutating func park(_ number: Number, _ entry: Entry) -> [Number] {
        guard entry.bytes <= self.limits.parkedBytes else {
            self.identities.remove(entry.identity)
            return [number]
        }
        self.parkedEntries[number] = entry
        self.parkedBytes += entry.bytes
        self.parkedOrder.append(number)
        var dropped: [Number] = []
        while self.parkedOrder.count > self.limits.parked || self.parkedBytes > self.limits.parkedBytes,
            let oldest = self.parkedOrder.popFirst()
        {
            if let entry = self.takeParked(oldest) { self.identities.remove(entry.identity) }
            dropped.append(oldest)
        }
        return dropped
    }

    private mutating func takeParked(_ number: Number) -> Entry? {
        guard let entry = self.parkedEntries.removeValue(forKey: number) else { return nil }
        self.parkedBytes -= entry.bytes
        return entry
    }
}
