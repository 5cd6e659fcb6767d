// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// Decides when to ask a queue for messages, who gets them, and how long they stay hidden: sans-I/O.
///
/// A message is *held back* behind another one of its group → *buffered* → *handled* → *settled*, which is deleted or shown again → gone. From
/// its arrival until it is settled it is hidden for another visibility timeout whenever half of one is over, though not beyond its deadline.
/// All that is not gone counts against the limit, so that no more is asked for than there is room.
package struct ConsumerStateMachine: ~Copyable {
    package typealias MessageID = UInt64
    package typealias WaiterID = UInt64
    package typealias Instant = ContinuousClock.Instant

    package enum Action: Equatable {
        /// Ask for so many messages, and report ``ConsumerStateMachine/pollAnswered(_:asked:at:)`` or
        /// ``ConsumerStateMachine/pollFailed(asked:isRetryable:jitter:at:)``.
        case poll(Int)
        /// Give a message to who waits.
        case deliver(MessageID, to: WaiterID)
        /// Delete a message, and report ``ConsumerStateMachine/settlementEnded(_:at:)``.
        case delete(MessageID)
        /// Show a message after so long, and report ``ConsumerStateMachine/settlementEnded(_:at:)``.
        case release(MessageID, after: Duration)
        /// Hide a message for so many whole seconds from now, and report ``ConsumerStateMachine/extended(_:hiddenUntil:)`` or
        /// ``ConsumerStateMachine/extensionFailed(_:isRetryable:at:)``.
        case extend(MessageID, for: Duration)
        /// The message is gone: forget it.
        case forget(MessageID)
        /// Report ``ConsumerStateMachine/timerFired(at:)`` at this time; earlier requests stay.
        case setTimer(Instant)
        /// No message will come for who waits.
        case end(WaiterID)
        /// Nothing is left, and nothing will come.
        case finish
    }

    private struct Held {
        var group: String?
        var stage = Stage.heldBack
        /// When extending ends.
        var deadline: Instant
        /// Until when SQS hides the message.
        var hiddenUntil: Instant
        /// Whether SQS will not hide it any longer.
        var isLost = false

        var isKeptHidden: Bool { self.stage != .settled && !self.isLost }
    }

    private enum Stage { case heldBack, buffered, handled, settled }

    /// The most messages that an answer of SQS holds.
    package static let batchSize = 10

    private let configuration: MessageConsumerConfiguration
    private let keepsGroups: Bool
    private var messages: [MessageID: Held] = [:]
    private var lanes = GroupLanes<MessageID>()
    /// May hold messages that are not buffered any more, until they are at its front.
    private var buffer = EntryQueue<MessageID>()
    /// When each message is extended next; in order of time, because every wait is the same.
    private var extensions = EntryQueue<(id: MessageID, at: Instant)>()
    /// When an extension that failed is made again; in order of time likewise.
    private var repetitions = EntryQueue<(id: MessageID, at: Instant)>()
    /// May hold those that have gone, until they are at its front.
    private var queue = EntryQueue<WaiterID>()
    private var waiters: Set<WaiterID> = []
    private var polls = 0
    /// The messages that polls under way have asked for.
    private var reserved = 0
    /// Whether the last answer held messages, so that other pollers help.
    private var isBusy = false
    private var failures = 0
    private var pausedUntil: Instant?
    private var timer: Instant?
    /// Whether asking again is of no use; what is here is still handled.
    private var hasFailed = false
    private var isStopping = false
    private var hasFinished = false

    /// Makes a machine.
    ///
    /// - Parameters:
    ///   - configuration: how messages are received.
    ///   - keepsGroups: whether the messages of a group are handled one at a time.
    package init(_ configuration: MessageConsumerConfiguration, keepsGroups: Bool) {
        self.configuration = configuration
        self.keepsGroups = keepsGroups
    }

    /// How many messages are here, or asked for.
    package var count: Int { self.messages.count + self.reserved }

    /// How much its queues hold, which is in proportion to the messages here and to who waits.
    package var queued: Int { self.buffer.count + self.extensions.count + self.repetitions.count + self.queue.count }

    // MARK: Receiving

    /// Receiving begins.
    package mutating func started(at now: Instant) -> [Action] { self.pump(at: now) }

    /// Messages have come, or none.
    ///
    /// - Parameters:
    ///   - received: the messages, in their order.
    ///   - asked: how many were asked for.
    ///   - now: the present time.
    package mutating func pollAnswered(_ received: [(id: MessageID, group: String?)], asked: Int, at now: Instant) -> [Action] {
        self.polls -= 1
        self.reserved -= asked
        self.failures = 0
        self.pausedUntil = nil
        self.isBusy = !received.isEmpty
        var actions: [Action] = []
        for (id, group) in received {
            let group = self.keepsGroups ? group : nil
            self.messages[id] = Held(
                group: group, deadline: now + self.configuration.maximumHandlingTime,
                hiddenUntil: now + self.configuration.visibilityTimeout)
            guard !self.isStopping else {
                actions.append(self.release(id, after: .zero))
                continue
            }
            self.extensions.append((id, now + self.configuration.visibilityTimeout / 2))
            if let group, !self.lanes.arrived(id, in: group) { continue }
            self.passed(id)
        }
        return actions + self.pump(at: now)
    }

    /// A poll has failed.
    ///
    /// - Parameters:
    ///   - asked: how many messages it asked for.
    ///   - isRetryable: whether to ask again, after a while; if not, no message will come any more.
    ///   - jitter: a random number from 0 up to 1.
    ///   - now: the present time.
    package mutating func pollFailed(asked: Int, isRetryable: Bool, jitter: Double, at now: Instant) -> [Action] {
        self.polls -= 1
        self.reserved -= asked
        guard isRetryable else {
            self.hasFailed = true
            return self.endWaits() + self.pump(at: now)
        }
        self.failures += 1
        let ceiling = min(Duration.seconds(30), .milliseconds(500) * (1 << min(self.failures, 10)))
        self.pausedUntil = now + ceiling / 2 + ceiling / 2 * min(max(jitter, 0), 1)
        return self.pump(at: now)
    }

    // MARK: Giving

    /// Somebody waits for a message.
    package mutating func nextRequested(_ waiter: WaiterID, at now: Instant) -> [Action] {
        guard !self.isStopping, !self.hasFailed else { return [.end(waiter)] }
        self.waiters.insert(waiter)
        self.queue.append(waiter)
        return self.pump(at: now)
    }

    /// Somebody waits no more; one who has got a message is not affected.
    package mutating func nextCancelled(_ waiter: WaiterID) {
        self.waiters.remove(waiter)
        self.queue.prune(toAbout: self.waiters.count) { [waiters] in waiters.contains($0) }
    }

    // MARK: Settling

    /// A message was handled, and is to be deleted.
    package mutating func handled(_ id: MessageID, at now: Instant) -> [Action] {
        guard self.messages[id]?.stage == .handled else { return [] }
        self.messages[id]?.stage = .settled
        if let group = self.messages[id]?.group { self.advance(group) }
        return [.delete(id)] + self.pump(at: now)
    }

    /// A message was not handled, and is to be shown again; with it, those that came behind it in its group.
    ///
    /// - Parameters:
    ///   - id: the message.
    ///   - delay: how long it stays hidden.
    ///   - now: the present time.
    package mutating func released(_ id: MessageID, after delay: Duration, at now: Instant) -> [Action] {
        guard let message = self.messages[id], message.stage == .handled else { return [] }
        var actions = [self.release(id, after: delay)]
        if let group = message.group { actions += self.releaseGroup(group) }
        return actions + self.pump(at: now)
    }

    /// A message was deleted or shown again, or that has failed for good; SQS shows it again by itself then.
    package mutating func settlementEnded(_ id: MessageID, at now: Instant) -> [Action] {
        guard self.messages[id]?.stage == .settled else { return [] }
        self.messages[id] = nil
        // One that is handled for long may stand before any number of those that have gone.
        self.extensions.prune(toAbout: self.messages.count) { [messages] in messages[$0.id] != nil }
        self.repetitions.prune(toAbout: self.messages.count) { [messages] in messages[$0.id] != nil }
        return [.forget(id)] + self.pump(at: now)
    }

    /// A message was hidden for longer.
    ///
    /// - Parameters:
    ///   - id: the message.
    ///   - hiddenUntil: until when it is hidden.
    package mutating func extended(_ id: MessageID, hiddenUntil: Instant) { self.messages[id]?.hiddenUntil = hiddenUntil }

    /// Whether a message is to be hidden for longer; once it is settled, SQS may refuse that.
    package func isKeptHidden(_ id: MessageID) -> Bool { self.messages[id]?.isKeptHidden ?? false }

    /// A message could not be hidden for longer: that is tried again as long as it is hidden.
    ///
    /// - Parameters:
    ///   - id: the message.
    ///   - isRetryable: whether it may succeed later; if not, SQS shows the message by itself.
    ///   - now: the present time.
    package mutating func extensionFailed(_ id: MessageID, isRetryable: Bool, at now: Instant) -> [Action] {
        guard let message = self.messages[id], message.isKeptHidden else { return [] }
        // Several times within the half of a visibility timeout that is left, however short that is.
        let next = now + min(.seconds(1), self.configuration.visibilityTimeout / 8)
        guard isRetryable, next < message.hiddenUntil else {
            self.messages[id]?.isLost = true
            return []
        }
        self.repetitions.append((id, next))
        return self.pump(at: now)
    }

    // MARK: Time and end

    /// A time has come that ``Action/setTimer(_:)`` asked for.
    package mutating func timerFired(at now: Instant) -> [Action] {
        if let timer, timer <= now { self.timer = nil }
        return self.pump(at: now)
    }

    /// Nobody will ask for messages any more: what is here and not settled is shown again.
    package mutating func stopped(at now: Instant) -> [Action] {
        guard !self.isStopping else { return self.pump(at: now) }
        self.isStopping = true
        var actions = self.endWaits()
        for id in self.messages.filter({ $0.value.stage != .settled }).keys.sorted() { actions.append(self.release(id, after: .zero)) }
        return actions + self.pump(at: now)
    }

    // MARK: Between the stages

    private mutating func endWaits() -> [Action] {
        defer { self.waiters = [] }
        return self.queue.popAll().filter { self.waiters.contains($0) }.map { .end($0) }
    }

    private mutating func passed(_ id: MessageID) {
        self.messages[id]?.stage = .buffered
        self.buffer.append(id)
    }

    /// Lets the next message of a group pass.
    private mutating func advance(_ group: String) {
        while let next = self.lanes.left(group) {
            guard self.messages[next]?.stage == .heldBack else { continue }
            return self.passed(next)
        }
    }

    private mutating func release(_ id: MessageID, after delay: Duration) -> Action {
        self.messages[id]?.stage = .settled
        return .release(id, after: delay)
    }

    private mutating func releaseGroup(_ group: String) -> [Action] {
        var actions: [Action] = []
        for id in self.lanes.abandoned(group) where self.messages[id]?.stage == .heldBack { actions.append(self.release(id, after: .zero)) }
        return actions
    }

    private mutating func pump(at now: Instant) -> [Action] {
        var actions = self.deliveries(at: now)
        actions += self.dueExtensions(at: now)
        guard !self.isStopping else {
            guard !self.hasFinished, self.messages.isEmpty, self.polls == 0 else { return actions }
            self.hasFinished = true
            return actions + [.finish]
        }
        if let pausedUntil, pausedUntil <= now { self.pausedUntil = nil }
        if self.pausedUntil == nil, !self.hasFailed {
            while self.polls < (self.isBusy ? self.configuration.pollers : 1), self.count < self.configuration.maximumMessages {
                let asked = min(Self.batchSize, self.configuration.maximumMessages - self.count)
                self.polls += 1
                self.reserved += asked
                actions.append(.poll(asked))
            }
        }
        let times = [self.pausedUntil, self.extensions.first?.at, self.repetitions.first?.at]
        if let due = times.compactMap({ $0 }).min(), self.timer.map({ due < $0 }) ?? true {
            self.timer = due
            actions.append(.setTimer(due))
        }
        return actions
    }

    private mutating func deliveries(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while let id = self.buffer.first {
            guard let message = self.messages[id], message.stage == .buffered else {
                _ = self.buffer.popFirst()
                continue
            }
            // Shown by now, so that it comes again: who handled it here would do so a second time.
            if message.hiddenUntil <= now {
                _ = self.buffer.popFirst()
                self.messages[id] = nil
                actions.append(.forget(id))
                // Those behind it in its group would overtake it.
                if let group = message.group { actions += self.releaseGroup(group) }
                continue
            }
            guard let waiter = self.nextWaiter() else { break }
            _ = self.buffer.popFirst()
            self.messages[id]?.stage = .handled
            actions.append(.deliver(id, to: waiter))
        }
        return actions
    }

    private mutating func nextWaiter() -> WaiterID? {
        while let waiter = self.queue.popFirst() {
            if self.waiters.remove(waiter) != nil { return waiter }
        }
        return nil
    }

    private mutating func dueExtensions(at now: Instant) -> [Action] {
        let timeout = self.configuration.visibilityTimeout
        let isKept = { [messages] (id: MessageID) in messages[id]?.isKeptHidden ?? false }
        let due = Self.popDue(&self.extensions, at: now, where: isKept)
        // None is needed after one that lasts until the deadline.
        for id in due where self.messages[id].map({ now + timeout < $0.deadline }) ?? false {
            self.extensions.append((id, now + timeout / 2))
        }
        return (due + Self.popDue(&self.repetitions, at: now, where: isKept)).compactMap { id in
            guard let message = self.messages[id] else { return nil }
            let duration = min(timeout, .seconds(now.duration(to: message.deadline).components.seconds))
            return duration > .zero && now + duration > message.hiddenUntil ? .extend(id, for: duration) : nil
        }
    }

    /// Takes from the front of a queue those whose time has come, and drops those that are not to be hidden any longer.
    private static func popDue(
        _ queue: inout EntryQueue<(id: MessageID, at: Instant)>, at now: Instant, where isKept: (MessageID) -> Bool
    ) -> [MessageID] {
        var due: [MessageID] = []
        while let (id, time) = queue.first {
            let isKept = isKept(id)
            if isKept, time > now { break }
            _ = queue.popFirst()
            if isKept { due.append(id) }
        }
        return due
    }
}
