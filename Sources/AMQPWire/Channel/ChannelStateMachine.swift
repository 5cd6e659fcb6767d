// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One channel of a connection, from its opening to its end (specification, sections 2.1.2 and 4.2.2).
///
/// Inputs are what happened, outputs what is to be done; the machine knows no socket, no clock and no task. Who waits
/// for an answer is a ``RequestID``.
///
/// What reads several of its parts is `mutating` though it changes none: for what is only borrowed, the compiler follows each part of
/// each part, all methods of AMQP among them, which takes it seconds for each such member.
package struct ChannelStateMachine: ~Copyable {
    enum Phase {
        /// Nothing was sent. Exit: ``openRequested(_:deadline:)`` to `opening`.
        case idle
        /// `channel.open` was sent. Exits: `channel.open-ok` to `open`, or to `closing` when nobody waits for it any more;
        /// `channel.close` or the connection's end to `closed`.
        case opening(RequestID?, deadline: MonotonicInstant)
        /// Exits: ``closeRequested(_:deadline:)`` or a body that is too large to `closing`; `channel.close` or the connection's end to
        /// `closed`, its loss to `suspended`.
        case open
        /// The connection is lost, and will be back: what is asked waits. Exits: ``reopenRequested(isLostOneThere:)`` to `reopening`;
        /// ``closeRequested(_:deadline:)`` or the connection's end to `closed`.
        case suspended
        /// `channel.open` was sent on a new connection. Exits: `channel.open-ok` to `open`, where what was lost is made anew
        /// before all else; ``closeRequested(_:deadline:)`` to `closing`; `channel.close` or the connection's end to `closed`, its loss to
        /// `suspended`.
        case reopening
        /// `channel.close` was sent; all that comes but its answer is dropped. Exits: `channel.close-ok` or the connection's end to
        /// `closed`.
        case closing(RequestID?, deadline: MonotonicInstant?, reason: AMQPFailure)
        /// The end.
        case closed(AMQPFailure)
    }

    /// What is to be done with a request to the broker.
    package enum RequestAction: Equatable {
        /// Write these.
        case send([AMQPMethod])
        /// Nothing: it goes out when those before it are answered.
        case wait
        /// Tell the caller that this has been so already.
        case succeed
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    var phase = Phase.idle
    var requests = RequestQueue()
    var window = PublishWindow()
    var consumers = ConsumerTable()
    var content: ContentAssembler
    /// When the acknowledgements that wait are to be written; `nil` while none waits.
    var acknowledgementDeadline: MonotonicInstant?
    var transactions = Transactions()
    var calls = CallTable()
    var isConfirming = false
    var isFlowActive = true
    /// Whether what a lost connection has taken is still being made anew: nothing else is sent meanwhile.
    var isRestoring = false
    /// Whether what the channel may be refused now may be held by the lost connection, whose end the broker has not noticed.
    var isLostOneThere = false
    /// What the last reply was to.
    package internal(set) var answeredRequest: AMQPMethod?
    /// How often the channel was lost: tells the deliveries of one incarnation from those of another.
    package internal(set) var epoch: UInt32 = 0

    package init(maximumBodyBytes: Int) {
        self.content = ContentAssembler(maximumBodyBytes: maximumBodyBytes)
    }

    /// Why nothing more can be asked of the channel; `nil` while it is open, or will be again.
    var failure: AMQPFailure? {
        switch self.phase {
        case .open, .suspended, .reopening: nil
        case .idle, .opening: .channelClosed
        case .closing(_, _, let reason), .closed(let reason): reason
        }
    }

    /// The channel is to be opened; returns what to write, or `nil` where it has ended before, with the connection.
    package mutating func openRequested(_ id: RequestID, deadline: MonotonicInstant) -> AMQPMethod? {
        guard case .idle = self.phase else { return nil }
        self.phase = .opening(id, deadline: deadline)
        return .channelOpen(ChannelOpen())
    }

    /// A method that has a reply is to be sent.
    package mutating func requested(_ id: RequestID, _ method: AMQPMethod, deadline: MonotonicInstant) -> RequestAction {
        if let failure = self.failure { return .fail(failure) }
        return self.requests.add(method, for: id, until: deadline).map { .send(self.turn(of: $0)) } ?? .wait
    }

    /// What is to be done with a request whose effect nobody waits for.
    package enum UnansweredAction: Equatable {
        /// Write it in the form that the broker does not answer.
        case write
        /// Have it answered: it must not overtake others, or cannot be sent now.
        case ask
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    /// A method that the broker need not answer is to be sent.
    package mutating func unansweredRequested(isStreamFull: Bool) -> UnansweredAction {
        if let failure = self.failure { return .fail(failure) }
        guard case .open = self.phase, !isStreamFull, !self.isRestoring, self.requests.isEmpty else { return .ask }
        return .write
    }

    /// Notes that a request's turn has come, and returns what to write.
    mutating func turn(of method: AMQPMethod) -> [AMQPMethod] {
        switch method {
        case .txSelect:
            // What was acknowledged before is no part of it.
            let acknowledgements = self.flushAcknowledgements()
            self.consumers.transactionSelected()
            return acknowledgements + [method]
        case .txCommit, .txRollback:
            let acknowledgements = self.flushAcknowledgements()
            self.consumers.transactionEnding()
            return acknowledgements + [method]
        case .basicRecover:
            let acknowledgements = self.flushAcknowledgements()
            self.consumers.recoverySent()
            return acknowledgements + [method]
        default:
            return [method]
        }
    }

    /// The one who waits for a reply went away.
    ///
    /// - Returns: the waiter to tell, or `nil` when the answer was faster.
    package mutating func requestCancelled(_ id: RequestID) -> Waiter? {
        switch self.phase {
        case .opening(.some(id), let deadline):
            self.phase = .opening(nil, deadline: deadline)
            return .request(id)
        case .closing(.some(id), _, let reason):
            self.phase = .closing(nil, deadline: nil, reason: reason)
            return .request(id)
        default:
            guard let abandoned = self.requests.abandon(id) else { return nil }
            if case .basicConsume(let consume) = abandoned.method {
                // Once it is started, it is cancelled; see `replied`.
                if abandoned.wasSent { _ = self.consumers.end(consume.consumerTag) } else { self.consumers.remove(consume.consumerTag) }
            }
            self.confirmsAbandoned()
            return Waiter(id, for: abandoned.method)
        }
    }

    // MARK: The end

    /// What is to be done when the channel ends, or begins to.
    package struct Ending: Equatable {
        /// Why; all that is asked from now on fails with it.
        package var failure: AMQPFailure
        /// What to write before anything else.
        package var acknowledgements: [AMQPMethod]
        /// What to write.
        package var send: AMQPMethod?
        /// Whom to tell.
        package var waiters: [Waiter]
        /// Whether the channel's number is free again.
        package var isReleased: Bool

        package init(
            failure: AMQPFailure, acknowledgements: [AMQPMethod] = [], send: AMQPMethod?, waiters: [Waiter], isReleased: Bool
        ) {
            self.failure = failure
            self.acknowledgements = acknowledgements
            self.send = send
            self.waiters = waiters
            self.isReleased = isReleased
        }
    }

    /// The channel is to be closed.
    ///
    /// - Returns: what to do, whereupon `id` waits if there is anything to send; `nil` when it is closed, or being closed, already.
    package mutating func closeRequested(_ id: RequestID, deadline: MonotonicInstant) -> Ending? {
        switch self.phase {
        case .open, .reopening: break
        case .suspended: return self.closedWhileSuspended()
        case .idle, .opening, .closing, .closed: return nil
        }
        let acknowledgements = self.flushAcknowledgements()
        let waiters = self.removeAllWaiters()
        self.phase = .closing(id, deadline: deadline, reason: .channelClosed)
        return Ending(
            failure: .channelClosed, acknowledgements: acknowledgements,
            send: .channelClose(ChannelClose(replyCode: .replySuccess, replyText: "done")), waiters: waiters,
            isReleased: false)
    }

    private mutating func closedWhileSuspended() -> Ending {
        let waiters = self.removeAllWaiters()
        self.phase = .closed(.channelClosed)
        return Ending(failure: .channelClosed, send: nil, waiters: waiters, isReleased: false)
    }

    /// The connection ended, and the channel with it.
    ///
    /// - Returns: whom to tell.
    package mutating func connectionEnded(_ failure: AMQPFailure) -> [Waiter] {
        let waiters = self.removeAllWaiters()
        if case .closed = self.phase { return waiters }
        self.phase = .closed(failure)
        return waiters
    }

    mutating func removeAllWaiters() -> [Waiter] {
        var waiters: [Waiter] = []
        switch self.phase {
        case .opening(let id?, _), .closing(let id?, _, _): waiters.append(.request(id))
        default: break
        }
        return waiters + self.requests.removeAll() + self.window.removeAll() + self.consumers.removeAll()
            + self.calls.failAll(.channelClosed).map(Waiter.delivery)
    }

    // MARK: Time

    /// When ``deadlinePassed(at:)`` is to be called next.
    package var nextDeadline: MonotonicInstant? {
        mutating get {
            switch self.phase {
            case .opening(let id, let deadline): id == nil ? nil : deadline
            case .open, .suspended, .reopening:
                [self.requests.nextDeadline, self.window.nextDeadline, self.acknowledgementDeadline, self.calls.nextDeadline]
                    .compactMap { $0 }.min()
            case .closing(_, let deadline, _): deadline
            case .idle, .closed: nil
            }
        }
    }

    /// Time passed.
    ///
    /// - Returns: who has waited too long. What was sent stays outstanding, as if they had gone away.
    package mutating func deadlinePassed(at now: MonotonicInstant) -> [Waiter] {
        switch self.phase {
        case .opening(let id?, let deadline) where deadline <= now, .closing(let id?, let deadline?, _) where deadline <= now:
            return [self.requestCancelled(id)].compactMap { $0 }
        case .open, .suspended, .reopening:
            var waiters: [Waiter] = []
            for id in self.requests.expired(at: now) { waiters += [self.requestCancelled(id)].compactMap { $0 } }
            return waiters + self.window.expired(at: now) + self.calls.expired(at: now).map(Waiter.delivery)
        default:
            return []
        }
    }
}
