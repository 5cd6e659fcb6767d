// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// What is to be done for one who wants a delivery.
    package enum NextAction: Equatable {
        /// Give it this one.
        case deliver(DeliveredMessage)
        /// Have it wait.
        case wait
        /// Tell it that the consumer has ended.
        case finish
        /// Tell it.
        case fail(AMQPFailure)
    }

    /// What is to be done to start a consumer.
    package enum ConsumeAction: Equatable {
        /// Write what is to be sent now, and wait for the reply.
        case start(consumerTag: String, send: AMQPMethod?)
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    /// What is to be done to end a consumer.
    package struct ConsumerEnding: Equatable {
        /// What to write now.
        package var send: [AMQPMethod] = []
        /// Who waits for a delivery, and is to be told that there are no more.
        package var finished: [RequestID] = []
        /// Whose call fails with it: they wait for a reply, or for their request to go out.
        package var failed: [Waiter] = []
        /// Whether the broker is to answer first, and the caller waits.
        package var isPending = false

        package init(send: [AMQPMethod] = [], finished: [RequestID] = [], failed: [Waiter] = [], isPending: Bool = false) {
            self.send = send
            self.finished = finished
            self.failed = failed
            self.isPending = isPending
        }
    }

    /// What is to be done to settle a delivery.
    package enum SettleAction: Equatable {
        /// Write this.
        case send(AMQPMethod)
        /// Write these.
        case sendAll([AMQPMethod])
        /// Nothing yet: it goes out with others, when ``ChannelStateMachine/acknowledgementsDue(at:)`` says so, by this time at the latest.
        case wait(until: MonotonicInstant)
        /// Tell the caller.
        case fail(AMQPFailure)
        /// Nothing: the delivery went back to its queue with the connection that it came on.
        case drop
    }

    /// How a delivery is settled.
    package enum Settlement: Hashable, Sendable {
        /// With `multiple`, all of the same consumer that came before are settled too.
        case acknowledge(multiple: Bool)
        case negativelyAcknowledge(requeue: Bool)
        case reject(requeue: Bool)
    }

    /// A consumer is to be started.
    package mutating func consumeRequested(
        _ id: RequestID, _ request: ConsumerRequest, deadline: MonotonicInstant
    ) -> ConsumeAction {
        if let failure = self.failure { return .fail(failure) }
        guard let tag = self.consumers.add(request) else { return .fail(.consumerTagInUse) }
        var first: AMQPMethod?
        if request.acknowledgement != .automatic {
            // RabbitMQ applies a prefetch that is not global to the consumers started after it: both must be adjacent.
            first = self.requests.add(.basicQos(BasicQos(prefetchCount: request.prefetch)))
        }
        let second = self.requests.add(.basicConsume(request.method(tag: tag)), for: id, until: deadline)
        return .start(consumerTag: tag, send: first ?? second)
    }

    /// A message is to be taken from a queue, if there is one.
    package mutating func getRequested(
        _ id: RequestID, queue: String, isAcknowledged: Bool, deadline: MonotonicInstant
    ) -> RequestAction {
        self.requested(id, .basicGet(BasicGet(queue: queue, noAck: isAcknowledged)), deadline: deadline)
    }

    /// Someone wants the next delivery of a consumer.
    package mutating func nextRequested(_ id: RequestID, of consumerTag: String) -> NextAction {
        if let failure = self.failure { return .fail(failure) }
        return self.consumers.next(id, of: consumerTag)
    }

    /// Takes the next delivery of a consumer, if one has come.
    package mutating func takeArrived(of consumerTag: String) -> DeliveredMessage? {
        self.failure == nil ? self.consumers.takeArrived(of: consumerTag) : nil
    }

    /// The one who waits for a delivery went away.
    ///
    /// - Returns: the waiter to tell, or `nil` when a delivery was faster.
    package mutating func nextCancelled(_ id: RequestID, of consumerTag: String) -> Waiter? {
        self.consumers.abandonNext(id, of: consumerTag) ? .delivery(id) : nil
    }

    /// Whether what the broker sends is to be read; if not, too much waits that nobody has taken.
    package var isReadingWanted: Bool { !self.consumers.isOverfull }

    /// A consumer's scope ended.
    package mutating func endRequested(
        _ id: RequestID, of consumerTag: String, deadline: MonotonicInstant
    ) -> ConsumerEnding {
        guard self.failure == nil else { return ConsumerEnding() }
        let acknowledgements = self.flushAcknowledgements()
        let failed = self.consumers.isForReplies(consumerTag) ? self.failCalls(.requesterEnded) : []
        let (waiting, isStarted) = self.consumers.end(consumerTag)
        guard isStarted, self.isAttached else {
            return ConsumerEnding(
                send: acknowledgements + self.consumers.ended(consumerTag).map(Self.requeue), finished: waiting, failed: failed)
        }
        let cancel = self.requests.add(.basicCancel(BasicCancel(consumerTag: consumerTag)), for: id, until: deadline)
        return ConsumerEnding(
            send: acknowledgements + [cancel].compactMap { $0 }, finished: waiting, failed: failed, isPending: true)
    }

    /// A delivery is to be settled.
    ///
    /// - Parameters:
    ///   - deliveryTag: its number.
    ///   - epoch: which incarnation of the channel it came on: numbers of one mean other messages in the next.
    ///   - settlement: how.
    ///   - now: the present.
    package mutating func settleRequested(
        _ deliveryTag: UInt64, epoch: UInt32, _ settlement: Settlement, at now: MonotonicInstant
    ) -> SettleAction {
        if let failure = self.failure { return .fail(failure) }
        guard epoch == self.epoch else { return .drop }
        if let failure = self.transactions.failure { return .fail(failure) }
        switch settlement {
        case .acknowledge(multiple: false):
            return self.acknowledged(deliveryTag, at: now)
        case .acknowledge(multiple: true):
            return self.consumers.acknowledge(upTo: deliveryTag) ? Self.sending(self.flushAcknowledgements()) : .fail(.deliverySettled)
        case .negativelyAcknowledge(let requeue):
            return self.settled(deliveryTag, by: .basicNack(BasicNack(deliveryTag: deliveryTag, requeue: requeue)))
        case .reject(let requeue):
            return self.settled(deliveryTag, by: .basicReject(BasicReject(deliveryTag: deliveryTag, requeue: requeue)))
        }
    }

    /// Time passed.
    ///
    /// - Returns: the acknowledgements that are to be written now.
    package mutating func acknowledgementsDue(at now: MonotonicInstant) -> [AMQPMethod] {
        guard case .open = self.phase, let deadline = self.acknowledgementDeadline, deadline <= now else { return [] }
        return self.flushAcknowledgements()
    }

    /// What tells the broker of all acknowledgements that wait.
    mutating func flushAcknowledgements() -> [AMQPMethod] {
        self.acknowledgementDeadline = nil
        return self.consumers.flushAcknowledgements()
    }

    private mutating func acknowledged(_ deliveryTag: UInt64, at now: MonotonicInstant) -> SettleAction {
        switch self.consumers.acknowledge(deliveryTag) {
        case nil: return .fail(.deliverySettled)
        case .now?: return .send(.basicAck(BasicAck(deliveryTag: deliveryTag)))
        case .withOthers?: return Self.sending(self.flushAcknowledgements())
        case .later(let delay)?:
            let deadline = min(self.acknowledgementDeadline ?? now + delay, now + delay)
            self.acknowledgementDeadline = deadline
            return .wait(until: deadline)
        }
    }

    private mutating func settled(_ deliveryTag: UInt64, by method: AMQPMethod) -> SettleAction {
        guard self.consumers.settle(deliveryTag) else { return .fail(.deliverySettled) }
        // What was acknowledged before is told before.
        return Self.sending(self.flushAcknowledgements() + [method])
    }

    /// Whether there is a channel at the broker to tell anything to.
    private var isAttached: Bool {
        if case .open = self.phase { true } else { false }
    }

    private static func sending(_ methods: [AMQPMethod]) -> SettleAction {
        if methods.count == 1, let method = methods.first { .send(method) } else { .sendAll(methods) }
    }

    static func requeue(_ deliveryTag: UInt64) -> AMQPMethod {
        .basicNack(BasicNack(deliveryTag: deliveryTag, requeue: true))
    }
}
