// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

extension ChannelStory {
    /// The broker answers, as it should, the first method that it has not answered.
    mutating func answer() {
        guard !self.unanswered.isEmpty, self.content == nil else { return self.continueContent() }
        if self.life == .restoring, self.script.number(below: 8) == 7 {
            return self.receive(.channelClose(ChannelClose(replyCode: .notFound, replyText: "gone")))
        }
        switch self.unanswered.removeFirst() {
        case .channelOpen: self.receive(.channelOpenOk(ChannelOpenOk()))
        case .channelClose: self.receive(.channelCloseOk(ChannelCloseOk()))
        case .queueDeclare(let declare):
            self.receive(
                .queueDeclareOk(QueueDeclareOk(queue: declare.queue, messageCount: 0, consumerCount: 0)))
        case .queuePurge: self.receive(.queuePurgeOk(QueuePurgeOk(messageCount: 0)))
        case .confirmSelect: self.receive(.confirmSelectOk(ConfirmSelectOk()))
        case .basicQos: self.receive(.basicQosOk(BasicQosOk()))
        case .basicConsume(let consume):
            self.receive(.basicConsumeOk(BasicConsumeOk(consumerTag: consume.consumerTag)))
        case .basicCancel(let cancel):
            self.receive(.basicCancelOk(BasicCancelOk(consumerTag: cancel.consumerTag)))
        case .basicGet(let get):
            guard self.script.flag() else { return self.receive(.basicGetEmpty(BasicGetEmpty())) }
            self.lastDelivery += 1
            self.isMessageHeld = !get.noAck
            self.begin(
                .basicGetOk(
                    BasicGetOk(deliveryTag: self.lastDelivery, exchange: "", routingKey: "q", messageCount: 0)
                ), nil)
        case .basicRecover:
            self.deliveries.takeBack()
            self.receive(.basicRecoverOk(BasicRecoverOk()))
        case let other: invariant(false, "\(other) asks for no answer")
        }
    }

    /// The broker sends what it likes.
    mutating func receiveAnything() {
        switch self.script.number(below: 16) {
        case 0..<5: self.deliver()
        case 5: self.bounce()
        case 6..<9: self.confirm()
        case 9:
            self.receive(
                .basicCancel(
                    BasicCancel(consumerTag: self.consumerTag(isStarted: false), noWait: self.script.flag())))
        case 10:
            let isActive = self.script.flag()
            self.receive(.channelFlow(ChannelFlow(active: isActive)))
        case 11:
            if self.script.number(below: 4) == 3 {
                self.receive(.channelClose(ChannelClose(replyCode: .notFound, replyText: "no")))
            }
        case 12: self.continueContent()
        default: if self.script.number(below: 4) == 3 { self.receiveNonsense() }
        }
    }

    private mutating func receiveNonsense() {
        switch self.script.number(below: 3) {
        case 0:
            self.receive(AMQPContentHeader(bodySize: self.script.integer(of: UInt64.self, bytes: 8)))
        case 1: self.receive(body: self.script.counted())
        default:
            guard let method = try? AMQPMethod(decoding: self.script.counted().span) else { return }
            if case .basicDeliver(let deliver) = method {
                // A tag that was used up before would confuse the account, not the machine.
                guard deliver.deliveryTag < 1 << 40 else { return }
                guard deliver.deliveryTag > self.lastDelivery else { return }
                self.lastDelivery = max(self.lastDelivery, deliver.deliveryTag)
            }
            // Nor a message, or the end of a recovery, that was not asked for in this story.
            switch method {
            case .basicGetOk, .basicRecoverOk: return
            default: self.receive(method)
            }
        }
    }

