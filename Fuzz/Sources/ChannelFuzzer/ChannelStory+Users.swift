// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

extension ChannelStory {
    private var deadline: MonotonicInstant { self.now + .seconds(5) }

    /// A user asks for something.
    mutating func use() {
        switch self.script.number(below: 12) {
        case 0: self.request(.queueDeclare(QueueDeclare(queue: "q")))
        case 1: self.request(.queuePurge(QueuePurge(queue: "q")))
        case 2: self.selectConfirms()
        case 3: self.publish()
        case 4: self.consume()
        case 5: self.next()
        case 6: self.endConsumer()
        case 7: self.settle()
        case 8: self.sendWithoutConfirm()
        case 9: self.get()
        case 10: self.request(.basicRecover(BasicRecover(requeue: true)))
        default: if self.script.number(below: 8) == 7 { self.close() }
        }
    }

    private mutating func started(_ id: RequestID, _ action: ChannelStateMachine.RequestAction) {
        switch action {
        case .send(let methods): for method in methods { self.send(method) }
        case .wait:
            invariant(
                self.life != .open || !self.unanswered.isEmpty || self.content != nil,
                "a request waits for nothing")
        case .succeed:
            invariant(self.isConfirming, "what was never asked for has been so already")
            self.waiting[id] = nil
        case .fail:
            invariant(!self.life.isUsable, "a channel that is open refuses")
            self.waiting[id] = nil
        }
    }

    private mutating func request(_ method: AMQPMethod) {
        let id = self.newID(.reply)
        self.started(id, self.machine.requested(id, method, deadline: self.deadline))
    }

    private mutating func selectConfirms() {
        let id = self.newID(.reply)
        let window = 1 + self.script.number(below: 4)
        let isMixed = self.publishes.limit == nil && !self.publishes.waiting.isEmpty
        let action = self.machine.confirmsRequested(id, window: window, deadline: self.deadline)
        if self.life.isUsable {
            invariant(
                (action == .fail(.confirmModeMixed)) == isMixed,
                "confirms are mixed with messages that want none")
            if isMixed {
                self.waiting[id] = nil
                return
            }
            self.publishes.limit = window
        }
        self.started(id, action)
    }

    private mutating func sendWithoutConfirm() {
        let isGateOpen = self.script.number(below: 4) > 0
        let waits = self.script.flag()
        let canSend =
            self.life == .open && self.publishes.waiting.isEmpty && isGateOpen && self.isFlowActive
        let id = self.newID(.confirm)
        let action =
            waits
            ? self.machine.sendRequested(id, deadline: self.deadline, isGateOpen: isGateOpen)
            : self.machine.sendRequested(isGateOpen: isGateOpen)
        switch action {
        case .write: invariant(canSend, "a message goes out that may not")
        case .wait:
            invariant(self.life.isUsable && !canSend, "a message waits for nothing")
            if waits { return self.publishes.wait(PublishAccount.Message(id: id)) }
        case .fail(let failure):
            invariant(
                !self.life.isUsable || failure == .confirmModeMixed && self.publishes.limit != nil,
                "a channel that is open refuses")
        }
        self.waiting[id] = nil
    }

    private mutating func publish() {
        let isMandatory = self.script.flag()
        let isGateOpen = self.script.number(below: 4) > 0
        let canSend = self.publishes.waiting.isEmpty && self.canSend(isGateOpen: isGateOpen)
        let id = self.newID(.confirm)
        let identity =
            isMandatory
            ? MessageIdentity(
                exchange: "x", routingKey: "k", messageID: "\(self.script.number(below: 4))") : nil
        let message = PublishAccount.Message(id: id, identity: identity)
        switch self.machine.publishRequested(
            id, identity: identity, deadline: self.deadline, isGateOpen: isGateOpen)
        {
        case .write:
            invariant(canSend, "a message goes out that may not")
            self.publishes.send(message)
            self.takeBackSometimes(id)
        case .wait:
            invariant(self.life.isUsable && !canSend, "a message waits for nothing")
            self.publishes.wait(message)
        case .fail(let failure):
            invariant(
                !self.life.isUsable || failure == .confirmModeMixed && self.publishes.limit == nil,
                "a channel that is open refuses")
            self.waiting[id] = nil
        }
    }

    private mutating func get() {
        let id = self.newID(.message)
        self.started(
            id,
            self.machine.getRequested(
                id, queue: "q", isAcknowledged: self.script.flag(), deadline: self.deadline))
    }

