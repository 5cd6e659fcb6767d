// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// What is to be done with a frame of the broker's.
    ///
    /// What is rare and large is held indirectly, so that what is frequent is small.
    package enum FrameAction: Equatable {
        /// Nothing.
        case none
        /// Write this.
        indirect case send(AMQPMethod)
        /// Give the reply to the one who waits, if there is one, and write what follows.
        indirect case reply(RequestID?, AMQPMethod, send: [AMQPMethod])
        /// Give the delivery to the one who waits.
        case deliver(RequestID, DeliveredMessage)
        /// Give the message, or `nil` for none, to the one who asked for it, if still there, and write what follows.
        indirect case got(RequestID?, DeliveredMessage?, send: [AMQPMethod])
        /// A reply came too late, for nobody.
        case lateReply
        /// Tell the one who waits for a reply.
        indirect case failCall(RequestID, AMQPFailure)
        /// Stop reading until ``ChannelStateMachine/isReadingWanted`` says otherwise.
        case stopReading
        /// Tell these how their messages ended; then see whether others may go.
        case settle([PublishSettlement])
        /// See whether messages may go.
        indirect case resumePublishing(send: AMQPMethod)
        /// The broker ended a consumer: tell those who wait for what it brings, and write what follows.
        indirect case consumerCancelled(consumerTag: String, [Waiter], send: AMQPMethod?)
        /// What a lost connection had taken is there again: write what follows, then see whether messages may go.
        case restored(send: [AMQPMethod])
        /// A consumer could not be started again: tell these, and write what follows to try the rest.
        indirect case restoringAgain(consumerTag: String, AMQPFailure, [Waiter], send: [AMQPMethod])
        /// A consumer could not be started again, because the lost connection still has it: end the attempt, and start over.
        indirect case startOver(AMQPFailure)
        /// The channel is closed, or is being closed, for a reason that is not this side's wish.
        indirect case end(Ending)
        /// The broker agreed to the close: its number is free; tell the one who waits.
        case closed(RequestID?)
        /// The peer broke the protocol: close the connection.
        indirect case violation(ProtocolViolation)
    }

    /// A method came.
    package mutating func received(_ method: AMQPMethod) -> FrameAction {
        switch self.phase {
        case .idle, .closed, .suspended:
            .violation(.unexpectedMethod("a method on a channel that is not open"))
        case .opening(let id, _):
            self.receivedWhileOpening(method, id)
        case .reopening:
            self.receivedWhileReopening(method)
        case .closing(let id, _, let reason):
            self.receivedWhileClosing(method, id, reason)
        case .open:
            self.content.isIdle ? self.receivedWhileOpen(method) : .violation(.unexpectedFrame("a method within a content"))
        }
    }

    /// A content header came.
    package mutating func received(_ header: AMQPContentHeader) -> FrameAction {
        guard case .open = self.phase else { return self.receivedContentWhileNotOpen() }
        do { return self.advanced(try self.content.headerReceived(header)) } catch { return .violation(error) }
    }

    /// A part of a content's body came.
    package mutating func received(body part: [UInt8]) -> FrameAction {
        guard case .open = self.phase else { return self.receivedContentWhileNotOpen() }
        do { return self.advanced(try self.content.bodyReceived(part)) } catch { return .violation(error) }
    }

    /// A delivery came, all of its frames together: the same as one after the other.
    package mutating func received(_ delivery: WholeDelivery) -> FrameAction {
        if case .open = self.phase, self.content.isIdle, delivery.header.bodySize <= UInt64(self.content.maximumBodyBytes) {
            return self.delivered(delivery.method, properties: delivery.header.properties, body: delivery.body)
        }
        let first = self.received(.basicDeliver(delivery.method))
        guard first == .none else { return first }
        let second = self.received(delivery.header)
        guard second == .none, !delivery.body.isEmpty else { return second }
        return self.received(body: delivery.body)
    }

    // MARK: By phase

    private func receivedContentWhileNotOpen() -> FrameAction {
        if case .closing = self.phase { return .none }
        return .violation(.unexpectedFrame("a content on a channel that is not open"))
    }

    private mutating func receivedWhileOpening(_ method: AMQPMethod, _ id: RequestID?) -> FrameAction {
        switch method {
        case .channelOpenOk:
            if let id {
                self.phase = .open
                return .reply(id, method, send: [])
            }
            self.phase = .closing(nil, deadline: nil, reason: .channelClosed)
            return .send(.channelClose(ChannelClose(replyCode: .replySuccess, replyText: "not wanted any more")))
        case .channelClose(let close):
            return self.closedByPeer(close)
        default:
            return .violation(.unexpectedMethod("a method before channel.open-ok"))
        }
    }

    private mutating func receivedWhileClosing(_ method: AMQPMethod, _ id: RequestID?, _ reason: AMQPFailure) -> FrameAction {
        switch method {
        case .channelCloseOk:
            self.phase = .closed(reason)
            return .closed(id)
        case .channelClose:
            // Both closed at a time: each answers the other.
            return .send(.channelCloseOk(ChannelCloseOk()))
        default:
            return .none
        }
    }

    private mutating func receivedWhileOpen(_ method: AMQPMethod) -> FrameAction {
        switch method {
        case .basicDeliver(let deliver):
            self.content.begin(.deliver(deliver))
            return .none
        case .basicReturn(let returned):
            self.content.begin(.return(returned))
            return .none
        case .basicGetOk(let got):
            guard self.requests.expects(method) else { return .violation(.unexpectedMethod("a message that was not asked for")) }
            self.content.begin(.get(got))
            return .none
        case .basicAck(let ack):
            return self.confirmed(ack.deliveryTag, multiple: ack.multiple, isAcknowledged: true)
        case .basicNack(let nack):
            return self.confirmed(nack.deliveryTag, multiple: nack.multiple, isAcknowledged: false)
        case .basicCancel(let cancel):
            return self.consumerCancelled(cancel)
        case .channelFlow(let flow):
            self.isFlowActive = flow.active
            let answer = AMQPMethod.channelFlowOk(ChannelFlowOk(active: flow.active))
            return flow.active ? .resumePublishing(send: answer) : .send(answer)
        case .channelClose(let close):
            return self.isRestoring ? self.closedWhileRestoring(close) : self.closedByPeer(close)
        default:
            return self.replied(method)
        }
    }

    // MARK: What came

    mutating func closedByPeer(_ close: ChannelClose) -> FrameAction {
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: close.replyCode, replyText: close.replyText, classID: close.classID, methodID: close.methodID))
        let waiters = self.removeAllWaiters()
        self.phase = .closed(failure)
        return .end(Ending(failure: failure, send: .channelCloseOk(ChannelCloseOk()), waiters: waiters, isReleased: true))
    }

    private mutating func replied(_ method: AMQPMethod) -> FrameAction {
        guard let answer = self.requests.answered(by: method) else {
            return .violation(.unexpectedMethod("a method that answers nothing"))
        }
        self.answeredRequest = answer.method
        if self.isRestoring {
            let send = answer.next.map { self.turn(of: $0) } ?? []
            if self.requests.restoring != nil { return .reply(nil, method, send: send) }
            self.isRestoring = false
            return .restored(send: send)
        }
        switch answer.method {
        case .basicRecover: self.consumers.recovered()
        case .txSelect: self.transactions.isSelected = true
        case .txCommit: self.consumers.transactionEnded(isCommitted: true)
        case .txRollback: self.consumers.transactionEnded(isCommitted: false)
        default: break
        }
        var send = answer.next.map { self.turn(of: $0) } ?? []
        switch answer.method {
        case .basicGet:
            return .got(answer.id, nil, send: send)
        case .confirmSelect:
            self.isConfirming = true
        case .basicConsume(let consume) where !self.consumers.isUnwanted(consume.consumerTag):
            self.consumers.started(consume)
        case .basicConsume(let consume):
            // Who asked for it went away meanwhile. Nobody waits for this answer either.
            let cancel = AMQPMethod.basicCancel(BasicCancel(consumerTag: consume.consumerTag))
            send += [self.requests.add(cancel)].compactMap { $0 }
        case .basicCancel(let cancel):
            send += self.consumers.ended(cancel.consumerTag).map(Self.requeue)
        default:
            break
        }
        return .reply(answer.id, method, send: send)
    }

    private mutating func confirmed(_ tag: UInt64, multiple: Bool, isAcknowledged: Bool) -> FrameAction {
        do {
            return .settle(try self.window.settled(upTo: tag, multiple: multiple, isAcknowledged: isAcknowledged))
        } catch {
            return .violation(error)
        }
    }

    private mutating func consumerCancelled(_ cancel: BasicCancel) -> FrameAction {
        let answer = cancel.noWait ? nil : AMQPMethod.basicCancelOk(BasicCancelOk(consumerTag: cancel.consumerTag))
        // A consumer that is not known, or ending, has met the broker's word on the way.
        var waiters = (self.consumers.cancelledByPeer(cancel.consumerTag) ?? []).map(Waiter.delivery)
        if self.consumers.isForReplies(cancel.consumerTag) { waiters += self.failCalls(.consumerCancelledByPeer) }
        return .consumerCancelled(consumerTag: cancel.consumerTag, waiters, send: answer)
    }

    private mutating func advanced(_ progress: ContentAssembler.Progress) -> FrameAction {
        switch progress {
        case .incomplete:
            return .none
        case .tooLarge(let bytes):
            return self.refusedBody(bytes)
        case .complete(let message):
            switch message.method {
            case .deliver(let deliver): return self.delivered(deliver, properties: message.properties, body: message.body)
            case .get(let got): return self.got(message, got)
            case .return(let returned): return self.returned(message, returned)
            }
        }
    }

    private mutating func delivered(_ deliver: BasicDeliver, properties: AMQPProperties, body: [UInt8]) -> FrameAction {
        let delivered = DeliveredMessage(deliver, properties: properties, body: body, epoch: self.epoch)
        do {
            switch try self.consumers.received(delivered, for: deliver.consumerTag) {
            case .kept: return self.consumers.isOverfull ? .stopReading : .none
            case .dropped: return .none
            case .reply: return self.replyArrived(delivered)
            case .handOver(let id): return .deliver(id, delivered)
            case .notWanted: return .send(Self.requeue(deliver.deliveryTag))
            }
        } catch {
            return .violation(error)
        }
    }

    private mutating func replyArrived(_ reply: DeliveredMessage) -> FrameAction {
        switch self.calls.answered(reply) {
        case .handOver(let id): .deliver(id, reply)
        case .kept: .none
        case .late: .lateReply
        }
    }

    private mutating func got(_ message: ContentAssembler.Message, _ got: BasicGetOk) -> FrameAction {
        guard let answer = self.requests.answered(by: .basicGetOk(got)), case .basicGet(let get) = answer.method else {
            return .violation(.unexpectedMethod("a message that was not asked for"))
        }
        do {
            try self.consumers.got(got.deliveryTag, isUnsettled: !get.noAck && answer.id != nil)
        } catch {
            return .violation(error)
        }
        // A recovery whose turn it is takes this message back too: it has to be known by now.
        let send = answer.next.map { self.turn(of: $0) } ?? []
        guard let id = answer.id else {
            // Who asked for it went away: it goes back, unless the broker has forgotten it.
            return .got(nil, nil, send: (get.noAck ? [] : [Self.requeue(got.deliveryTag)]) + send)
        }
        return .got(id, DeliveredMessage(got, properties: message.properties, body: message.body, epoch: self.epoch), send: send)
    }

    private mutating func returned(_ message: ContentAssembler.Message, _ returned: BasicReturn) -> FrameAction {
        let summary = ReturnedMessage(
            replyCode: returned.replyCode, replyText: returned.replyText, exchange: returned.exchange, routingKey: returned.routingKey)
        if self.transactions.isWanted {
            self.transactions.returned(summary)
            return .none
        }
        if self.window.limit == nil, self.calls.isUsed {
            let id = CallTable.id(message.properties).flatMap { self.calls.failed($0, .returned(summary)) }
            return id.map { .failCall($0, .returned(summary)) } ?? .none
        }
        do {
            try self.window.returned(summary, messageID: message.properties.messageID)
            return .none
        } catch {
            return .violation(error)
        }
    }

    private mutating func refusedBody(_ bytes: UInt64) -> FrameAction {
        let failure = AMQPFailure.bodyTooLarge(bytes: bytes, maximum: self.content.maximumBodyBytes)
        let waiters = self.removeAllWaiters()
        self.phase = .closing(nil, deadline: nil, reason: failure)
        let close = ChannelClose(replyCode: .contentTooLarge, replyText: "a body of \(bytes) bytes", classID: 60, methodID: 60)
        return .end(Ending(failure: failure, send: .channelClose(close), waiters: waiters, isReleased: false))
    }
}