    private mutating func deliver() {
        let consumer = self.consumerTag(isStarted: false)
        self.lastDelivery += 1
        let method = BasicDeliver(consumerTag: consumer, deliveryTag: self.lastDelivery, exchange: "", routingKey: "q")
        // Within a content, or on a channel that is not open, it comes to what its first frame comes to.
        guard self.life.isAttached, self.content == nil, self.script.flag() else { return self.begin(.basicDeliver(method), nil) }
        let body = [UInt8](repeating: 7, count: self.script.number(below: Self.maximumBodyBytes + 2))
        let delivery = WholeDelivery(
            channel: 1, method: method, header: AMQPContentHeader(bodySize: UInt64(body.count)), body: body)
        let action = self.machine.received(delivery)
        if case .end = action { return self.carryOut(action) }
        self.complete(action, .basicDeliver(method), nil)
    }

    private mutating func bounce() {
        let method = AMQPMethod.basicReturn(
            BasicReturn(replyCode: .noRoute, replyText: "", exchange: "x", routingKey: "k"))
        self.begin(method, "\(self.script.number(below: 5))")
    }

    /// Begins a content, whose frames come at once or between other steps.
    private mutating func begin(_ method: AMQPMethod, _ messageID: String?) {
        self.receive(method)
        guard self.content?.method == method else { return }
        self.content?.messageID = messageID
        guard self.script.number(below: 4) > 0 else { return }
        while self.content != nil { self.continueContent() }
    }

    /// The next frame of the content that is under way.
    private mutating func continueContent() {
        guard let content = self.content else { return }
        guard let rest = content.rest else {
            let size = self.script.number(below: Self.maximumBodyBytes + 2)
            return self.receive(
                AMQPContentHeader(
                    bodySize: UInt64(size), properties: AMQPProperties(messageID: content.messageID)))
        }
        self.receive(
            body: [UInt8](
                repeating: 7, count: min(rest, 1 + self.script.number(below: Self.maximumBodyBytes))))
    }

    private mutating func confirm() {
        let tag = UInt64(self.script.number(below: self.publishes.sent.count + 2))
        let multiple = self.script.flag()
        let isAcknowledged = self.script.flag()
        let method: AMQPMethod =
            isAcknowledged
            ? .basicAck(BasicAck(deliveryTag: tag, multiple: multiple))
            : .basicNack(BasicNack(deliveryTag: tag, multiple: multiple))
        self.receive(method)
    }

    // MARK: What the machine makes of it

    private mutating func receive(_ method: AMQPMethod) {
        let isExpected = self.life.isAttached && self.content == nil
        let action = self.machine.received(method)
        if isExpected {
            switch method {
            case .basicDeliver, .basicReturn: self.content = (method, nil, nil)
            case .basicGetOk: if action == .none { self.content = (method, nil, nil) }
            case .basicAck(let ack):
                self.checkConfirm(action, ack.deliveryTag, multiple: ack.multiple, isAcknowledged: true)
            case .basicNack(let nack):
                self.checkConfirm(action, nack.deliveryTag, multiple: nack.multiple, isAcknowledged: false)
            case .channelFlow(let flow): self.isFlowActive = flow.active
            default: break
            }
        }
        self.carryOut(action)
    }

    private mutating func receive(_ header: AMQPContentHeader) {
        let content = self.content
        self.content?.rest = Int(clamping: header.bodySize)
        if content?.rest != nil { self.content = nil }
        if header.bodySize == 0, content?.rest == nil {
            self.complete(self.machine.received(header), content?.method, header.properties.messageID)
        } else {
            self.carryOut(self.machine.received(header))
        }
    }

    private mutating func receive(body: [UInt8]) {
        guard let content = self.content, let rest = content.rest, body.count <= rest else {
            return self.carryOut(self.machine.received(body: body))
        }
        self.content?.rest = rest - body.count
        if rest > body.count { return self.carryOut(self.machine.received(body: body)) }
        self.complete(self.machine.received(body: body), content.method, content.messageID)
    }

