// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which requests wait and which are under way, and what the I/O thread is to do about them.
///
/// It does no I/O and reads no clock. The transport keeps it under a lock. An entry that is handed out is gone from here, so
/// that whoever gets it, and nobody else, answers it.
package struct HTTPRequestQueue<Entry: Sendable>: ~Copyable {
    /// Tells requests of one queue apart.
    package struct ID: Hashable, Sendable {
        fileprivate let number: UInt64
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
        /// Requests under way to end.
        package var stop: [ID] = []
        /// Requests whose time passed while they waited.
        package var expired: [Entry] = []

        fileprivate var isEmpty: Bool { self.begin.isEmpty && self.stop.isEmpty && self.expired.isEmpty }
    }

    private struct Waiting {
        let id: ID
        let deadline: ContinuousClock.Instant
        let entry: Entry
    }

    private let maximumRunning: Int
    private var waiting: [Waiting] = []
    private var running: Set<ID> = []
    private var stopping: [ID] = []
    private var isShutDown = false
    /// The thread waits, or is about to without looking here again.
    private var isThreadWaiting = false
    private var isWakeupUnderway = false
    private var lastNumber: UInt64 = 0

    /// Makes an empty queue.
    ///
    /// - Parameter maximumRunning: how many requests may be under way at a time; at least one.
    package init(maximumRunning: Int) { self.maximumRunning = max(1, maximumRunning) }

    // MARK: - From any thread

    /// A name for a request that will be brought.
    package mutating func makeID() -> ID {
        self.lastNumber += 1
        return ID(number: self.lastNumber)
    }

    /// A request is brought; it is handed out to begin when it is its turn.
    package mutating func submit(_ entry: Entry, id: ID, deadline: ContinuousClock.Instant) -> Submission {
        guard !self.isShutDown else { return .shutDown }
        self.waiting.append(Waiting(id: id, deadline: deadline, entry: entry))
        // A full house looks here when a request is done, but must learn of an earlier deadline.
        return .accepted(wakes: self.beginWakeup())
    }

    /// A request is no longer wanted.
    package mutating func cancel(_ id: ID) -> Cancellation {
        if let index = self.waiting.firstIndex(where: { $0.id == id }) {
            return .withdrawn(self.waiting.remove(at: index).entry)
        }
        guard self.running.contains(id) else { return .tooLate }
        self.stopping.append(id)
        return .stopping(wakes: self.beginWakeup())
    }

    /// No request is wanted any more.
    ///
    /// - Returns: whether the thread must be woken.
    package mutating func shutDown() -> Bool {
        self.isShutDown = true
        return self.beginWakeup()
    }

    private mutating func beginWakeup() -> Bool {
        guard self.isThreadWaiting, !self.isWakeupUnderway else { return false }
        self.isWakeupUnderway = true
        return true
    }

    // MARK: - On the I/O thread

    /// A request that was under way is done, whatever came of it.
    package mutating func ended(_ id: ID) { self.running.remove(id) }

    /// Decides what comes next.
    ///
    /// - Parameter now: the present time.
    /// - Returns: the step; after ``Step/wait(until:)`` any change asks for a wake-up, until the next call.
    package mutating func nextStep(now: ContinuousClock.Instant) -> Step {
        self.isThreadWaiting = false
        self.isWakeupUnderway = false
        guard !self.isShutDown else {
            let entries = self.waiting.map(\.entry)
            self.waiting = []
            self.running = []
            return .finish(waiting: entries)
        }
        var work = Work()
        work.stop = self.stopping.filter { self.running.remove($0) != nil }
        self.stopping.removeAll(keepingCapacity: true)
        if self.waiting.contains(where: { $0.deadline <= now }) {
            work.expired = self.waiting.filter { $0.deadline <= now }.map(\.entry)
            self.waiting.removeAll { $0.deadline <= now }
        }
        let count = min(self.waiting.count, self.maximumRunning - self.running.count)
        for next in self.waiting.prefix(count) {
            self.running.insert(next.id)
            work.begin.append((next.id, next.entry))
        }
        self.waiting.removeFirst(count)
        guard work.isEmpty else { return .work(work) }
        self.isThreadWaiting = true
        return .wait(until: self.waiting.lazy.map(\.deadline).min())
    }
}
