// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// The queue that stands for direct replies to this channel (RabbitMQ, "Direct Reply-to").
    package static let replyQueue = "amq.rabbitmq.reply-to"

    /// Replies are to come to this channel.
    package mutating func requesterRequested(_ id: RequestID, deadline: MonotonicInstant) -> ConsumeAction {
        if let failure = self.failure { return .fail(failure) }
        guard self.window.limit == nil else { return .fail(.confirmModeMixed) }
        guard !self.transactions.isWanted else { return .fail(.transactionalChannel) }
        guard !self.consumers.hasReplies else { return .fail(.requesterRunning) }
        let request = ConsumerRequest(queue: Self.replyQueue, prefetch: 1, acknowledgement: .automatic, isForReplies: true)
        return self.consumeRequested(id, request, deadline: deadline)
    }

    /// A request is about to be published, with the id's number as its correlation id, and with the same id.
    ///
    /// - Returns: why it cannot be; `nil` when it can, and ``callAwaited(_:)`` or ``callCancelled(_:)`` follows.
    package mutating func callRequested(_ id: RequestID, deadline: MonotonicInstant) -> AMQPFailure? {
        if let failure = self.failure { return failure }
        guard self.consumers.takesReplies else { return .requesterEnded }
        self.calls.add(id, until: deadline)
        return nil
    }

    /// The request is published, and its caller waits.
    package mutating func callAwaited(_ id: RequestID) -> NextAction {
        if let failure = self.failure {
            _ = self.calls.abandon(id)
            return .fail(failure)
        }
        return self.calls.await(id)
    }

    /// The caller went away.
    ///
    /// - Returns: the waiter to tell, or `nil` when there is none.
    package mutating func callCancelled(_ id: RequestID) -> Waiter? { self.calls.abandon(id) ? .delivery(id) : nil }

    /// There is nowhere for replies to come to any more: every call fails, and what waits to be sent is taken back.
    ///
    /// - Returns: who waits for a reply, or for the message to go out.
    mutating func failCalls(_ failure: AMQPFailure) -> [Waiter] {
        let withdrawn = self.calls.unsent.compactMap { id in self.window.abandon(id).map { Waiter.publish(id, wasSent: $0) } }
        return withdrawn + self.calls.failAll(failure).map(Waiter.delivery)
    }
}