    /// A content is complete.
    private mutating func complete(
        _ action: ChannelStateMachine.FrameAction, _ method: AMQPMethod?, _ messageID: String?
    ) {
        self.content = nil
        guard self.life.isAttached, let method else { return self.carryOut(action) }
        switch method {
        case .basicDeliver(let deliver):
            switch action {
            case .violation: break
            default: self.deliveries.sent(deliver.deliveryTag, to: deliver.consumerTag, isHeld: true)
            }
        case .basicGetOk(let got):
            self.deliveries.sent(got.deliveryTag, to: "", isHeld: self.isMessageHeld)
        case .basicReturn(let returned):
            let message = ReturnedMessage(
                replyCode: returned.replyCode, replyText: returned.replyText, exchange: returned.exchange,
                routingKey: returned.routingKey)
            let isKnown = self.publishes.returned(message, messageID: messageID ?? "")
            invariant((action == .none) == isKnown, "a return comes to \(action)")
        default: break
        }
        self.carryOut(action)
    }

    private mutating func checkConfirm(
        _ action: ChannelStateMachine.FrameAction, _ tag: UInt64, multiple: Bool, isAcknowledged: Bool
    ) {
        guard
            let expected = self.publishes.confirmed(
                tag, multiple: multiple, isAcknowledged: isAcknowledged)
        else {
            if case .violation = action { return }
            return invariant(false, "a confirm of nothing comes to \(action)")
        }
        invariant(action == .settle(expected), "a confirm comes to \(action), not to \(expected)")
    }

    private mutating func carryOut(_ action: ChannelStateMachine.FrameAction) {
        switch action {
        case .none, .stopReading: break
        case .lateReply, .failCall: invariant(false, "nobody has called, and \(action) comes")
        case .got(let id, let message, let methods):
            if let id { self.tell(id, .message) }
            if let message { self.deliveries.handedOut(message, to: "") }
            for method in methods { self.send(method) }
        case .send(let method): self.send(method)
        case .resumePublishing(let method): self.send(method)
        case .reply(let id, let reply, let methods):
            if case .channelOpenOk = reply { self.life = self.life == .reopening ? .restoring : .open }
            if case .confirmSelectOk = reply { self.isConfirming = true }
            // One that came by chance, and not as the answer that was to come next.
            if !self.unanswered.isEmpty { self.unanswered.removeFirst() }
            if id != nil, case .basicConsumeOk(let consume) = reply {
                self.deliveries.started(consume.consumerTag)
            }
            if let id { self.tell(id, .reply) }
            for method in methods { self.send(method) }
        case .deliver(let id, let message):
            guard case .delivery(let tag)? = self.waiting[id] else {
                return invariant(false, "\(id) does not wait for a delivery")
            }
            self.tell(id, .delivery(of: tag))
            self.deliveries.handedOut(message, to: tag)
        case .settle(let settlements):
            for settlement in settlements { self.tell(settlement.id, .confirm) }
        case .consumerCancelled(_, let waiters, let method):
            self.tell(waiters)
            self.send(method)
        case .end(let ending):
            self.ended(ending)
            invariant(self.waiting.isEmpty, "\(self.waiting) are not told of the end")
        case .closed(let id):
            if let id { self.tell(id, .reply) }
            invariant(self.waiting.isEmpty, "\(self.waiting) are not told of the end")
            self.life = .closed
        case .restored(let methods):
            invariant(
                self.life == .reopening || self.life == .restoring, "a channel in \(self.life) is restored")
            if !self.unanswered.isEmpty { self.unanswered.removeFirst() }
            self.life = .open
            for method in methods { self.send(method) }
        case .restoringAgain(_, _, let waiters, let methods):
            invariant(self.life == .restoring, "a channel in \(self.life) is restored again")
            self.tell(waiters)
            self.forgetIncarnation()
            self.life = .reopening
            for method in methods { self.send(method) }
        case .startOver: invariant(false, "the lost connection is known to have ended")
        case .violation:
            // What is done with the connection is the user's choice.
            if self.script.flag() { self.lose() } else { self.endConnection() }
        }
    }

    mutating func ended(_ ending: ChannelStateMachine.Ending) {
        self.content = nil
        self.tell(ending.waiters)
        self.unanswered = []
        for method in ending.acknowledgements { self.send(method) }
        self.life = ending.isReleased ? .closed : .closing
        self.send(ending.send)
    }
}
