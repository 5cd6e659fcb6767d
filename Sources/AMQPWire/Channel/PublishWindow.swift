// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The messages of one channel: those that wait to be sent, and, in confirm mode, those that wait for their confirm.
///
/// Delivery tags count from 1 in the order of sending. The window is a range of tags: it moves on when its oldest message is
/// settled, so that what is kept is bounded whatever order the confirms come in.
///
/// **Returns.** RabbitMQ sends the return of an unroutable mandatory message before that message's confirm, with exchange, routing
/// key and properties, but without a tag. A return marks every unsettled mandatory message of the same
/// ``MessageIdentity``; the publisher sees to it that messages without an id get one of their own, so that more than one can
/// be meant only where the caller gave two messages the same id. Then both calls fail, which may cause a duplicate, and never a loss.
struct PublishWindow: ~Copyable {
    private enum Fate {
        case unknown
        indirect case returned(ReturnedMessage)
        case settled
    }

    private struct Sent {
        /// Who waits; `nil` when nobody does any more.
        var id: RequestID?
        var deadline: MonotonicInstant
        /// What a return would carry; `nil` for a message that is not mandatory.
        var identity: MessageIdentity?
        var fate: Fate
    }

    private struct Waiting {
        var id: RequestID
        var deadline: MonotonicInstant
        var identity: MessageIdentity?
        /// Whether it was sent on a connection that is lost, so that the broker may have it.
        var wasSent = false
    }

    /// How many tags the window spans; `nil` without confirm mode, when a message that was sent is done with.
    var limit: Int?
    private var waiting = FIFOQueue<Waiting>()
    private var sent = FIFOQueue<Sent>()
    /// The tag of the first of `sent`.
    private var oldestTag: UInt64 = 1
    /// The offset in `sent` before which nobody waits: every deadline there has passed.
    private var expiredCount = 0

    /// Takes a message in.
    ///
    /// - Returns: whether it is to be sent now, and has its tag.
    mutating func add(
        _ id: RequestID, identity: MessageIdentity?, deadline: MonotonicInstant, isGateOpen: Bool
    ) -> Bool {
        self.waiting.append(Waiting(id: id, deadline: deadline, identity: identity))
        guard self.waiting.count == 1 else { return false }
        return self.admitNext(isGateOpen: isGateOpen) != nil
    }

    /// Gives the next waiting message its tag, if the window has room; it is to be sent now.
    mutating func admitNext(isGateOpen: Bool) -> RequestID? {
        guard isGateOpen, self.limit.map({ self.sent.count < $0 }) ?? true, let next = self.waiting.popFirst() else { return nil }
        guard self.limit != nil else { return next.id }
        self.sent.append(Sent(id: next.id, deadline: next.deadline, identity: next.identity, fate: .unknown))
        return next.id
    }

    /// Whether no message waits, neither to be sent nor for its confirm.
    var isEmpty: Bool { self.waiting.isEmpty && self.sent.isEmpty }

    /// Whether a message waits to be sent.
    var hasWaiting: Bool { !self.waiting.isEmpty }

    /// Takes back the message that was last to be sent, which was not sent after all.
    mutating func takeBackNewest() {
        guard self.limit != nil else { return }
        _ = self.sent.popLast()
        self.expiredCount = min(self.expiredCount, self.sent.count)
    }

    /// Forgets who waits for a publish.
    ///
    /// - Returns: whether the message had been sent; `nil` when nobody has that id.
    mutating func abandon(_ id: RequestID) -> Bool? {
        if let waiting = self.waiting.removeFirst(where: { $0.id == id }) { return waiting.wasSent }
        guard let offset = self.sent.firstOffset(where: { $0.id == id }) else { return nil }
        _ = self.sent.update(at: offset) { $0.id = nil }
        return true
    }

    /// Forgets who waits for the messages of a batch.
    ///
    /// - Returns: those who were there.
    mutating func abandon(_ ids: ClosedRange<RequestID>) -> [Waiter] {
        var abandoned: [Waiter] = []
        var offset = 0
        while let match = self.sent.firstOffset(from: offset, where: { $0.id.map(ids.contains) ?? false }) {
            let id = self.sent.update(at: match) { $0.id.take() }
            if case .some(.some(let id)) = id { abandoned.append(.publish(id, wasSent: true)) }
            offset = match + 1
        }
        for waiting in self.waiting.removeAll(where: { ids.contains($0.id) }) {
            abandoned.append(.publish(waiting.id, wasSent: waiting.wasSent))
        }
        return abandoned
    }

    /// Marks the messages that a return means.
    mutating func returned(_ message: ReturnedMessage, messageID: String?) throws(ProtocolViolation) {
        let identity = MessageIdentity(exchange: message.exchange, routingKey: message.routingKey, messageID: messageID ?? "")
        var wasFound = false
        var offset = 0
        while let match = self.sent.firstOffset(from: offset, where: { $0.identity == identity }) {
            _ = self.sent.update(at: match) { sent in
                if case .unknown = sent.fate { sent.fate = .returned(message) }
                if case .returned = sent.fate { wasFound = true }
            }
            offset = match + 1
        }
        guard wasFound else { throw .unexpectedMethod("a return of a message that is not in flight") }
    }

