// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// What a channel makes of the loss of its connection.
    package struct Suspension: Equatable {
        /// Whether the channel will be back; if not, it has ended.
        package var isSuspended: Bool
        /// Who is to be told of the loss.
        package var waiters: [Waiter] = []
        /// Whose messages the broker had answered for.
        package var settlements: [PublishSettlement] = []
        /// How many messages are to be sent again; they wait, in their order, before all others.
        package var republishedCount = 0

        package init(
            isSuspended: Bool, waiters: [Waiter] = [], settlements: [PublishSettlement] = [], republishedCount: Int = 0
        ) {
            self.isSuspended = isSuspended
            self.waiters = waiters
            self.settlements = settlements
            self.republishedCount = republishedCount
        }
    }

    /// The connection is lost, and another is to take its place.
    ///
    /// What the broker may have acted on cannot be known: who waits for the answer to a request is told so. What was not sent waits on.
    ///
    /// - Parameters:
    ///   - failure: why.
    ///   - isRepublishing: whether messages without a confirm are sent again; if not, those who wait for them are told.
    package mutating func connectionLost(_ failure: AMQPFailure, isRepublishing: Bool) -> Suspension {
        switch self.phase {
        case .idle, .opening, .closing, .closed:
            return Suspension(isSuspended: false, waiters: self.connectionEnded(failure))
        case .suspended:
            return Suspension(isSuspended: true)
        case .open, .reopening:
            self.phase = .suspended
            return self.forgetIncarnation(isRepublishing: isRepublishing)
        }
    }

    /// The connection is back, and the channel is to be opened on it.
    ///
    /// - Parameter isLostOneThere: whether the broker may still take the lost connection for alive, and its consumers with it.
    /// - Returns: what to write; `nil` for a channel that is not to come back.
    package mutating func reopenRequested(isLostOneThere: Bool = false) -> AMQPMethod? {
        guard case .suspended = self.phase else { return nil }
        self.isLostOneThere = isLostOneThere
        self.phase = .reopening
        return .channelOpen(ChannelOpen())
    }

    /// Whether the channel waits for the connection to be back.
    package var isSuspended: Bool {
        if case .suspended = self.phase { true } else { false }
    }

    // MARK: Frames

    mutating func receivedWhileReopening(_ method: AMQPMethod) -> FrameAction {
        switch method {
        case .channelOpenOk:
            self.phase = .open
            return self.restore()
        case .channelClose(let close):
            return self.closedByPeer(close)
        default:
            return .violation(.unexpectedMethod("a method before channel.open-ok"))
        }
    }

    /// The broker closed the channel on what was to be made anew: a consumer that it does not take is left out, and the rest tried again.
    mutating func closedWhileRestoring(_ close: ChannelClose) -> FrameAction {
        guard case .basicConsume(let consume)? = self.requests.restoring else { return self.closedByPeer(close) }
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: close.replyCode, replyText: close.replyText, classID: close.classID, methodID: close.methodID))
        if self.isLostOneThere, consume.isRefusalOfHeld(close.replyCode) { return .startOver(failure) }
        var waiters = self.consumers.failed(consume.consumerTag, failure).map(Waiter.delivery)
        if self.consumers.isForReplies(consume.consumerTag) { waiters += self.failCalls(failure) }
        // Nothing but what is made anew was sent; those who wait for the end of a consumer have it.
        let suspension = self.forgetIncarnation(isRepublishing: true)
        self.phase = .reopening
        return .restoringAgain(
            consumerTag: consume.consumerTag, failure, waiters + suspension.waiters,
            send: [.channelCloseOk(ChannelCloseOk()), .channelOpen(ChannelOpen())])
    }

    private mutating func restore() -> FrameAction {
        let confirms: [AMQPMethod] = self.isConfirming ? [.confirmSelect(ConfirmSelect())] : []
        let next = self.requests.resume(restoring: confirms + self.consumers.restoring)
        let send = [next].compactMap { $0 }
        self.isRestoring = self.requests.restoring != nil
        return self.isRestoring ? .reply(nil, .channelOpenOk(ChannelOpenOk()), send: send) : .restored(send: send)
    }

    /// Forgets what the broker knows of the channel, and keeps what it does not.
    private mutating func forgetIncarnation(isRepublishing: Bool) -> Suspension {
        self.epoch &+= 1
        self.isRestoring = false
        self.isFlowActive = true
        self.content.reset()
        self.answeredRequest = nil
        let (lost, requesters) = self.requests.suspend()
        self.confirmsAbandoned()
        if case .basicConsume(let consume)? = lost { self.consumers.startLost(consume.consumerTag) }
        // Messages that wait to be part of a transaction are lost with it.
        let unpublished = self.transactions.isWanted ? self.window.removeAll() : []
        let publishes = self.window.suspend(isRepublishing: isRepublishing)
        self.consumers.suspend()
        self.transactions.suspend()
        self.acknowledgementDeadline = nil
        return Suspension(
            isSuspended: true,
            waiters: requesters + unpublished + publishes.failed + self.calls.suspend(.streamEnded).map(Waiter.delivery),
            settlements: publishes.settled,
            republishedCount: publishes.republishedCount)
    }
}

extension BasicConsume {
    /// Whether a refusal says that another consumer has the queue to itself, or another connection has the queue.
    fileprivate func isRefusalOfHeld(_ code: AMQPReplyCode) -> Bool {
        code == .resourceLocked || (self.exclusive && code == .accessRefused)
    }
}
