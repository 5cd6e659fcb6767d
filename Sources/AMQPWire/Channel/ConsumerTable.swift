// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The consumers of one channel, what was delivered to them and not yet taken, and who waits for a delivery.
///
/// A consumer ``isOverfull`` while too much waits for it that nobody has taken, until half of that is: with automatic acknowledgement, as
/// much as its prefetch says. Without it the broker sends no more than the prefetch, but for some that do: RabbitMQ sends a chunk of a stream
/// as a whole, and gives back prefetch twice where a quorum queue drops a message. So ``tolerance`` more may wait.
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
        let serial: Int
        let tag: String
        let prefetch: Int
        let acknowledgement: ConsumerRequest.Acknowledgement
        let isForReplies: Bool
        var phase = Phase.wanted
        /// What started it; `nil` as long as the broker has not agreed.
        var started: BasicConsume?
        var isOverfull = false
        var arrived = FIFOQueue<DeliveredMessage>()
        var waiting = FIFOQueue<RequestID>()

        var isAutomatic: Bool { self.acknowledgement == .automatic }
        /// How many may wait.
        var limit: Int { self.isAutomatic ? self.prefetch : self.prefetch + ConsumerTable.tolerance }
    }

    /// What came of a delivery.
    enum Progress: Equatable {
        case kept
        case handOver(RequestID)
        /// It is the reply to a request.
        case reply
        /// It is to go back.
        case notWanted
        /// It is dropped: the broker has forgotten it already.
        case dropped
    }

    /// When an acknowledgement is to be told to the broker.
    enum Telling: Equatable {
        case now
        /// With others, after this time at the latest.
        case later(Duration)
        /// With those that wait already: there are enough.
        case withOthers
    }

    /// How many more deliveries than its prefetch may wait for a consumer before nothing is read any more.
    static let tolerance = 4_096

    /// In the order of their serial numbers.
    private var consumers: [Consumer] = []
    private var indexes: [String: Int] = [:]
    private var unsettled = UnsettledDeliveries()
    private var lastTag: UInt64 = 0
    private var startedCount = 0
    private var overfullCount = 0
    /// Whether a consumer batches, or did.
    private var hasBatches = false
    /// Whether the broker is about to take back all that is unsettled, so that nothing of it may be settled.
    private var isRecovering = false

    /// Whether a consumer has more than it should, so that no more is to be read.
    var isOverfull: Bool { self.overfullCount > 0 }

    // MARK: Consumers

    /// Adds a consumer and returns its tag, which no other consumer of this channel has; `nil` when the tag asked for is in use.
    mutating func add(_ request: ConsumerRequest) -> String? {
        self.startedCount += 1
        var tag = request.consumerTag ?? "lamassu-\(self.startedCount)"
        if self.indexes[tag] != nil {
            if request.consumerTag != nil { return nil }
            tag = self.freeTag()
        }
        if case .batched = request.acknowledgement { self.hasBatches = true }
        self.indexes[tag] = self.consumers.count
        self.consumers.append(
            Consumer(
                serial: self.startedCount, tag: tag, prefetch: Int(request.prefetch), acknowledgement: request.acknowledgement,
                isForReplies: request.isForReplies))
        return tag
    }

    /// Forgets a consumer that was never started.
    mutating func remove(_ tag: String) {
        if let index = self.index(of: tag) { _ = self.removeConsumer(at: index) }
    }

    /// Marks a consumer as ending: what comes now goes back.
    ///
    /// - Returns: who waits for a delivery and gets none, and whether the broker is to be told.
    mutating func end(_ tag: String) -> (waiting: [RequestID], needsCancel: Bool) {
        guard let index = self.index(of: tag) else { return ([], false) }
        let phase = self.consumers[index].phase
        self.consumers[index].phase = .unwanted
        self.setOverfull(false, at: index)
        let waiting = self.consumers[index].waiting.removeAll()
        if case .wanted = phase { return (waiting, true) }
        return (waiting, false)
    }

    /// Removes a consumer that the broker has ended, or agreed to end.
    ///
    /// - Returns: the deliveries that nobody took and that are to go back; those of a stream are not.
    mutating func ended(_ tag: String) -> [UInt64] {
        guard let index = self.index(of: tag) else { return [] }
        var consumer = self.removeConsumer(at: index)
        if consumer.isAutomatic { return [] }
        // Those of a stream stay unsettled, and are never acknowledged with others: an ordinary queue may hold what looks like one.
        let tags = consumer.arrived.removeAll().filter { !$0.isOfStream }.map(\.deliveryTag)
        for tag in tags { _ = self.unsettled.settle(tag) }
        return tags
    }

    /// Marks a consumer as ended by the broker.
    ///
    /// - Returns: who waits for a delivery; `nil` when the tag is not known, or ending anyhow.
    mutating func cancelledByPeer(_ tag: String) -> [RequestID]? {
        guard let index = self.index(of: tag), case .wanted = self.consumers[index].phase else { return nil }
        self.consumers[index].phase = .cancelledByPeer
        return self.consumers[index].waiting.removeAll()
    }

    /// Whether nobody wants what the consumer gets.
    func isUnwanted(_ tag: String) -> Bool {
        guard let index = self.index(of: tag), case .unwanted = self.consumers[index].phase else { return false }
        return true
    }

    /// Whether there is a consumer for replies.
    var hasReplies: Bool { self.consumers.contains { $0.isForReplies } }

    /// Whether a consumer for replies takes them.
    var takesReplies: Bool {
        self.consumers.contains { if case .wanted = $0.phase { $0.isForReplies } else { false } }
    }

    /// Whether a consumer is one for replies.
    func isForReplies(_ tag: String) -> Bool { self.index(of: tag).map { self.consumers[$0].isForReplies } ?? false }

    // MARK: Deliveries

    /// Takes a delivery in.
    mutating func received(_ message: DeliveredMessage, for tag: String) throws(ProtocolViolation) -> Progress {
        guard let index = self.index(of: tag) else { throw .unexpectedMethod("a delivery for a consumer that is not there") }
        // RabbitMQ gives all direct replies the tag that the next delivery will have: nobody settles by it.
        if self.consumers[index].isAutomatic { return self.receivedAcknowledged(message, at: index) }
        try self.advance(to: message.deliveryTag)
        if self.isRecovering { return .dropped }
        switch self.consumers[index].phase {
        case .unwanted, .failed:
            guard message.isOfStream else { return .notWanted }
            self.unsettled.append(message.deliveryTag, consumer: self.consumers[index].serial)
            return .dropped
        case .wanted, .cancelledByPeer: break
        }
        self.unsettled.append(message.deliveryTag, consumer: self.consumers[index].serial)
        return self.keepOrHandOver(message, at: index)
    }

    /// Takes in a message that was asked for; `isUnsettled` says whether it is to be settled.
    mutating func got(_ deliveryTag: UInt64, isUnsettled: Bool) throws(ProtocolViolation) {
        try self.advance(to: deliveryTag)
        if isUnsettled { self.unsettled.append(deliveryTag, consumer: 0) }
    }

    /// Takes the next delivery, or has the caller wait.
    mutating func next(_ id: RequestID, of tag: String) -> ChannelStateMachine.NextAction {
        guard let index = self.index(of: tag) else { return .finish }
        if let message = self.takeArrived(at: index) { return .deliver(message) }
        switch self.consumers[index].phase {
        case .unwanted: return .finish
        case .cancelledByPeer: return .fail(.consumerCancelledByPeer)
        case .failed(let failure): return .fail(failure)
        case .wanted:
            self.consumers[index].waiting.append(id)
            return .wait
        }
    }

    /// Takes the next delivery, if one has come and the consumer is wanted.
    mutating func takeArrived(of tag: String) -> DeliveredMessage? {
        self.index(of: tag).flatMap { self.takeArrived(at: $0) }
    }

    /// Forgets one who waits for a delivery; says whether it was there.
    mutating func abandonNext(_ id: RequestID, of tag: String) -> Bool {
        self.index(of: tag).map { self.consumers[$0].waiting.removeFirst { $0 == id } != nil } ?? false
    }

    // MARK: Settling

    /// Settles a delivery at once; says whether it was unsettled.
    mutating func settle(_ deliveryTag: UInt64) -> Bool {
        self.unsettled.settle(deliveryTag)
    }

    /// Takes an acknowledgement in.
    ///
    /// - Returns: when it is to be told; `.now` leaves the telling to the caller. `nil` when the delivery is not unsettled.
    mutating func acknowledge(_ deliveryTag: UInt64) -> Telling? {
        // Whose it is, is not known before it is settled; where nobody batches, that need not be looked up.
        guard self.hasBatches else { return self.settle(deliveryTag) ? .now : nil }
        guard let serial = self.unsettled.acknowledge(deliveryTag) else { return nil }
        guard let index = self.index(ofSerial: serial), case .batched(let count, let delay) = self.consumers[index].acknowledgement
        else { return .withOthers }
        // More than half the prefetch would have the broker wait for acknowledgements that wait for it.
        let enough = min(count, max(1, self.consumers[index].prefetch / 2))
        return self.unsettled.acknowledgedCount >= enough ? .withOthers : .later(delay)
    }

    /// Takes in that a delivery is acknowledged with all of its consumer before it; says whether it was unsettled.
    mutating func acknowledge(upTo deliveryTag: UInt64) -> Bool {
        self.unsettled.acknowledge(upTo: deliveryTag)
    }

    /// What tells the broker of all acknowledgements that it has not been told of.
    mutating func flushAcknowledgements() -> [AMQPMethod] { self.unsettled.flush().map(AMQPMethod.basicAck) }

    /// The broker is asked to take back all that is unsettled: none of it is this side's any more, nor what still comes before the answer.
    mutating func recoverySent() {
        self.isRecovering = true
        self.unsettled.takeBack()
        for index in self.consumers.indices where !self.consumers[index].isAutomatic { self.forgetArrived(at: index) }
    }

    /// The broker has taken back what was unsettled; what comes now is new.
    mutating func recovered() { self.isRecovering = false }

    /// From now on the broker counts settlements as part of a transaction.
    mutating func transactionSelected() { self.unsettled.isTransactional = true }

    /// The end of the transaction is sent.
    mutating func transactionEnding() { self.unsettled.transactionEnding() }

    /// The transaction has ended; what was settled in it is to be settled anew unless it is committed.
    mutating func transactionEnded(isCommitted: Bool) { self.unsettled.transactionEnded(isCommitted: isCommitted) }

    // MARK: The loss of the connection

    /// The broker has agreed to a consumer.
    mutating func started(_ consume: BasicConsume) {
        if let index = self.index(of: consume.consumerTag) { self.consumers[index].started = consume }
    }

    /// The broker was asked for a consumer, and the connection is lost before its answer: who had asked is told, and it is forgotten.
    mutating func startLost(_ tag: String) {
        if let index = self.index(of: tag), self.consumers[index].started == nil { _ = self.removeConsumer(at: index) }
    }

    /// The connection is lost: what was delivered goes back to its queue by itself, and consumers that were ending have ended.
    ///
    /// What was acknowledged automatically is nowhere else, and stays.
    mutating func suspend() {
        self.forgetDeliveries()
        for index in self.consumers.indices.reversed() {
            if case .unwanted = self.consumers[index].phase {
                _ = self.removeConsumer(at: index)
            } else if !self.consumers[index].isAutomatic {
                self.forgetArrived(at: index)
            }
        }
    }

    /// The methods that start the consumers again, each with its prefetch before it, in the order in which they were started first.
    var restoring: [AMQPMethod] {
        self.consumers.flatMap { consumer -> [AMQPMethod] in
            guard case .wanted = consumer.phase, let started = consumer.started else { return [] }
            let prefetch = AMQPMethod.basicQos(BasicQos(prefetchCount: UInt16(clamping: consumer.prefetch)))
            return consumer.isAutomatic ? [.basicConsume(started)] : [prefetch, .basicConsume(started)]
        }
    }

    /// Marks a consumer as one that could not be started again.
    ///
    /// - Returns: who waits for a delivery.
    mutating func failed(_ tag: String, _ failure: AMQPFailure) -> [RequestID] {
        guard let index = self.index(of: tag) else { return [] }
        self.consumers[index].phase = .failed(failure)
        return self.consumers[index].waiting.removeAll()
    }

    /// Forgets everything and returns who waits.
    mutating func removeAll() -> [Waiter] {
        var waiters: [Waiter] = []
        for index in self.consumers.indices { waiters += self.consumers[index].waiting.removeAll().map(Waiter.delivery) }
        self.consumers = []
        self.indexes = [:]
        self.overfullCount = 0
        self.forgetDeliveries()
        return waiters
    }

    // MARK: Within

    /// Most channels have one consumer, and most look-ups are for the one that was looked up before: that costs no hashing.
    private func index(of tag: String) -> Int? {
        let last = self.consumers.count - 1
        if last >= 0, self.consumers[last].tag == tag { return last }
        return self.indexes[tag]
    }

    private func index(ofSerial serial: Int) -> Int? {
        var high = self.consumers.count - 1
        guard high >= 0, serial > 0 else { return nil }
        if self.consumers[high].serial == serial { return high }
        var low = 0
        while low < high {
            let middle = low + (high - low) / 2
            if self.consumers[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        return self.consumers[low].serial == serial ? low : nil
    }

    private mutating func freeTag() -> String {
        while true {
            self.startedCount += 1
            let tag = "lamassu-\(self.startedCount)"
            if self.indexes[tag] == nil { return tag }
        }
    }

    private mutating func removeConsumer(at index: Int) -> Consumer {
        self.setOverfull(false, at: index)
        let consumer = self.consumers.remove(at: index)
        self.indexes[consumer.tag] = nil
        for later in index..<self.consumers.count { self.indexes[self.consumers[later].tag] = later }
        return consumer
    }

    private mutating func forgetDeliveries() {
        self.unsettled = UnsettledDeliveries()
        self.lastTag = 0
        self.isRecovering = false
    }

    private mutating func advance(to deliveryTag: UInt64) throws(ProtocolViolation) {
        guard deliveryTag > self.lastTag else {
            throw .unexpectedMethod("a delivery with tag \(deliveryTag) behind one with tag \(self.lastTag)")
        }
        self.lastTag = deliveryTag
    }

    private mutating func receivedAcknowledged(_ message: DeliveredMessage, at index: Int) -> Progress {
        switch self.consumers[index].phase {
        case .unwanted, .failed: return .dropped
        case .wanted, .cancelledByPeer: break
        }
        if self.consumers[index].isForReplies { return .reply }
        return self.keepOrHandOver(message, at: index)
    }

    private mutating func keepOrHandOver(_ message: DeliveredMessage, at index: Int) -> Progress {
        if let id = self.consumers[index].waiting.popFirst() { return .handOver(id) }
        self.consumers[index].arrived.append(message)
        if self.consumers[index].arrived.count >= self.consumers[index].limit { self.setOverfull(true, at: index) }
        return .kept
    }

    private mutating func takeArrived(at index: Int) -> DeliveredMessage? {
        if case .unwanted = self.consumers[index].phase { return nil }
        let message = self.consumers[index].arrived.popFirst()
        if self.consumers[index].isOverfull, self.consumers[index].arrived.count <= self.consumers[index].limit / 2 {
            self.setOverfull(false, at: index)
        }
        return message
    }

    private mutating func forgetArrived(at index: Int) {
        _ = self.consumers[index].arrived.removeAll()
        self.setOverfull(false, at: index)
    }

    private mutating func setOverfull(_ isOverfull: Bool, at index: Int) {
        guard self.consumers[index].isOverfull != isOverfull else { return }
        self.consumers[index].isOverfull = isOverfull
        self.overfullCount += isOverfull ? 1 : -1
    }
}
