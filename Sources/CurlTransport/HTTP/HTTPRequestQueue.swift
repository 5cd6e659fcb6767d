// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which requests wait and which are under way, and what the I/O thread is to do about them.
///
/// It does no I/O and reads no clock. The transport keeps it under a lock. An entry that is handed out is gone from here, so
/// that whoever gets it, and nobody else, answers it.
package struct HTTPRequestQueue<Entry: Sendable>: ~Copyable {
    /// Tells requests of one queue apart.
    package struct ID: Hashable, Sendable {
        private let number: UInt64

        package init(_ number: UInt64) { self.number = number }
    }

    /// What becomes of a request that was brought.
    package enum Submission: Equatable, Sendable {
        /// It will be handed out; the thread must be woken for it, or not.
        case accepted(wakes: Bool)
        /// The queue is shut down.
        case shutDown
    }

    /// What becomes of a request that is no longer wanted.
    package enum Cancellation {
        /// It had not begun; here it is.
        case withdrawn(Entry)
        /// It is under way; the thread will end it, and must be woken for that, or not.
        case stopping(wakes: Bool)
        /// It is done.
        case tooLate
    }

    /// What the I/O thread is to do.
    package enum Step {
        /// Begin, end and answer what is listed.
        case work(Work)
        /// Wait for the sockets, the deadline or a wake-up.
        case wait(until: ContinuousClock.Instant?)
        /// Fail all that waits, and all that is under way, and end.
        case finish(waiting: [Entry])
    }

    /// Requests to see to.
    package struct Work {
        /// Requests to begin.
        package var begin: [(id: ID, entry: Entry)] = []
        /// Requests under way to go on with.
        package var resume: [ID] = []
        /// Requests under way to end.
        package var stop: [ID] = []
        /// Requests whose time passed while they waited.
        package var expired: [Entry] = []

        fileprivate var isEmpty: Bool { self.begin.isEmpty && self.resume.isEmpty && self.stop.isEmpty && self.expired.isEmpty }
    }

    private struct Waiting {
        let id: ID
        let host: String
        let deadline: ContinuousClock.Instant
        let entry: Entry
    }

    private enum Phase: Equatable {
        case open  // → ending
        case ending(deadline: ContinuousClock.Instant)  // → ended
        case ended
    }

    private let maximumRunning: Int
    private let maximumPerHost: Int
    private var phase = Phase.open
    private var waiting: [Waiting] = []
    private var running: [ID: String] = [:]
    /// How many are under way to each host; kept only where there is a bound.
    private var runningPerHost: [String: Int] = [:]
    private var stopping: [ID] = []
    private var resuming: [ID] = []
    /// The thread waits, or is about to without looking here again.
    private var isThreadWaiting = false
    private var isWakeupUnderway = false

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - maximumRunning: how many requests may be under way at a time; at least one.
    ///   - maximumPerHost: how many of these may go to one host; at least one, `nil` is as many as there may be.
    package init(maximumRunning: Int, maximumPerHost: Int? = nil) {
        self.maximumRunning = max(1, maximumRunning)
        self.maximumPerHost = max(1, maximumPerHost ?? .max)
    }

    /// How many requests wait or are under way.
    package var count: Int { self.waiting.count + self.running.count }

    // MARK: - From any thread

    /// A request is brought; it is handed out to begin when it is its turn.
    package mutating func submit(_ entry: Entry, id: ID, host: String = "", deadline: ContinuousClock.Instant) -> Submission {
        guard self.phase == .open else { return .shutDown }
        self.waiting.append(Waiting(id: id, host: host, deadline: deadline, entry: entry))
        // A full house looks here when a request is done, but must learn of an earlier deadline.
        return .accepted(wakes: self.beginWakeup())
    }

    /// A request is no longer wanted.
    package mutating func cancel(_ id: ID) -> Cancellation {
        if let index = self.waiting.firstIndex(where: { $0.id == id }) {
            return .withdrawn(self.waiting.remove(at: index).entry)
        }
        guard self.running[id] != nil else { return .tooLate }
        self.stopping.append(id)
        return .stopping(wakes: self.beginWakeup())
    }

    /// A request that had paused can go on.
    ///
    /// - Returns: whether the thread must be woken.
    package mutating func resume(_ id: ID) -> Bool {
        guard self.running[id] != nil else { return false }
        self.resuming.append(id)
        return self.beginWakeup()
    }

    /// No more requests are taken, and those that are here end by themselves or at a deadline; the earlier one holds.
    ///
    /// - Returns: whether the thread must be woken.
    package mutating func shutDown(deadline: ContinuousClock.Instant) -> Bool {
        switch self.phase {
        case .open: self.phase = .ending(deadline: deadline)
        case .ending(let current): self.phase = .ending(deadline: min(current, deadline))
        case .ended: return false
        }
        return self.beginWakeup()
    }

    private mutating func beginWakeup() -> Bool {
        guard self.isThreadWaiting, !self.isWakeupUnderway else { return false }
        self.isWakeupUnderway = true
        return true
    }

    // MARK: - On the I/O thread

    /// A request that was under way is done, whatever came of it.
    package mutating func ended(_ id: ID) { _ = self.remove(id) }

    /// Decides what comes next.
    ///
    /// - Parameter now: the present time.
    /// - Returns: the step; after ``Step/wait(until:)`` any change asks for a wake-up, until the next call.
    package mutating func nextStep(now: ContinuousClock.Instant) -> Step {
        self.isThreadWaiting = false
        self.isWakeupUnderway = false
        var end: ContinuousClock.Instant?
        switch self.phase {
        case .open: break
        case .ending(let deadline) where deadline > now && self.count > 0: end = deadline
        case .ending, .ended: return self.finish()
        }
        var work = Work()
        if !self.resuming.isEmpty {
            work.resume = self.resuming.filter { self.running[$0] != nil }
            self.resuming.removeAll(keepingCapacity: true)
        }
        if !self.stopping.isEmpty {
            work.stop = self.stopping.filter { self.remove($0) }
            self.stopping.removeAll(keepingCapacity: true)
        }
        if self.waiting.contains(where: { $0.deadline <= now }) {
            work.expired = self.waiting.filter { $0.deadline <= now }.map(\.entry)
            self.waiting.removeAll { $0.deadline <= now }
        }
        self.beginWaiting(&work)
        guard work.isEmpty else { return .work(work) }
        self.isThreadWaiting = true
        guard let next = self.waiting.lazy.map(\.deadline).min() else { return .wait(until: end) }
        return .wait(until: end.map { min($0, next) } ?? next)
    }

    /// Hands out what waits, in order, as far as the bounds allow.
    private mutating func beginWaiting(_ work: inout Work) {
        guard !self.waiting.isEmpty, self.running.count < self.maximumRunning else { return }
        var left: [Waiting] = []
        for (index, next) in self.waiting.enumerated() {
            guard self.running.count < self.maximumRunning else {
                left += self.waiting[index...]
                break
            }
            guard self.maximumPerHost == .max || self.runningPerHost[next.host, default: 0] < self.maximumPerHost else {
                left.append(next)
                continue
            }
            self.running[next.id] = next.host
            if self.maximumPerHost != .max { self.runningPerHost[next.host, default: 0] += 1 }
            work.begin.append((next.id, next.entry))
        }
        self.waiting = left
    }

    private mutating func remove(_ id: ID) -> Bool {
        guard let host = self.running.removeValue(forKey: id) else { return false }
        if self.maximumPerHost != .max, let count = self.runningPerHost[host] { self.runningPerHost[host] = count > 1 ? count - 1 : nil }
        return true
    }

    private mutating func finish() -> Step {
        let entries = self.waiting.map(\.entry)
        self.phase = .ended
        self.waiting = []
        self.running = [:]
        self.runningPerHost = [:]
        self.stopping = []
        self.resuming = []
        return .finish(waiting: entries)
    }
}
