// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The consumers of one channel, what was delivered to them and not yet taken, and who waits for a delivery.
///
/// No consumer ever has more unsettled deliveries than its prefetch: a broker that sends more breaks the protocol.
struct ConsumerTable: ~Copyable {
    private enum Phase {
        /// The consumer is being started, or is started. Exits: `unwanted`, `cancelled`.
        case wanted
        /// Nobody waits for it any more: what comes goes back. Exit: `basic.cancel-ok` removes the consumer.
        case unwanted
        /// The broker has ended it; what had come can still be taken. Exit: its scope's end removes the consumer.
        case cancelledByPeer
        /// It could not be started again when the connection was back. Exit: as above.
        case failed(AMQPFailure)
    }

    private struct Consumer {
        var phase = Phase.wanted
        /// How many were started before it, and itself.
        let number: Int
        let prefetch: Int
        /// What started it; `nil` as long as the broker has not agreed.
        var started: BasicConsume?
        var unsettledCount = 0
        var arrived = FIFOQueue<DeliveredMessage>()
        var waiting = FIFOQueue<RequestID>()

        init(number: Int, prefetch: UInt16) {
            self.number = number
            self.prefetch = Int(prefetch)
        }

        mutating func received(_ message: DeliveredMessage) throws(ProtocolViolation) -> Progress {
            switch self.phase {
            case .unwanted, .failed: return .notWanted
            case .wanted, .cancelledByPeer: break
            }
            guard self.unsettledCount < self.prefetch else {
                throw .unexpectedMethod("more deliveries at a time than the prefetch of \(self.prefetch)")
            }
            self.unsettledCount += 1
            if let id = self.waiting.popFirst() { return .handOver(id) }
            self.arrived.append(message)
            return .kept
        }
    }

    /// What came of a delivery.
    enum Progress: Equatable {
        case kept
        case handOver(RequestID)
        case notWanted
    }

    private var consumers: [String: Consumer] = [:]
    /// The unsettled deliveries, with their consumer's tag.
    private var unsettled: [UInt64: String] = [:]
    private var startedCount = 0

    /// Adds a consumer and returns its tag, which no other consumer of this channel has.
    mutating func add(prefetch: UInt16) -> String {
        self.startedCount += 1
        let tag = "lamassu-\(self.startedCount)"
        self.consumers[tag] = Consumer(number: self.startedCount, prefetch: prefetch)
        return tag
    }

    /// Takes a delivery in.
    mutating func received(_ message: DeliveredMessage, for tag: String) throws(ProtocolViolation) -> Progress {
        guard self.unsettled[message.deliveryTag] == nil else {
            throw .unexpectedMethod("a second delivery with tag \(message.deliveryTag)")
        }
        guard let progress = try self.consumers[tag]?.received(message) else {
            throw .unexpectedMethod("a delivery for a consumer that is not there")
        }
        if progress != .notWanted { self.unsettled[message.deliveryTag] = tag }
        return progress
    }

    /// Takes the next delivery, or has the caller wait.
    mutating func next(_ id: RequestID, of tag: String) -> ChannelStateMachine.NextAction {
        guard let phase = self.consumers[tag]?.phase else { return .finish }
        if let message = self.takeArrived(of: tag) { return .deliver(message) }
        switch phase {
        case .unwanted: return .finish
        case .cancelledByPeer: return .fail(.consumerCancelledByPeer)
        case .failed(let failure): return .fail(failure)
        case .wanted:
            self.consumers[tag]?.waiting.append(id)
            return .wait
        }
    }

    /// Takes the next delivery, if one has come and the consumer is wanted.
    mutating func takeArrived(of tag: String) -> DeliveredMessage? {
        self.isUnwanted(tag) ? nil : self.consumers[tag]?.arrived.popFirst()
    }

    /// Forgets one who waits for a delivery; says whether it was there.
    mutating func abandonNext(_ id: RequestID, of tag: String) -> Bool {
        self.consumers[tag]?.waiting.removeFirst { $0 == id } != nil
    }