    /// Settles what a `basic.ack` or `basic.nack` means.
    ///
    /// - Returns: those who wait, in the order of their messages.
    mutating func settled(
        upTo tag: UInt64, multiple: Bool, isAcknowledged: Bool
    ) throws(ProtocolViolation) -> [PublishSettlement] {
        // Tag 0 with `multiple` means all (specification, basic.ack).
        let isAll = multiple && tag == 0
        let newestTag = self.oldestTag + UInt64(self.sent.count) - 1
        guard isAll || (tag > 0 && tag <= newestTag) else {
            throw .unexpectedMethod("a confirm of delivery tag \(tag), which was not sent")
        }
        var settlements: [PublishSettlement] = []
        if multiple {
            let count = isAll ? self.sent.count : tag < self.oldestTag ? 0 : Int(tag - self.oldestTag) + 1
            for offset in 0..<count { self.settle(at: offset, isAcknowledged: isAcknowledged, into: &settlements) }
        } else {
            guard tag >= self.oldestTag,
                self.settle(at: Int(tag - self.oldestTag), isAcknowledged: isAcknowledged, into: &settlements)
            else { throw .unexpectedMethod("a second confirm of delivery tag \(tag)") }
        }
        self.dropSettled()
        return settlements
    }

    /// The first deadline of one who waits.
    var nextDeadline: MonotonicInstant? {
        let waiting = self.limit == nil ? self.firstDeadlineOfWaiting : self.waiting.first?.deadline
        let offset = self.sent.firstOffset(from: self.expiredCount) { $0.id != nil }
        guard let sent = offset.flatMap({ self.sent[$0]?.deadline }) else { return waiting }
        return min(waiting ?? sent, sent)
    }

    /// Without confirm mode each message has its own time to wait.
    private var firstDeadlineOfWaiting: MonotonicInstant? {
        var first: MonotonicInstant?
        for offset in 0..<self.waiting.count {
            if let deadline = self.waiting[offset]?.deadline { first = min(first ?? deadline, deadline) }
        }
        return first
    }

    /// Forgets those whose deadline is not after `now`, and returns them.
    ///
    /// In confirm mode deadlines are expected in the order of the messages.
    mutating func expired(at now: MonotonicInstant) -> [Waiter] {
        var expired: [Waiter] = []
        while let sent = self.sent[self.expiredCount], sent.deadline <= now {
            if let id = sent.id { expired.append(.publish(id, wasSent: true)) }
            _ = self.sent.update(at: self.expiredCount) { $0.id = nil }
            self.expiredCount += 1
        }
        if self.limit == nil, self.waiting.firstOffset(where: { $0.deadline <= now }) != nil {
            let waiting = self.waiting.removeAll { $0.deadline <= now }
            return expired + waiting.map { .publish($0.id, wasSent: $0.wasSent) }
        }
        while let waiting = self.waiting.first, waiting.deadline <= now {
            _ = self.waiting.popFirst()
            expired.append(.publish(waiting.id, wasSent: waiting.wasSent))
        }
        return expired
    }

    /// The connection is lost: what was sent and not confirmed is to be sent again, before all that waits, or has failed.
    ///
    /// - Returns: those whose message came back unroutable; how many are to be sent again; those who are to be told.
    mutating func suspend(isRepublishing: Bool) -> (settled: [PublishSettlement], republishedCount: Int, failed: [Waiter]) {
        var settled: [PublishSettlement] = []
        var failed: [Waiter] = []
        var again: [Waiting] = []
        for sent in self.sent.removeAll() {
            guard let id = sent.id else { continue }
            switch sent.fate {
            case .settled: break
            case .returned(let message): settled.append(PublishSettlement(id, failure: .returned(message)))
            case .unknown where isRepublishing:
                again.append(Waiting(id: id, deadline: sent.deadline, identity: sent.identity, wasSent: true))
            case .unknown: failed.append(.publish(id, wasSent: true))
            }
        }
        let waiting = again + self.waiting.removeAll()
        for waiting in waiting { self.waiting.append(waiting) }
        self.oldestTag = 1
        self.expiredCount = 0
        return (settled, again.count, failed)
    }

    /// Forgets everything and returns who waits.
    mutating func removeAll() -> [Waiter] {
        let sent = self.sent.removeAll().compactMap { sent in sent.id.map { Waiter.publish($0, wasSent: true) } }
        return sent + self.waiting.removeAll().map { .publish($0.id, wasSent: $0.wasSent) }
    }

    /// Settles one message; says whether it was unsettled.
    @discardableResult
    private mutating func settle(at offset: Int, isAcknowledged: Bool, into settlements: inout [PublishSettlement]) -> Bool {
        let settlement = self.sent.update(at: offset) { sent -> (wasUnsettled: Bool, settlement: PublishSettlement?) in
            let failure: AMQPFailure?
            switch sent.fate {
            case .settled: return (false, nil)
            case .returned(let message): failure = .returned(message)
            case .unknown: failure = isAcknowledged ? nil : .nacked
            }
            sent.fate = .settled
            sent.identity = nil
            return (true, sent.id.take().map { PublishSettlement($0, failure: failure) })
        }
        if let settled = settlement?.settlement { settlements.append(settled) }
        return settlement?.wasUnsettled ?? false
    }

    private mutating func dropSettled() {
        while let first = self.sent.first, case .settled = first.fate {
            _ = self.sent.popFirst()
            self.oldestTag += 1
            self.expiredCount = max(self.expiredCount - 1, 0)
        }
    }
}
