// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// How deliveries are settled: one by one, many at a time, in batches, and by the broker itself.
@Suite struct ChannelSettlingTests {
    private typealias Action = ChannelStateMachine.SettleAction

    private let start = ChannelFixture.start
    private let later = ChannelFixture.later
    private let tag = "lamassu-1"

    private func ack(_ tag: UInt64, multiple: Bool = false) -> AMQPMethod {
        .basicAck(BasicAck(deliveryTag: tag, multiple: multiple))
    }

    private func requeue(_ tag: UInt64) -> AMQPMethod { .basicNack(BasicNack(deliveryTag: tag, requeue: true)) }

    /// A channel with deliveries of these tags.
    private func machine(
        _ tags: [UInt64], prefetch: UInt16 = 1_000, _ acknowledgement: ConsumerRequest.Acknowledgement = .explicit
    ) -> ChannelStateMachine {
        var machine = ChannelFixture.consuming(prefetch: prefetch, acknowledgement: acknowledgement)
        for tag in tags {
            _ = machine.deliver(tag)
            _ = machine.takeArrived(of: self.tag)
        }
        return machine
    }

    // MARK: One by one

    @Test func `each settlement is its own method`() {
        var machine = self.machine([1, 2, 3])
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(2)))
        #expect(
            machine.settleRequested(1, epoch: 0, .negativelyAcknowledge(requeue: false), at: self.start)
                == .send(.basicNack(BasicNack(deliveryTag: 1, requeue: false))))
        #expect(
            machine.settleRequested(3, epoch: 0, .reject(requeue: true), at: self.start)
                == .send(.basicReject(BasicReject(deliveryTag: 3, requeue: true))))
        for tag in 1...4 as ClosedRange<UInt64> { #expect(machine.acknowledge(tag) == .deliverySettled) }
    }

    @Test func `a delivery that is kept for long does not hide the others, whatever gaps the tags have`() {
        var machine = self.machine([7])
        var tag: UInt64 = 10
        var recent: [UInt64] = []
        for step in 0..<5_000 as Range<UInt64> {
            tag += 1 + step % 3
            _ = machine.deliver(tag)
            recent.append(tag)
            guard recent.count == 5 else { continue }
            let settled = recent.remove(at: 2)
            #expect(machine.settleRequested(settled, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(settled)))
            #expect(machine.acknowledge(settled) == .deliverySettled)
            #expect(machine.acknowledge(settled + 1_000_000) == .deliverySettled)
        }
        #expect(machine.acknowledge(7) == nil)
        for tag in recent { #expect(machine.acknowledge(tag) == nil) }
        #expect(machine.acknowledge(0) == .deliverySettled)
        #expect(machine.acknowledge(.max) == .deliverySettled)
    }

    @Test func `the tags of a channel rise`() {
        var machine = self.machine([5])
        #expect(ChannelFixture.isViolation(machine.deliver(4)))
    }

    // MARK: Many at a time

    @Test func `a multiple acknowledgement settles all before it`() {
        var machine = self.machine([1, 2, 3, 4])
        #expect(machine.settleRequested(3, epoch: 0, .acknowledge(multiple: true), at: self.start) == .send(self.ack(3, multiple: true)))
        #expect(machine.acknowledge(1) == .deliverySettled)
        #expect(machine.settleRequested(3, epoch: 0, .acknowledge(multiple: true), at: self.start) == .fail(.deliverySettled))
        #expect(
            machine.settleRequested(4, epoch: 0, .acknowledge(multiple: true), at: self.start) == .send(self.ack(4)), "there is one alone")
    }

    @Test func `a multiple acknowledgement leaves other consumers alone`() {
        var machine = self.machine([1])
        _ = machine.consumeRequested(
            RequestID(5), ConsumerRequest(queue: "r", consumerTag: "other", prefetch: 9), deadline: self.later)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "other")))
        _ = machine.deliver(2)
        _ = machine.deliver(3, to: "other")
        _ = machine.deliver(4)
        _ = machine.deliver(5)
        #expect(
            machine.settleRequested(5, epoch: 0, .acknowledge(multiple: true), at: self.start)
                == .sendAll([self.ack(2, multiple: true), self.ack(4), self.ack(5)]))
        #expect(machine.acknowledge(3) == nil)
    }

    // MARK: In batches

    @Test func `acknowledgements go out together when there are enough`() {
        var machine = self.machine([1, 2, 3, 4], .batched(count: 3, delay: .milliseconds(50)))
        let deadline = self.start + .milliseconds(50)
        #expect(machine.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .wait(until: deadline))
        #expect(machine.nextDeadline == deadline)
        let then = self.start + .milliseconds(10)
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: then) == .wait(until: deadline))
        #expect(machine.settleRequested(3, epoch: 0, .acknowledge(multiple: false), at: then) == .send(self.ack(3, multiple: true)))
        #expect(machine.nextDeadline == nil)
        #expect(machine.acknowledge(1) == .deliverySettled)
        #expect(machine.settleRequested(4, epoch: 0, .acknowledge(multiple: false), at: then) == .wait(until: then + .milliseconds(50)))
    }

    @Test func `acknowledgements go out when the first has waited long enough`() {
        var machine = self.machine([1, 2, 3], .batched(count: 100, delay: .milliseconds(50)))
        _ = machine.acknowledge(1)
        _ = machine.acknowledge(2)
        #expect(machine.acknowledgementsDue(at: self.start + .milliseconds(49)).isEmpty)
        #expect(machine.acknowledgementsDue(at: self.start + .milliseconds(50)) == [self.ack(2, multiple: true)])
        #expect(machine.acknowledgementsDue(at: self.start + .milliseconds(99)).isEmpty)
    }

    @Test func `what is not acknowledged is never covered by a batch`() {
        var machine = self.machine([1, 2, 3, 4, 5, 6], .batched(count: 100, delay: .milliseconds(50)))
        for tag in [6, 2, 1, 4] as [UInt64] { _ = machine.acknowledge(tag) }
        #expect(machine.acknowledgementsDue(at: self.later) == [self.ack(2, multiple: true), self.ack(4), self.ack(6)])
        _ = machine.acknowledge(3)
        _ = machine.acknowledge(5)
        #expect(machine.acknowledgementsDue(at: self.later) == [self.ack(5, multiple: true)])
    }

    @Test func `a batch is never more than half the prefetch, which would have both sides wait`() {
        var machine = self.machine([1, 2, 3, 4], prefetch: 4, .batched(count: 100, delay: .seconds(9)))
        #expect(
            machine.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .wait(until: self.start + .seconds(9)))
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(2, multiple: true)))
        var single = self.machine([1], prefetch: 1, .batched(count: 100, delay: .seconds(9)))
        #expect(single.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(1)))
    }

    @Test func `what waits is told before anything that depends on it`() {
        let batched = ConsumerRequest.Acknowledgement.batched(count: 100, delay: .seconds(9))
        var nack = self.machine([1, 2, 3], batched)
        _ = nack.acknowledge(1)
        #expect(
            nack.settleRequested(2, epoch: 0, .negativelyAcknowledge(requeue: true), at: self.start)
                == .sendAll([self.ack(1), self.requeue(2)]))
        var end = self.machine([1, 2], batched)
        _ = end.acknowledge(1)
        #expect(
            end.endRequested(RequestID(3), of: self.tag, deadline: self.later).send
                == [self.ack(1), .basicCancel(BasicCancel(consumerTag: self.tag))])
        var close = self.machine([1, 2], batched)
        _ = close.acknowledge(1)
        #expect(close.closeRequested(RequestID(3), deadline: self.later)?.acknowledgements == [self.ack(1)])
        var recover = self.machine([1, 2], batched)
        _ = recover.acknowledge(1)
        let method = AMQPMethod.basicRecover(BasicRecover(requeue: true))
        #expect(recover.requested(RequestID(3), method, deadline: self.later) == .send([self.ack(1), method]))
    }

    @Test func `what is acknowledged after its consumer has ended goes out at once`() {
        var machine = self.machine([1, 2], .batched(count: 100, delay: .seconds(9)))
        _ = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        _ = machine.received(.basicCancelOk(BasicCancelOk(consumerTag: self.tag)))
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(2)))
        #expect(machine.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .send(self.ack(1)))
    }

    // MARK: By the broker

    @Test func `what is acknowledged automatically cannot be settled, and needs no prefetch`() {
        var machine = ChannelFixture.opened()
        let request = ConsumerRequest(queue: "q", prefetch: 2, acknowledgement: .automatic)
        #expect(
            machine.consumeRequested(RequestID(1), request, deadline: self.later)
                == .start(
                    consumerTag: self.tag, send: .basicConsume(BasicConsume(queue: "q", consumerTag: self.tag, noAck: true))))
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag)))
        #expect(machine.deliver(1) == .none)
        #expect(machine.takeArrived(of: self.tag) == delivered(1))
        #expect(machine.acknowledge(1) == .deliverySettled)
    }

    @Test func `reading stops while as much waits as the prefetch says, and until half of it is taken`() {
        var machine = ChannelFixture.consuming(prefetch: 4, acknowledgement: .automatic)
        for tag in 1...3 as ClosedRange<UInt64> { #expect(machine.deliver(tag) == .none) }
        #expect(machine.isReadingWanted == true)
        #expect(machine.deliver(4) == .stopReading)
        #expect(machine.deliver(5) == .stopReading, "it had been read before")
        for tag in 1...2 as ClosedRange<UInt64> {
            #expect(machine.takeArrived(of: self.tag) == delivered(tag))
            #expect(machine.isReadingWanted == false)
        }
        #expect(machine.takeArrived(of: self.tag) == delivered(3))
        #expect(machine.isReadingWanted == true)
    }

    @Test func `reading resumes when the consumer ends, or the channel`() {
        var machine = ChannelFixture.consuming(prefetch: 1, acknowledgement: .automatic)
        #expect(machine.deliver(1) == .stopReading)
        let ending = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        #expect(machine.isReadingWanted == true)
        #expect(ending.send == [.basicCancel(BasicCancel(consumerTag: self.tag))])
        #expect(machine.deliver(2) == .none, "it is dropped: the broker has forgotten it")
        #expect(
            machine.received(.basicCancelOk(BasicCancelOk(consumerTag: self.tag)))
                == .reply(RequestID(3), .basicCancelOk(BasicCancelOk(consumerTag: self.tag)), send: []), "nothing goes back")
        var closed = ChannelFixture.consuming(prefetch: 1, acknowledgement: .automatic)
        #expect(closed.deliver(1) == .stopReading)
        _ = closed.received(ChannelFixture.close(.notFound, ""))
        #expect(closed.isReadingWanted == true)
    }

    // MARK: Asked for

    @Test func `a message that was asked for is settled like others`() {
        var machine = ChannelFixture.opened()
        let get = AMQPMethod.basicGet(BasicGet(queue: "q"))
        #expect(machine.getRequested(RequestID(1), queue: "q", isAcknowledged: false, deadline: self.later) == .send([get]))
        let message = delivered(1, remaining: 8)
        #expect(machine.give(1, remaining: 8) == .got(RequestID(1), message, send: []))
        #expect(machine.acknowledge(1) == nil)
        #expect(machine.acknowledge(1) == .deliverySettled)
        _ = machine.getRequested(RequestID(2), queue: "q", isAcknowledged: true, deadline: self.later)
        _ = machine.give(2)
        #expect(machine.acknowledge(2) == .deliverySettled, "the broker has forgotten it")
        _ = machine.getRequested(RequestID(3), queue: "q", isAcknowledged: false, deadline: self.later)
        #expect(machine.received(.basicGetEmpty(BasicGetEmpty())) == .got(RequestID(3), nil, send: []))
    }

    @Test func `who asks for a message waits its turn, and lets the next have its`() {
        var machine = ChannelFixture.opened()
        _ = machine.getRequested(RequestID(1), queue: "q", isAcknowledged: false, deadline: self.later)
        #expect(machine.requested(RequestID(2), ChannelFixture.declare("a"), deadline: self.later) == .wait)
        #expect(machine.getRequested(RequestID(3), queue: "r", isAcknowledged: false, deadline: self.later) == .wait)
        guard case .got(RequestID(1), _, send: [ChannelFixture.declare("a")]) = machine.give(1) else {
            Issue.record("not given")
            return
        }
        #expect(
            machine.received(ChannelFixture.declared("a"))
                == .reply(RequestID(2), ChannelFixture.declared("a"), send: [.basicGet(BasicGet(queue: "r"))]))
        #expect(machine.connectionEnded(.streamEnded) == [.delivery(RequestID(3))])
    }

    @Test(arguments: [true, false])
    func `a message that comes after its call was cancelled goes back, if it can`(isAcknowledged: Bool) {
        var machine = ChannelFixture.opened()
        _ = machine.getRequested(RequestID(1), queue: "q", isAcknowledged: isAcknowledged, deadline: self.later)
        #expect(machine.requestCancelled(RequestID(1)) == .delivery(RequestID(1)))
        #expect(machine.give(1) == .got(nil, nil, send: isAcknowledged ? [] : [self.requeue(1)]))
        #expect(machine.acknowledge(1) == .deliverySettled)
        _ = machine.getRequested(RequestID(2), queue: "q", isAcknowledged: isAcknowledged, deadline: self.start)
        #expect(machine.deadlinePassed(at: self.start) == [.delivery(RequestID(2))])
        #expect(machine.received(.basicGetEmpty(BasicGetEmpty())) == .got(nil, nil, send: []))
    }

    @Test func `a message that nobody asked for breaks the protocol`() {
        var idle = ChannelFixture.opened()
        #expect(ChannelFixture.isViolation(idle.give(1)))
        var asking = ChannelFixture.opened()
        _ = asking.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        #expect(ChannelFixture.isViolation(asking.give(1)))
        #expect(ChannelFixture.isViolation(asking.received(.basicGetEmpty(BasicGetEmpty()))))
    }

    // MARK: Recovery

    @Test func `after a recovery was asked for, nothing that came before it can be settled`() {
        var machine = self.machine([1, 2])
        _ = machine.deliver(3)
        let method = AMQPMethod.basicRecover(BasicRecover(requeue: true))
        #expect(machine.requested(RequestID(1), method, deadline: self.later) == .send([method]))
        #expect(machine.acknowledge(1) == .deliverySettled)
        #expect(machine.takeArrived(of: self.tag) == nil, "it comes again")
        #expect(machine.deliver(4) == .none, "it met the request on the way")
        #expect(machine.takeArrived(of: self.tag) == nil)
        let reply = AMQPMethod.basicRecoverOk(BasicRecoverOk())
        #expect(machine.received(reply) == .reply(RequestID(1), reply, send: []))
        #expect(machine.acknowledge(4) == .deliverySettled)
        #expect(machine.deliver(5) == .none)
        #expect(machine.takeArrived(of: self.tag) == delivered(5))
        #expect(machine.acknowledge(5) == nil)
    }

    @Test func `a recovery that waits its turn takes effect when it is sent`() {
        var machine = self.machine([1])
        let method = AMQPMethod.basicRecover(BasicRecover(requeue: true))
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        #expect(machine.requested(RequestID(2), method, deadline: self.later) == .wait)
        #expect(machine.acknowledge(1) == nil)
        _ = machine.deliver(2)
        #expect(
            machine.received(ChannelFixture.declared("a")) == .reply(RequestID(1), ChannelFixture.declared("a"), send: [method]))
        #expect(machine.acknowledge(2) == .deliverySettled)
    }

    @Test func `a recovery right behind a message that was asked for takes that back too`() {
        var machine = ChannelFixture.opened()
        let method = AMQPMethod.basicRecover(BasicRecover(requeue: true))
        _ = machine.getRequested(RequestID(1), queue: "q", isAcknowledged: false, deadline: self.later)
        _ = machine.requested(RequestID(2), method, deadline: self.later)
        guard case .got(RequestID(1), _, send: [method]) = machine.give(1) else {
            Issue.record("not given")
            return
        }
        #expect(machine.acknowledge(1) == .deliverySettled)
    }

    @Test func `a consumer's tag may be chosen, once`() {
        var machine = ChannelFixture.opened()
        let request = ConsumerRequest(queue: "q", consumerTag: "lamassu-2", prefetch: 1)
        guard case .start("lamassu-2", _) = machine.consumeRequested(RequestID(1), request, deadline: self.later) else {
            Issue.record("not started")
            return
        }
        var other = request
        other.consumerTag = nil
        for name in ["lamassu-3", "lamassu-4"] {
            guard case .start(name, _) = machine.consumeRequested(RequestID(3), other, deadline: self.later) else {
                Issue.record("not started, or not as \(name)")
                return
            }
        }
        #expect(machine.consumeRequested(RequestID(2), request, deadline: self.later) == .fail(.consumerTagInUse))
    }

    @Test func `when the connection is lost, what was acknowledged automatically stays, and its consumer needs no prefetch to come back`() {
        var machine = ChannelFixture.consuming(prefetch: 5, acknowledgement: .automatic)
        _ = machine.deliver(1)
        _ = machine.connectionLost(.streamEnded, isRepublishing: true)
        #expect(machine.takeArrived(of: self.tag) == delivered(1))
        _ = machine.reopenRequested()
        #expect(
            machine.received(.channelOpenOk(ChannelOpenOk()))
                == .reply(
                    nil, .channelOpenOk(ChannelOpenOk()),
                    send: [.basicConsume(BasicConsume(queue: "q", consumerTag: self.tag, noAck: true))]))
    }

    @Test func `when the connection is lost, acknowledgements that wait are dropped, and a recovery is told so`() {
        var machine = self.machine([1, 2], .batched(count: 100, delay: .seconds(9)))
        _ = machine.acknowledge(1)
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.requested(RequestID(2), .basicRecover(BasicRecover(requeue: true)), deadline: self.later)
        _ = machine.getRequested(RequestID(3), queue: "q", isAcknowledged: false, deadline: self.later)
        let suspension = machine.connectionLost(.streamEnded, isRepublishing: true)
        #expect(suspension.waiters == [.request(RequestID(1)), .request(RequestID(2))])
        #expect(machine.nextDeadline == self.later, "there is nothing to tell before the request is due")
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: self.start) == .drop)
        #expect(machine.acknowledgementsDue(at: self.later).isEmpty)
        _ = machine.reopenRequested()
        _ = machine.received(.channelOpenOk(ChannelOpenOk()))
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(
            machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag))) == .restored(send: [.basicGet(BasicGet(queue: "q"))]))
    }
}