    /// Forgets a consumer that was never started.
    mutating func remove(_ tag: String) {
        self.consumers[tag] = nil
    }

    /// The broker has agreed to a consumer.
    mutating func started(_ consume: BasicConsume) { self.consumers[consume.consumerTag]?.started = consume }

    /// Marks a consumer as ending: what comes now goes back.
    ///
    /// - Returns: who waits for a delivery and gets none, and whether the broker is to be told.
    mutating func end(_ tag: String) -> (waiting: [RequestID], needsCancel: Bool) {
        guard let phase = self.consumers[tag]?.phase, let waiting = self.consumers[tag]?.waiting.removeAll() else { return ([], false) }
        self.consumers[tag]?.phase = .unwanted
        if case .wanted = phase { return (waiting, true) }
        return (waiting, false)
    }

    /// Removes a consumer that the broker has ended, or agreed to end.
    ///
    /// - Returns: the deliveries that nobody took, which are to go back.
    mutating func ended(_ tag: String) -> [UInt64] {
        guard var consumer = self.consumers.removeValue(forKey: tag) else { return [] }
        let tags = consumer.arrived.removeAll().map(\.deliveryTag)
        for tag in tags { self.unsettled[tag] = nil }
        return tags
    }

    /// Marks a consumer as ended by the broker.
    ///
    /// - Returns: who waits for a delivery; `nil` when the tag is not known, or ending anyhow.
    mutating func cancelledByPeer(_ tag: String) -> [RequestID]? {
        guard case .wanted? = self.consumers[tag]?.phase else { return nil }
        self.consumers[tag]?.phase = .cancelledByPeer
        return self.consumers[tag]?.waiting.removeAll()
    }

    /// Whether nobody wants what the consumer gets.
    func isUnwanted(_ tag: String) -> Bool {
        if case .unwanted? = self.consumers[tag]?.phase { true } else { false }
    }

    /// Settles a delivery; says whether it was unsettled.
    mutating func settle(_ deliveryTag: UInt64) -> Bool {
        guard let tag = self.unsettled.removeValue(forKey: deliveryTag) else { return false }
        self.consumers[tag]?.unsettledCount -= 1
        return true
    }

    /// The broker was asked for a consumer, and the connection is lost before its answer: who had asked is told, and it is forgotten.
    mutating func startLost(_ tag: String) {
        if let consumer = self.consumers[tag], consumer.started == nil { self.consumers[tag] = nil }
    }

    /// The connection is lost: what was delivered goes back to its queue by itself, and consumers that were ending have ended.
    mutating func suspend() {
        self.unsettled = [:]
        for (tag, consumer) in self.consumers {
            if case .unwanted = consumer.phase {
                self.consumers[tag] = nil
            } else {
                _ = self.consumers[tag]?.arrived.removeAll()
                self.consumers[tag]?.unsettledCount = 0
            }
        }
    }

    /// The methods that start the consumers again, each with its prefetch before it, in the order in which they were started first.
    var restoring: [AMQPMethod] {
        let consumers = self.consumers.values.filter { if case .wanted = $0.phase { true } else { false } }
        let started = consumers.compactMap { consumer in consumer.started.map { (consumer.number, consumer.prefetch, $0) } }
        return started.sorted { $0.0 < $1.0 }.flatMap { _, prefetch, consume in
            [.basicQos(BasicQos(prefetchCount: UInt16(clamping: prefetch))), .basicConsume(consume)]
        }
    }

    /// Marks a consumer as one that could not be started again.
    ///
    /// - Returns: who waits for a delivery.
    mutating func failed(_ tag: String, _ failure: AMQPFailure) -> [RequestID] {
        self.consumers[tag]?.phase = .failed(failure)
        return self.consumers[tag]?.waiting.removeAll() ?? []
    }

    /// Forgets everything and returns who waits.
    mutating func removeAll() -> [Waiter] {
        var waiters: [Waiter] = []
        for tag in self.consumers.keys { waiters += self.consumers[tag]?.waiting.removeAll().map(Waiter.delivery) ?? [] }
        self.consumers = [:]
        self.unsettled = [:]
        return waiters
    }
}
