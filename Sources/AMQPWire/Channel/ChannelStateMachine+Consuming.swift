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
        /// Whether the broker is to answer first, and the caller waits.
        package var isPending = false

        package init(send: [AMQPMethod] = [], finished: [RequestID] = [], isPending: Bool = false) {
            self.send = send
            self.finished = finished
            self.isPending = isPending
        }
    }

    /// A consumer is to be started, with a prefetch of its own.
    package mutating func consumeRequested(
        _ id: RequestID, queue: String, prefetch: UInt16, exclusive: Bool, arguments: AMQPTable, deadline: ContinuousClock.Instant
    ) -> ConsumeAction {
        if let failure = self.failure { return .fail(failure) }
        let tag = self.consumers.add(prefetch: prefetch)
        // RabbitMQ applies a prefetch that is not global to the consumers started after it: both must be adjacent.
        let qos = self.requests.add(.basicQos(BasicQos(prefetchCount: prefetch)))
        let consume = BasicConsume(queue: queue, consumerTag: tag, exclusive: exclusive, arguments: arguments)
        _ = self.requests.add(.basicConsume(consume), for: id, until: deadline)
        return .start(consumerTag: tag, send: qos)
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

    /// A consumer's scope ended.
    package mutating func endRequested(
        _ id: RequestID, of consumerTag: String, deadline: ContinuousClock.Instant
    ) -> ConsumerEnding {
        guard self.failure == nil else { return ConsumerEnding() }
        let (waiting, isStarted) = self.consumers.end(consumerTag)
        guard isStarted, self.isAttached else {
            return ConsumerEnding(send: self.consumers.ended(consumerTag).map(Self.requeue), finished: waiting)
        }
        let cancel = self.requests.add(.basicCancel(BasicCancel(consumerTag: consumerTag)), for: id, until: deadline)
        return ConsumerEnding(send: [cancel].compactMap { $0 }, finished: waiting, isPending: true)
    }

    /// What is to be done to settle a delivery.
    package enum SettleAction: Equatable {
        /// Write the settlement.
        case write
        /// Nothing: the delivery went back to its queue with the connection that it came on.
        case drop
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    /// A delivery is to be settled.
    ///
    /// - Parameters:
    ///   - deliveryTag: its number.
    ///   - epoch: which incarnation of the channel it came on: numbers of one mean other messages in the next.
    package mutating func settleRequested(_ deliveryTag: UInt64, epoch: UInt32) -> SettleAction {
        if let failure = self.failure { return .fail(failure) }
        guard epoch == self.epoch else { return .drop }
        return self.consumers.settle(deliveryTag) ? .write : .fail(.deliverySettled)
    }

    /// Whether there is a channel at the broker to tell anything to.
    private var isAttached: Bool {
        if case .open = self.phase { true } else { false }
    }

    static func requeue(_ deliveryTag: UInt64) -> AMQPMethod {
        .basicNack(BasicNack(deliveryTag: deliveryTag, requeue: true))
    }
}
