// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Gathers entries into calls, and says which are sent again: sans-I/O.
///
/// An entry is *waiting* in its group → *ready* → *sent* → done; or sent → *failed*, which is sent again in a call of its own. Entries of one
/// group keep their order, since only one of them is beyond waiting. Entries without a group go out in the order in which they came.
package struct BatchStateMachine: ~Copyable {
    package typealias EntryID = UInt64

    package enum Action: Equatable {
        /// Send these in one call, and report the answer: ``BatchStateMachine/callAnswered(_:at:)``.
        case send([EntryID])
        /// Report ``BatchStateMachine/timerFired(at:)`` at this time; earlier requests stay.
        case setTimer(ContinuousClock.Instant)
        /// The outcome of this entry is its last one: tell it.
        case complete(EntryID)
        /// Nothing is left, and nothing will come.
        case finish
    }

    /// What the answer to a call says of an entry.
    package enum Outcome: Equatable {
        /// Done, or failed for good.
        case final
        /// Failed, and may succeed in a call of its own.
        case retryable
    }

    private struct Entry {
        var bytes: Int
        var group: String?
        var due: ContinuousClock.Instant
        var failures = 0
        var stage = Stage.waiting
    }

    private enum Stage { case waiting, ready, sent, failed }

    private let limits: BatchLimits
    private var entries: [EntryID: Entry] = [:]
    private var lanes = GroupLanes<EntryID>()
    /// Holds withdrawn entries too, until they are at its front.
    private var ready = EntryQueue<EntryID>()
    private var readyCount = 0
    private var readyBytes = 0
    /// The entries that wait for a call of their own.
    private var failed: [EntryID] = []
    private var calls = 0
    private var timer: ContinuousClock.Instant?
    private var isFinishing = false

    package init(limits: BatchLimits) { self.limits = limits }

    /// How many entries have no last outcome yet.
    package var count: Int { self.entries.count }

    /// An entry has come.
    ///
    /// - Parameters:
    ///   - id: its number, which no other entry has.
    ///   - bytes: its size.
    ///   - group: where entries are to keep their order, the group.
    ///   - now: the present time.
    package mutating func submitted(_ id: EntryID, bytes: Int, group: String?, at now: ContinuousClock.Instant) -> [Action] {
        self.entries[id] = Entry(bytes: bytes, group: group, due: now + self.limits.linger)
        if let group, !self.lanes.arrived(id, in: group) { return [] }
        self.passed(id)
        return self.actions(at: now)
    }

    /// Nobody waits for an entry any more.
    ///
    /// - Parameters:
    ///   - id: the entry.
    ///   - now: the present time.
    /// - Returns: whether it will not be sent, or not again; and what to do.
    package mutating func withdrawn(_ id: EntryID, at now: ContinuousClock.Instant) -> (isWithdrawn: Bool, actions: [Action]) {
        guard let entry = self.entries[id], entry.stage != .sent else { return (false, []) }
        switch entry.stage {
        case .ready:
            self.readyCount -= 1
            self.readyBytes -= entry.bytes
        case .failed: self.failed.removeAll { $0 == id }
        case .waiting, .sent: break
        }
        self.settle(id, isPassed: entry.stage != .waiting)
        return (true, self.actions(at: now))
    }

    /// A call was answered, or has failed.
    ///
    /// - Parameters:
    ///   - outcomes: what the answer says of each entry of the call.
    ///   - now: the present time.
    package mutating func callAnswered(_ outcomes: [(id: EntryID, outcome: Outcome)], at now: ContinuousClock.Instant) -> [Action] {
        self.calls -= 1
        var actions: [Action] = []
        for (id, outcome) in outcomes {
            guard var entry = self.entries[id], entry.stage == .sent else { continue }
            entry.failures += 1
            if outcome == .retryable, entry.failures < self.limits.attempts {
                entry.stage = .failed
                entry.due = now + self.limits.retryDelay * (1 << min(entry.failures - 1, 10))
                self.entries[id] = entry
                self.failed.append(id)
            } else {
                self.settle(id, isPassed: true)
                actions.append(.complete(id))
            }
        }
        return actions + self.actions(at: now)
    }

    /// A time has come that ``Action/setTimer(_:)`` asked for.
    package mutating func timerFired(at now: ContinuousClock.Instant) -> [Action] {
        if let timer, timer <= now { self.timer = nil }
        return self.actions(at: now)
    }

    /// Nothing will come any more: nothing waits for others.
    package mutating func finished(at now: ContinuousClock.Instant) -> [Action] {
        self.isFinishing = true
        return self.actions(at: now)
    }

    // MARK: Between the stages

    private mutating func passed(_ id: EntryID) {
        self.entries[id]?.stage = .ready
        self.ready.append(id)
        self.readyCount += 1
        self.readyBytes += self.entries[id]?.bytes ?? 0
    }

    /// Lets an entry go, and the next one of its group pass.
    private mutating func settle(_ id: EntryID, isPassed: Bool) {
        guard let group = self.entries.removeValue(forKey: id)?.group, isPassed else { return }
        // Withdrawn entries still stand in the lane.
        while let next = self.lanes.left(group) {
            guard self.entries[next] != nil else { continue }
            return self.passed(next)
        }
    }

    private mutating func actions(at now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        while self.calls < self.limits.calls, let call = self.nextCall(at: now) {
            for id in call { self.entries[id]?.stage = .sent }
            self.calls += 1
            actions.append(.send(call))
        }
        if self.isFinishing, self.entries.isEmpty { return actions + [.finish] }
        // Without room for a call, the answer to one comes first.
        if self.calls < self.limits.calls, let due = self.due, self.timer.map({ due < $0 }) ?? true {
            self.timer = due
            actions.append(.setTimer(due))
        }
        return actions
    }

    /// When there is something to send.
    private var due: ContinuousClock.Instant? {
        (self.failed + [self.ready.first].compactMap { $0 }).compactMap { self.entries[$0]?.due }.min()
    }

    private mutating func nextCall(at now: ContinuousClock.Instant) -> [EntryID]? {
        if let index = self.failed.firstIndex(where: { self.entries[$0].map { $0.due <= now } ?? false }) {
            return [self.failed.remove(at: index)]
        }
        while let first = self.ready.first, self.entries[first] == nil { _ = self.ready.popFirst() }
        guard let first = self.ready.first, let oldest = self.entries[first] else { return nil }
        let isFull = self.readyCount >= self.limits.entries || self.readyBytes >= self.limits.bytes
        guard isFull || self.isFinishing || oldest.due <= now else { return nil }
        var call: [EntryID] = []
        var bytes = 0
        while call.count < self.limits.entries, let id = self.ready.first {
            guard let entry = self.entries[id] else {
                _ = self.ready.popFirst()
                continue
            }
            // An entry that is longer than a call may be is not this machine's to refuse: it goes alone.
            guard call.isEmpty || bytes + entry.bytes <= self.limits.bytes else { break }
            _ = self.ready.popFirst()
            bytes += entry.bytes
            call.append(id)
        }
        self.readyCount -= call.count
        self.readyBytes -= bytes
        return call
    }
}
