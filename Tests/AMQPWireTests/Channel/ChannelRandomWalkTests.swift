// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

/// Random users, and a broker that is right most of the time, drive a machine: whoever waits is told exactly once, the broker hears only of
/// deliveries that it holds and that were settled, and nothing traps.
@Suite struct ChannelRandomWalkTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `everyone who waits is told exactly once`(seed: UInt64) {
        var walk = Walk(seed: seed)
        for _ in 0..<600 where !walk.hasEnded { walk.step() }
        walk.finish()
        #expect(walk.waiting == [], "some were never told")
        #expect(walk.problems == [])
    }

    private struct Walk: ~Copyable {
        var generator: SeededGenerator
        var machine = ChannelStateMachine(maximumBodyBytes: 64)
        var now = ChannelFixture.start
        var waiting: Set<RequestID> = []
        var problems: [String] = []
        var hasEnded = false
        private var lastID: UInt64 = 0
        private var inFlight: [AMQPMethod] = []
        private var consumers: [String] = []
        private var sentTags: UInt64 = 0
        /// Those whose message is done with when it is sent.
        private var unconfirmed: Set<RequestID> = []
        private var lastDelivery: UInt64 = 0
        private var taken: [(tag: UInt64, epoch: UInt32)] = []
        private var confirmed: Set<UInt64> = []
        /// Whose each unsettled delivery is.
        private var owners: [UInt64: String] = [:]
        /// What the users acknowledged.
        private var acknowledged: Set<UInt64> = []
        private var automatic: Set<String> = []
        private var isClosed = false

        init(seed: UInt64) {
            self.generator = SeededGenerator(seed: seed)
            let id = RequestID(0)
            self.waiting = [id]
            self.inFlight = [self.machine.openRequested(id, deadline: self.now + .seconds(5))].compactMap { $0 }
        }

        mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self.generator) }

        mutating func newID() -> RequestID {
            self.lastID += 1
            return RequestID(self.lastID)
        }

        mutating func tell(_ id: RequestID?) {
            guard let id else { return }
            if self.waiting.remove(id) == nil { self.problems.append("\(id) was told without waiting") }
        }

        mutating func tell(_ waiters: [Waiter]) {
            for waiter in waiters {
                switch waiter {
                case .request(let id), .publish(let id, _), .delivery(let id): self.tell(id)
                }
            }
        }

        mutating func step() {
            switch self.random(16) {
            case 0..<5: self.useIt()
            case 5..<11: self.answer()
            case 11: self.deliver()
            case 12: self.confirm()
            case 13: self.cancel()
            case 14:
                self.now += .milliseconds(self.random(1_500))
                self.tell(self.machine.deadlinePassed(at: self.now))
                self.inFlight += self.machine.acknowledgementsDue(at: self.now)
            default:
                guard !self.isClosed else { return }
                if self.random(10) == 0 { self.lose() } else if self.random(20) == 0 { self.misbehave() }
            }
            while let id = self.machine.nextPublish(isGateOpen: self.random(4) > 0) {
                if self.unconfirmed.contains(id) { self.tell(id) } else { self.sentTags += 1 }
            }
        }

        mutating func finish() {
            self.tell(self.machine.connectionEnded(.streamEnded))
        }

        mutating func useIt() {
            let id = self.newID()
            let deadline = self.now + .seconds(5)
            switch self.random(9) {
            case 0:
                self.started(id, self.machine.requested(id, ChannelFixture.declare("q\(id.rawValue)"), deadline: deadline))
            case 1:
                self.started(id, self.machine.confirmsRequested(id, window: 1 + self.random(5), deadline: deadline))
            case 2:
                let identity = MessageIdentity(exchange: "x", routingKey: "k", messageID: "\(id.rawValue)")
                switch self.machine.publishRequested(id, identity: identity, deadline: deadline, isGateOpen: self.random(4) > 0) {
                case .write:
                    self.sentTags += 1
                    self.waiting.insert(id)
                case .wait: self.waiting.insert(id)
                case .fail:
                    let action = self.machine.sendRequested(id, deadline: deadline, isGateOpen: self.random(4) > 0)
                    guard case .wait = action else { return }
                    self.unconfirmed.insert(id)
                    self.waiting.insert(id)
                }
            case 3:
                let acknowledgement: ConsumerRequest.Acknowledgement =
                    switch self.random(3) {
                    case 0: .explicit
                    case 1: .batched(count: 3, delay: .milliseconds(500))
                    default: .automatic
                    }
                let request = ConsumerRequest(queue: "q", prefetch: 4, acknowledgement: acknowledgement)
                let action = self.machine.consumeRequested(id, request, deadline: deadline)
                if case .start(_, let send) = action {
                    self.waiting.insert(id)
                    if let send { self.inFlight.append(send) }
                }
            case 4:
                guard let tag = self.consumers.randomElement(using: &self.generator) else { return }
                switch self.machine.nextRequested(id, of: tag) {
                case .wait: self.waiting.insert(id)
                case .deliver(let message): self.taken.append((message.deliveryTag, message.epoch))
                case .finish, .fail: break
                }
            case 5:
                guard let tag = self.consumers.randomElement(using: &self.generator), self.random(4) == 0 else { return }
                let ending = self.machine.endRequested(id, of: tag, deadline: deadline)
                self.inFlight += ending.send
                for id in ending.finished { self.tell(id) }
                if ending.isPending { self.waiting.insert(id) }
            case 6:
                let isAcknowledged = self.random(2) == 0
                self.started(id, self.machine.getRequested(id, queue: "q", isAcknowledged: isAcknowledged, deadline: deadline))
            case 7:
                guard self.random(8) == 0 else { return self.settle() }
                self.started(id, self.machine.requested(id, .basicRecover(BasicRecover(requeue: true)), deadline: deadline))
            default:
                self.settle()
                guard self.random(100) == 0, let ending = self.machine.closeRequested(id, deadline: deadline) else { return }
                if ending.send != nil { self.waiting.insert(id) } else { self.isClosed = true }
                self.ended(ending)
            }
        }

        /// The connection is lost; a little later it is there again.
        mutating func lose() {
            let suspension = self.machine.connectionLost(.streamEnded, isRepublishing: self.random(2) == 0)
            self.tell(suspension.waiters)
            for settlement in suspension.settlements { self.tell(settlement.id) }
            if suspension.republishedCount > Int(self.sentTags) { self.problems.append("more is sent again than was sent") }
            self.inFlight = []
            self.owners = [:]
            self.sentTags = 0
            self.confirmed = []
            self.acknowledged = []
            self.lastDelivery = 0
            for _ in 0..<self.random(6) { self.useIt() }
            self.now += .milliseconds(self.random(1_500))
            self.tell(self.machine.deadlinePassed(at: self.now))
            if !self.inFlight.isEmpty || self.machine.nextPublish(isGateOpen: true) != nil {
                self.problems.append("something was sent without a connection")
            }
            guard let open = self.machine.reopenRequested() else { return self.isClosed = true }
            self.inFlight = [open]
        }

        mutating func settle() {
            guard let index = self.taken.indices.randomElement(using: &self.generator) else { return }
            let (tag, epoch) = self.taken.remove(at: index)
            let multiple = self.random(4) == 0
            let settlement: ChannelStateMachine.Settlement =
                self.random(4) == 0 ? .reject(requeue: true) : .acknowledge(multiple: multiple)
            switch self.machine.settleRequested(tag, epoch: epoch, settlement, at: self.now) {
            case .send(let method): self.inFlight.append(method)
            case .sendAll(let methods): self.inFlight += methods
            case .wait: break
            case .fail, .drop: return
            }
            if epoch != self.machine.epoch { self.problems.append("\(tag) was settled on another connection") }
            guard case .acknowledge = settlement else { return }
            self.acknowledged.insert(tag)
            if multiple, let owner = self.owners[tag] {
                self.acknowledged.formUnion(self.owners.filter { $0.value == owner && $0.key <= tag }.keys)
            }
        }

        /// The broker hears of a settlement.
        mutating func settled(_ tag: UInt64, multiple: Bool = false, isAcknowledged: Bool) {
            if self.owners[tag] == nil { self.problems.append("\(tag) was settled, which the broker does not hold") }
            for tag in multiple ? self.owners.keys.filter({ $0 <= tag }) : [tag] {
                self.owners[tag] = nil
                if isAcknowledged, !self.acknowledged.contains(tag) { self.problems.append("\(tag) was acknowledged by nobody") }
            }
        }

        mutating func started(_ id: RequestID, _ action: ChannelStateMachine.RequestAction) {
            switch action {
            case .send(let methods):
                self.inFlight += methods
                self.waiting.insert(id)
            case .wait: self.waiting.insert(id)
            case .succeed, .fail: break
            }
        }

        mutating func ended(_ ending: ChannelStateMachine.Ending) {
            self.tell(ending.waiters)
            self.inFlight += ending.acknowledgements + [ending.send].compactMap { $0 }
        }

        /// The broker answers the first method in flight.
        mutating func answer() {
            guard !self.inFlight.isEmpty, !self.isClosed else { return }
            let method = self.inFlight.removeFirst()
            if self.machine.epoch > 0, case .basicConsume = method, self.random(8) == 0 {
                let action = self.machine.received(ChannelFixture.close(.notFound, ""))
                if case .end = action { self.isClosed = true }
                return self.act(action)
            }
            switch method {
            case .channelOpen: self.act(self.machine.received(.channelOpenOk(ChannelOpenOk())))
            case .channelClose:
                self.isClosed = true
                self.act(self.machine.received(.channelCloseOk(ChannelCloseOk())))
            case .queueDeclare(let declare): self.act(self.machine.received(ChannelFixture.declared(declare.queue)))
            case .confirmSelect: self.act(self.machine.received(.confirmSelectOk(ConfirmSelectOk())))
            case .basicQos: self.act(self.machine.received(.basicQosOk(BasicQosOk())))
            case .basicConsume(let consume):
                if consume.noAck { self.automatic.insert(consume.consumerTag) }
                self.act(self.machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: consume.consumerTag))))
            case .basicCancel(let cancel):
                self.consumers.removeAll { $0 == cancel.consumerTag }
                self.act(self.machine.received(.basicCancelOk(BasicCancelOk(consumerTag: cancel.consumerTag))))
            case .basicGet(let get): self.give(get)
            case .basicRecover:
                self.owners = [:]
                self.act(self.machine.received(.basicRecoverOk(BasicRecoverOk())))
            case .basicAck(let ack): self.settled(ack.deliveryTag, multiple: ack.multiple, isAcknowledged: true)
            case .basicNack(let nack): self.settled(nack.deliveryTag, isAcknowledged: false)
            case .basicReject(let reject): self.settled(reject.deliveryTag, isAcknowledged: false)
            default: break
            }
        }

        mutating func deliver() {
            guard !self.isClosed, let tag = self.consumers.randomElement(using: &self.generator),
                self.owners.values.count(where: { $0 == tag }) < 4
            else { return }
            self.lastDelivery += 1
            if !self.automatic.contains(tag) { self.owners[self.lastDelivery] = tag }
            self.act(self.machine.deliver(self.lastDelivery, to: tag, body: Array(repeating: 0, count: self.random(66))))
        }

        mutating func give(_ get: BasicGet) {
            guard self.random(3) > 0 else { return self.act(self.machine.received(.basicGetEmpty(BasicGetEmpty()))) }
            self.lastDelivery += 1
            if !get.noAck { self.owners[self.lastDelivery] = "" }
            self.act(self.machine.give(self.lastDelivery))
        }

        mutating func confirm() {
            guard self.sentTags > 0, !self.isClosed else { return }
            let tag = UInt64.random(in: 1...self.sentTags, using: &self.generator)
            let multiple = self.random(2) == 0
            guard multiple || !self.confirmed.contains(tag) else { return }
            if multiple { self.confirmed.formUnion(1...tag) } else { self.confirmed.insert(tag) }
            self.act(self.machine.received(.basicAck(BasicAck(deliveryTag: tag, multiple: multiple))))
        }

        mutating func cancel() {
            guard let id = self.waiting.randomElement(using: &self.generator) else { return }
            switch self.random(4) {
            case 0: self.tell([self.machine.requestCancelled(id)].compactMap { $0 })
            case 3: self.tell(self.machine.publishesCancelled(id...RequestID(id.rawValue + 3)))
            case 1: self.tell([self.machine.publishCancelled(id)].compactMap { $0 })
            default:
                for tag in self.consumers { self.tell([self.machine.nextCancelled(id, of: tag)].compactMap { $0 }) }
            }
        }

        mutating func misbehave() {
            switch self.random(6) {
            case 0:
                self.isClosed = true
                self.act(self.machine.received(ChannelFixture.close(.notFound, "")))
            case 1: self.act(self.machine.received(body: [1, 2, 3]))
            case 2: self.act(self.machine.received(AMQPContentHeader(bodySize: .max)))
            case 3: self.act(self.machine.received(.channelFlow(ChannelFlow(active: self.random(2) == 0))))
            case 4: self.act(self.machine.bounce(messageID: "\(self.random(50))"))
            default:
                guard let tag = self.consumers.randomElement(using: &self.generator) else { return }
                self.act(self.machine.received(.basicCancel(BasicCancel(consumerTag: tag, noWait: true))))
            }
        }

        mutating func act(_ action: ChannelStateMachine.FrameAction) {
            switch action {
            case .none: break
            case .send(let method), .resumePublishing(let method): self.inFlight.append(method)
            case .reply(let id, let reply, let send):
                self.tell(id)
                if id != nil, case .basicConsumeOk(let consume) = reply { self.consumers.append(consume.consumerTag) }
                self.inFlight += send
            case .deliver(let id, let message):
                self.tell(id)
                self.taken.append((message.deliveryTag, message.epoch))
            case .got(let id, let message, let send):
                self.tell(id)
                if let message { self.taken.append((message.deliveryTag, message.epoch)) }
                self.inFlight += send
            case .stopReading, .lateReply: break
            case .failCall(let id, _): self.tell(id)
            case .settle(let settlements): for settlement in settlements { self.tell(settlement.id) }
            case .consumerCancelled(_, let waiters, let send):
                self.tell(waiters)
                if let send { self.inFlight.append(send) }
            case .restored(let send): self.inFlight += send
            case .restoringAgain(let tag, _, let waiters, let send):
                self.tell(waiters)
                self.consumers.removeAll { $0 == tag }
                self.owners = [:]
                self.acknowledged = []
                self.lastDelivery = 0
                self.inFlight = send
            case .startOver: Issue.record("the lost connection is known to have ended")
            case .end(let ending): self.ended(ending)
            case .closed(let id): self.tell(id)
            case .violation: self.hasEnded = true
            }
        }
    }
}