    private mutating func consume() {
        let id = self.newID(.reply)
        let prefetch = 1 + self.script.number(below: 4)
        let acknowledgement = self.script.choice([
            ConsumerRequest.Acknowledgement.explicit, .batched(count: 3, delay: .milliseconds(500)),
            .automatic,
        ])
        let request = ConsumerRequest(
            queue: "q", prefetch: UInt16(prefetch), acknowledgement: acknowledgement)
        switch self.machine.consumeRequested(id, request, deadline: self.deadline) {
        case .start(let tag, let method):
            self.deliveries.add(tag, isAutomatic: acknowledgement == .automatic)
            self.send(method)
        case .fail:
            invariant(!self.life.isUsable, "a channel that is open refuses")
            self.waiting[id] = nil
        }
    }

    /// One of the consumers' tags, of all or of those that a user knows of; now and then one that there never was.
    mutating func consumerTag(isStarted: Bool) -> String {
        let tags = self.deliveries.tags(isStarted: isStarted)
        let index = self.script.number(below: tags.count + 1)
        return index < tags.count ? tags[index] : "never"
    }

    private mutating func next() {
        let tag = self.consumerTag(isStarted: true)
        if self.script.flag() {
            guard let message = self.machine.takeArrived(of: tag) else { return }
            return self.deliveries.handedOut(message, to: tag)
        }
        let id = self.newID(.delivery(of: tag))
        switch self.machine.nextRequested(id, of: tag) {
        case .wait: return
        case .deliver(let message): self.deliveries.handedOut(message, to: tag)
        case .finish: break
        case .fail(let failure):
            invariant(
                !self.life.isUsable || self.isReasonOfConsumer(failure), "a consumer fails as \(failure)")
        }
        self.waiting[id] = nil
    }

    private mutating func endConsumer() {
        let id = self.newID(.reply)
        let tag = self.consumerTag(isStarted: true)
        let ending = self.machine.endRequested(id, of: tag, deadline: self.deadline)
        for finished in ending.finished { self.tell(finished, .delivery(of: tag)) }
        if !ending.isPending { self.waiting[id] = nil }
        for method in ending.send { self.send(method) }
    }

    /// Whether a consumer may end with this while its channel goes on: by the broker's word, or because it could not be started again.
    private func isReasonOfConsumer(_ failure: AMQPFailure) -> Bool {
        switch failure {
        case .consumerCancelledByPeer, .channelClosedByPeer: true
        default: false
        }
    }

    private mutating func settle() {
        guard !self.deliveries.taken.isEmpty else { return }
        let index = self.script.number(below: self.deliveries.taken.count)
        let message = self.deliveries.taken[index]
        // Now and then it is settled again later.
        if self.script.number(below: 4) > 0 { _ = self.deliveries.forgetTaken(at: index) }
        let settlement = self.script.choice([
            ChannelStateMachine.Settlement.acknowledge(multiple: false), .acknowledge(multiple: true),
            .negativelyAcknowledge(requeue: true), .reject(requeue: false),
        ])
        let isCurrent = self.life.isUsable && message.epoch == self.machine.epoch
        let action = self.machine.settleRequested(
            message.deliveryTag, epoch: message.epoch, settlement, at: self.now)
        switch action {
        case .send, .sendAll, .wait:
            invariant(isCurrent, "delivery \(message.deliveryTag) of another connection is settled")
            self.deliveries.settle(message, settlement)
            if case .send(let method) = action { self.send(method) }
            if case .sendAll(let methods) = action { for method in methods { self.send(method) } }
        case .drop:
            invariant(
                self.life.isUsable && message.epoch != self.machine.epoch, "a settlement is dropped")
        case .fail:
            invariant(
                !isCurrent || !self.deliveries.isSettleable(message) || self.isRecovering,
                "a delivery cannot be settled")
        }
    }

    private mutating func close() {
        let id = self.newID(.reply)
        let ending = self.machine.closeRequested(id, deadline: self.deadline)
        invariant(
            (ending != nil) == self.life.isUsable, "a close of a channel that is not open, or none")
        guard let ending, ending.send != nil else {
            self.waiting[id] = nil
            guard let ending else { return }
            self.ended(ending)
            self.life = .closed
            return invariant(self.waiting.isEmpty, "\(self.waiting) are not told of the close")
        }
        self.ended(ending)
        invariant(Set(self.waiting.keys) == [id], "\(self.waiting) are not told of the close")
    }
}
