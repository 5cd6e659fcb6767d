// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The deliveries of one channel that the broker waits to hear of, in the order of their tags.
///
/// To settle one costs constant time and allocates nothing; a tag that is not where it would be without gaps is searched for. What has
/// been settled is forgotten before it outnumbers what has not, so that one delivery that is kept for long keeps no others.
struct UnsettledDeliveries: ~Copyable {
    private enum State: UInt8 {
        /// In the user's hands, or on its way there. Exits: `acknowledged`, `settled`, `inTransaction`.
        case unsettled
        /// Acknowledged by the user; the broker is yet to be told. Exits: ``flush()`` to `settled` or `inTransaction`.
        case acknowledged
        /// The broker has been told, for when the transaction is committed. Exit: ``transactionEnding()`` to `ending`.
        case inTransaction
        /// The end of the transaction is on its way. Exits: ``transactionEnded(isCommitted:)`` to `settled` or `unsettled`.
        case ending
        /// The broker has been told.
        case settled
    }

    private struct Entry {
        let tag: UInt64
        /// The serial number of its consumer; 0 for one that was asked for.
        let consumer: Int
        var state = State.unsettled
    }

    /// Whether the broker counts what it is told as part of a transaction.
    var isTransactional = false
    private var entries: [Entry] = []
    /// The index before which everything is settled.
    private var head = 0
    /// How many entries are not settled.
    private var liveCount = 0
    /// How many entries are acknowledged and not settled.
    private(set) var acknowledgedCount = 0

    /// Takes in a delivery, whose tag is higher than all before.
    mutating func append(_ tag: UInt64, consumer: Int) {
        self.entries.append(Entry(tag: tag, consumer: consumer))
        self.liveCount += 1
    }

    /// Settles a delivery; says whether it was unsettled.
    mutating func settle(_ tag: UInt64) -> Bool {
        guard let index = self.unsettledIndex(of: tag) else { return false }
        self.tell(at: index)
        self.forgetSettled()
        return true
    }

    /// Marks a delivery as acknowledged, to be told to the broker by ``flush()``; returns its consumer, or `nil` when it is none that is
    /// unsettled.
    mutating func acknowledge(_ tag: UInt64) -> Int? {
        guard let index = self.unsettledIndex(of: tag) else { return nil }
        self.entries[index].state = .acknowledged
        self.acknowledgedCount += 1
        return self.entries[index].consumer
    }

    /// Marks a delivery as acknowledged, and all of its consumer that came before it; says whether it was unsettled.
    mutating func acknowledge(upTo tag: UInt64) -> Bool {
        guard let last = self.unsettledIndex(of: tag) else { return false }
        let consumer = self.entries[last].consumer
        for index in self.head...last where self.entries[index].consumer == consumer && self.entries[index].state == .unsettled {
            self.entries[index].state = .acknowledged
            self.acknowledgedCount += 1
        }
        return true
    }

    /// Settles what is acknowledged.
    ///
    /// - Returns: what tells the broker so: one acknowledgement for all that nothing unsettled precedes, and one for each of the others.
    mutating func flush() -> [BasicAck] {
        guard self.acknowledgedCount > 0 else { return [] }
        var acknowledgements: [BasicAck] = []
        var leading = BasicAck(deliveryTag: 0)
        var leadingCount = 0
        var hasGap = false
        var index = self.head
        while self.acknowledgedCount > 0, index < self.entries.count {
            switch self.entries[index].state {
            case .settled, .inTransaction, .ending: break
            case .unsettled: hasGap = true
            case .acknowledged:
                let tag = self.entries[index].tag
                self.tell(at: index)
                self.acknowledgedCount -= 1
                if hasGap {
                    acknowledgements.append(BasicAck(deliveryTag: tag))
                } else {
                    leading.deliveryTag = tag
                    leadingCount += 1
                }
            }
            index += 1
        }
        if leadingCount > 0 {
            leading.multiple = leadingCount > 1
            acknowledgements.insert(leading, at: 0)
        }
        self.forgetSettled()
        return acknowledgements
    }

    /// The transaction is about to end, with all that the broker was told within it.
    mutating func transactionEnding() {
        for index in self.entries.indices where self.entries[index].state == .inTransaction { self.entries[index].state = .ending }
    }

    /// The transaction has ended: what the broker was told is so, or never was said.
    mutating func transactionEnded(isCommitted: Bool) {
        for index in self.entries.indices where self.entries[index].state == .ending {
            if isCommitted {
                self.entries[index].state = .settled
                self.liveCount -= 1
            } else {
                self.entries[index].state = .unsettled
            }
        }
        self.forgetSettled()
    }

    /// Forgets what is unsettled: the broker takes it back.
    mutating func takeBack() {
        self.entries.removeAll { $0.state != .inTransaction && $0.state != .ending }
        self.head = 0
        self.liveCount = self.entries.count
        self.acknowledgedCount = 0
    }

    /// Forgets everything.
    mutating func removeAll() {
        self.entries.removeAll(keepingCapacity: self.entries.count <= 4_096)
        self.head = 0
        self.liveCount = 0
        self.acknowledgedCount = 0
    }

    private func unsettledIndex(of tag: UInt64) -> Int? {
        guard self.head < self.entries.count,
            let distance = Int(exactly: tag.subtractingReportingOverflow(self.entries[self.head].tag).partialValue),
            tag >= self.entries[self.head].tag
        else { return nil }
        // Tags rise by one at least, so it stands here or before.
        var high = min(distance, self.entries.count - 1 - self.head) + self.head
        if self.entries[high].tag != tag {
            var low = self.head
            while low < high {
                let middle = low + (high - low) / 2
                if self.entries[middle].tag < tag { low = middle + 1 } else { high = middle }
            }
        }
        return self.entries[high].tag == tag && self.entries[high].state == .unsettled ? high : nil
    }

    private mutating func tell(at index: Int) {
        self.entries[index].state = self.isTransactional ? .inTransaction : .settled
        if !self.isTransactional { self.liveCount -= 1 }
    }

    private mutating func forgetSettled() {
        guard self.liveCount > 0 else { return self.removeAll() }
        while self.entries[self.head].state == .settled { self.head += 1 }
        guard self.entries.count - self.liveCount > max(64, self.liveCount) else { return }
        self.entries.removeAll { $0.state == .settled }
        self.head = 0
    }
}
