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
        let (waiting, needsCancel) = self.consumers.end(consumerTag)
        guard needsCancel else {
            return ConsumerEnding(send: self.consumers.ended(consumerTag).map(Self.requeue), finished: waiting)
        }
        let cancel = self.requests.add(.basicCancel(BasicCancel(consumerTag: consumerTag)), for: id, until: deadline)
        return ConsumerEnding(send: [cancel].compactMap { $0 }, finished: waiting, isPending: true)
    }

    /// A delivery is to be settled.
    ///
    /// - Returns: why it cannot be; `nil` when the settlement is to be written.
    package mutating func settleRequested(_ deliveryTag: UInt64) -> AMQPFailure? {
        if let failure = self.failure { return failure }
        return self.consumers.settle(deliveryTag) ? nil : .deliverySettled
    }

    static func requeue(_ deliveryTag: UInt64) -> AMQPMethod {
        .basicNack(BasicNack(deliveryTag: deliveryTag, requeue: true))
    }
}
