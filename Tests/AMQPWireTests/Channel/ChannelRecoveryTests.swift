// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// What a channel keeps when its connection is lost, and how it comes back.
@Suite struct ChannelRecoveryTests {
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later
    private let tag = "lamassu-1"
    private let opened = AMQPMethod.channelOpenOk(ChannelOpenOk())

    private func publish(_ number: UInt64, on machine: inout ChannelStateMachine) -> ChannelStateMachine.PublishAction {
        let identity = MessageIdentity(exchange: "x", routingKey: "k", messageID: "\(number)")
        return machine.publishRequested(RequestID(number), identity: identity, deadline: self.later, isGateOpen: true)
    }

    private func consume(_ queue: String, tag: String) -> AMQPMethod { .basicConsume(BasicConsume(queue: queue, consumerTag: tag)) }

    private func lose(_ machine: inout ChannelStateMachine) -> ChannelStateMachine.Suspension {
        machine.connectionLost(.streamEnded, isRepublishing: true)
    }

    // MARK: Phases

    @Test func `a channel that was never open, or is closing, is not to come back`() {
        var opening = ChannelStateMachine(maximumBodyBytes: 9)
        _ = opening.openRequested(RequestID(1), deadline: self.later)
        #expect(self.lose(&opening) == .init(isSuspended: false, waiters: [.request(RequestID(1))]))
        #expect(opening.reopenRequested() == nil)
        var closing = ChannelFixture.opened()
        _ = closing.closeRequested(RequestID(2), deadline: self.later)
        #expect(self.lose(&closing) == .init(isSuspended: false, waiters: [.request(RequestID(2))]))
        #expect(closing.reopenRequested() == nil)
        var idle = ChannelStateMachine(maximumBodyBytes: 9)
        #expect(self.lose(&idle) == .init(isSuspended: false))
    }

    @Test func `a plain channel is open again with channel.open-ok`() {
        var machine = ChannelFixture.opened()
        #expect(self.lose(&machine) == .init(isSuspended: true))
        #expect(machine.isSuspended == true)
        #expect(self.lose(&machine) == .init(isSuspended: true), "an attempt failed")
        #expect(machine.epoch == 1)
        #expect(machine.reopenRequested() == .channelOpen(ChannelOpen()))
        #expect(machine.isSuspended == false)
        #expect(machine.received(self.opened) == .restored(send: []))
    }

    @Test func `a loss while it is opened again starts over`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.lose(&machine)
        _ = machine.reopenRequested()
        #expect(self.lose(&machine) == .init(isSuspended: true))
        _ = machine.reopenRequested()
        let select = AMQPMethod.confirmSelect(ConfirmSelect())
        #expect(machine.received(self.opened) == .reply(nil, self.opened, send: [select]))
        #expect(self.lose(&machine) == .init(isSuspended: true))
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .reply(nil, self.opened, send: [select]))
        #expect(machine.received(.confirmSelectOk(ConfirmSelectOk())) == .restored(send: []))
    }

    @Test func `a frame for a channel that waits for its connection is a violation`() {
        var machine = ChannelFixture.opened()
        _ = self.lose(&machine)
        #expect(ChannelFixture.isViolation(machine.received(self.opened)))
        _ = machine.reopenRequested()
        #expect(ChannelFixture.isViolation(machine.received(ChannelFixture.declared("q"))))
    }

    @Test func `a broker that does not open it again ends it`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(1, on: &machine)
        _ = self.lose(&machine)
        _ = machine.reopenRequested()
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: .internalError, replyText: "no", classID: 50, methodID: 10))
        #expect(
            machine.received(ChannelFixture.close(.internalError, "no"))
                == .end(
                    .init(
                        failure: failure, send: .channelCloseOk(ChannelCloseOk()), waiters: [.publish(RequestID(1), wasSent: true)],
                        isReleased: true)))
    }

    @Test func `it can be closed while it waits, and while it is opened again`() {
        var waiting = ChannelFixture.opened()
        _ = self.lose(&waiting)
        _ = waiting.requested(RequestID(1), ChannelFixture.declare("q"), deadline: self.later)
        #expect(
            waiting.closeRequested(RequestID(2), deadline: self.later)
                == .init(failure: .channelClosed, send: nil, waiters: [.request(RequestID(1))], isReleased: false))
        #expect(waiting.reopenRequested() == nil)
        var reopening = ChannelFixture.opened()
        _ = self.lose(&reopening)
        _ = reopening.reopenRequested()
        #expect(reopening.closeRequested(RequestID(2), deadline: self.later)?.send != nil)
        #expect(reopening.received(self.opened) == .none)
        #expect(reopening.received(.channelCloseOk(ChannelCloseOk())) == .closed(RequestID(2)))
    }

    // MARK: Requests

    @Test func `what was sent fails, what was not goes out later, in its order, and what is asked meanwhile behind it`() {
        var machine = ChannelFixture.opened()
        for number in 1...3 { _ = machine.requested(RequestID(UInt64(number)), ChannelFixture.declare("\(number)"), deadline: self.later) }
        #expect(self.lose(&machine).waiters == [.request(RequestID(1))])
        #expect(machine.requested(RequestID(4), ChannelFixture.declare("4"), deadline: self.later) == .wait)
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .restored(send: [ChannelFixture.declare("2")]))
        for number in 2...4 {
            let next = number < 4 ? [ChannelFixture.declare("\(number + 1)")] : []
            let reply = ChannelFixture.declared("\(number)")
            #expect(machine.received(reply) == .reply(RequestID(UInt64(number)), reply, send: next))
        }
    }

    @Test func `deadlines hold while it waits`() {
        var machine = ChannelFixture.confirming(window: 1)
        _ = self.publish(1, on: &machine)
        _ = self.publish(2, on: &machine)
        _ = self.lose(&machine)
        _ = machine.requested(RequestID(3), ChannelFixture.declare("q"), deadline: self.start + .seconds(10))
        #expect(machine.nextDeadline == self.start + .seconds(10))
        #expect(machine.deadlinePassed(at: self.start + .seconds(10)) == [.request(RequestID(3))])
        #expect(machine.nextDeadline == self.later)
        #expect(
            machine.deadlinePassed(at: self.later) == [.publish(RequestID(1), wasSent: true), .publish(RequestID(2), wasSent: false)])
        #expect(machine.nextDeadline == nil)
    }

    @Test func `what waits can be taken back`() {
        var machine = ChannelFixture.confirming(window: 1)
        _ = self.publish(1, on: &machine)
        _ = self.publish(2, on: &machine)
        _ = self.lose(&machine)
        _ = machine.requested(RequestID(3), ChannelFixture.declare("q"), deadline: self.later)
        #expect(machine.publishCancelled(RequestID(1)) == .publish(RequestID(1), wasSent: true))
        #expect(machine.publishCancelled(RequestID(2)) == .publish(RequestID(2), wasSent: false))
        #expect(machine.requestCancelled(RequestID(3)) == .request(RequestID(3)))
        #expect(machine.connectionEnded(.streamEnded) == [])
    }

    // MARK: Publishing

    @Test func `messages without a confirm go again, in their order, before those that waited`() {
        var machine = ChannelFixture.confirming(window: 3)
        for number in 1...4 { _ = self.publish(UInt64(number), on: &machine) }
        _ = machine.received(.basicAck(BasicAck(deliveryTag: 2)))
        #expect(self.lose(&machine) == .init(isSuspended: true, republishedCount: 2))
        #expect(self.publish(5, on: &machine) == .wait)
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        #expect(machine.nextPublish(isGateOpen: true) == nil, "not before the broker confirms")
        #expect(machine.received(.confirmSelectOk(ConfirmSelectOk())) == .restored(send: []))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(3))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(4))
        #expect(machine.nextPublish(isGateOpen: true) == nil, "the window is full")
        #expect(
            machine.received(.basicAck(BasicAck(deliveryTag: 2, multiple: true)))
                == .settle([PublishSettlement(RequestID(1)), PublishSettlement(RequestID(3))]))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(5))
    }

    @Test func `what is sent again can be refused or returned like anything else`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(1, on: &machine)
        _ = self.publish(2, on: &machine)
        _ = self.lose(&machine)
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        _ = machine.nextPublish(isGateOpen: true)
        _ = machine.nextPublish(isGateOpen: true)
        _ = machine.bounce(messageID: "2")
        let returned = ReturnedMessage(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
        #expect(
            machine.received(.basicAck(BasicAck(deliveryTag: 2)))
                == .settle([PublishSettlement(RequestID(2), failure: .returned(returned))]))
        #expect(
            machine.received(.basicNack(BasicNack(deliveryTag: 1)))
                == .settle([PublishSettlement(RequestID(1), failure: .nacked)]))
    }

    @Test func `what came back unroutable before the loss is not sent again`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(1, on: &machine)
        _ = machine.bounce(messageID: "1")
        let returned = ReturnedMessage(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
        #expect(
            self.lose(&machine)
                == .init(isSuspended: true, settlements: [PublishSettlement(RequestID(1), failure: .returned(returned))]))
    }

    @Test func `where nothing is sent again, what was sent fails, and what waited does not`() {
        var machine = ChannelFixture.confirming(window: 1)
        _ = self.publish(1, on: &machine)
        _ = self.publish(2, on: &machine)
        #expect(
            machine.connectionLost(.streamEnded, isRepublishing: false)
                == .init(isSuspended: true, waiters: [.publish(RequestID(1), wasSent: true)]))
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(2))
    }

    @Test func `a message whose caller has gone is not sent again`() {
        var machine = ChannelFixture.confirming(window: 2)
        _ = self.publish(1, on: &machine)
        _ = machine.publishCancelled(RequestID(1))
        #expect(self.lose(&machine) == .init(isSuspended: true))
    }

    @Test func `a flow that was stopped is not stopped on the next connection`() {
        var machine = ChannelFixture.confirming(window: 2)
        _ = machine.received(.channelFlow(ChannelFlow(active: false)))
        _ = self.lose(&machine)
        _ = self.publish(1, on: &machine)
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
    }

    // MARK: Consuming

    @Test func `a consumer is started again, what nobody took is forgotten, and what was taken is not settled any more`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.deliver(1)
        _ = machine.deliver(2)
        #expect(machine.nextRequested(RequestID(1), of: self.tag) == .deliver(delivered(1)))
        #expect(self.lose(&machine) == .init(isSuspended: true))
        #expect(machine.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .drop)
        #expect(machine.takeArrived(of: self.tag) == nil)
        #expect(machine.nextRequested(RequestID(2), of: self.tag) == .wait)
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .reply(nil, self.opened, send: [.basicQos(BasicQos(prefetchCount: 2))]))
        #expect(
            machine.received(.basicQosOk(BasicQosOk()))
                == .reply(nil, .basicQosOk(BasicQosOk()), send: [self.consume("q", tag: self.tag)]))
        #expect(machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag))) == .restored(send: []))
        #expect(machine.deliver(1) == .deliver(RequestID(2), delivered(1, epoch: 1)))
        #expect(
            machine.settleRequested(1, epoch: 0, .acknowledge(multiple: false), at: self.start) == .drop,
            "the number means another message now")
        #expect(machine.acknowledge(1) == nil)
        #expect(machine.acknowledge(1) == .deliverySettled)
    }

    @Test func `a consumer whose start was sent fails, one whose start was not is started later, with its prefetch`() {
        var machine = ChannelFixture.opened()
        for number in 1...2 as ClosedRange<UInt64> {
            _ = machine.consumeRequested(
                RequestID(number), ConsumerRequest(queue: "\(number)", prefetch: UInt16(number)), deadline: self.later)
        }
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(self.lose(&machine).waiters == [.request(RequestID(1))])
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .restored(send: [.basicQos(BasicQos(prefetchCount: 2))]))
        #expect(machine.nextRequested(RequestID(5), of: "lamassu-1") == .finish)
    }

    @Test func `a prefetch that was sent goes again with the consumer behind it`() {
        var machine = ChannelFixture.opened()
        _ = machine.consumeRequested(
            RequestID(1), ConsumerRequest(queue: "q", prefetch: 7), deadline: self.later)
        #expect(self.lose(&machine) == .init(isSuspended: true))
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .restored(send: [.basicQos(BasicQos(prefetchCount: 7))]))
        #expect(
            machine.received(.basicQosOk(BasicQosOk()))
                == .reply(nil, .basicQosOk(BasicQosOk()), send: [self.consume("q", tag: self.tag)]))
    }

    @Test func `a consumer that was ending has ended, and one that ends meanwhile is not started again`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.endRequested(RequestID(1), of: self.tag, deadline: self.later)
        #expect(self.lose(&machine).waiters == [.request(RequestID(1))])
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .restored(send: []))

        var other = ChannelFixture.consuming(prefetch: 2)
        _ = self.lose(&other)
        _ = other.nextRequested(RequestID(1), of: self.tag)
        #expect(other.endRequested(RequestID(2), of: self.tag, deadline: self.later) == .init(finished: [RequestID(1)]))
        _ = other.reopenRequested()
        #expect(other.received(self.opened) == .restored(send: []))
    }

    @Test func `a consumer that ends while it is started again is cancelled behind that`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = self.lose(&machine)
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        #expect(machine.endRequested(RequestID(2), of: self.tag, deadline: self.later) == .init(isPending: true))
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(
            machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag)))
                == .restored(send: [.basicCancel(BasicCancel(consumerTag: self.tag))]))
    }

    @Test func `a consumer that the broker had ended stays so`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.deliver(1)
        _ = machine.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: true)))
        _ = self.lose(&machine)
        #expect(machine.nextRequested(RequestID(1), of: self.tag) == .fail(.consumerCancelledByPeer))
        _ = machine.reopenRequested()
        #expect(machine.received(self.opened) == .restored(send: []))
    }

    @Test func `a consumer that the broker refuses is left out, and the rest is tried again`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.consumeRequested(
            RequestID(1), ConsumerRequest(queue: "r", prefetch: 3), deadline: self.later)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-2")))
        _ = machine.nextRequested(RequestID(2), of: self.tag)
        _ = self.lose(&machine)
        _ = machine.reopenRequested()
        _ = machine.received(self.opened)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: .notFound, replyText: "no queue", classID: 50, methodID: 10))
        #expect(
            machine.received(ChannelFixture.close(.notFound, "no queue"))
                == .restoringAgain(
                    consumerTag: self.tag, failure, [.delivery(RequestID(2))],
                    send: [.channelCloseOk(ChannelCloseOk()), .channelOpen(ChannelOpen())]))
        #expect(machine.nextRequested(RequestID(3), of: self.tag) == .fail(failure))
        #expect(machine.received(self.opened) == .reply(nil, self.opened, send: [.basicQos(BasicQos(prefetchCount: 3))]))
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-2"))) == .restored(send: []))
        #expect(machine.endRequested(RequestID(4), of: self.tag, deadline: self.later) == .init(), "the broker knows nothing of it")
    }

    // MARK: What the lost connection holds

    /// A channel that starts its consumer again.
    private func restarting(exclusive: Bool, isLostOneThere: Bool) -> ChannelStateMachine {
        var machine = ChannelFixture.opened()
        let request = ConsumerRequest(queue: "q", prefetch: 1, exclusive: exclusive, acknowledgement: .automatic)
        _ = machine.consumeRequested(RequestID(1), request, deadline: self.later)
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag)))
        _ = self.lose(&machine)
        _ = machine.reopenRequested(isLostOneThere: isLostOneThere)
        _ = machine.received(self.opened)
        return machine
    }

    @Test(arguments: [
        (AMQPReplyCode.accessRefused, true, true, true), (.resourceLocked, false, true, true), (.accessRefused, false, true, false),
        (.notFound, true, true, false), (.accessRefused, true, false, false), (.resourceLocked, true, false, false),
    ])
    func `a consumer that is refused for what the lost connection may hold starts the attempt over`(
        code: AMQPReplyCode, exclusive: Bool, isLostOneThere: Bool, startsOver: Bool
    ) {
        var machine = self.restarting(exclusive: exclusive, isLostOneThere: isLostOneThere)
        let action = machine.received(ChannelFixture.close(code, "held"))
        let failure = AMQPFailure.channelClosedByPeer(PeerClose(replyCode: code, replyText: "held", classID: 50, methodID: 10))
        if startsOver {
            #expect(action == .startOver(failure))
            #expect(self.lose(&machine) == .init(isSuspended: true))
            _ = machine.reopenRequested()
            let consume = BasicConsume(queue: "q", consumerTag: self.tag, noAck: true, exclusive: exclusive)
            #expect(machine.received(self.opened) == .reply(nil, self.opened, send: [.basicConsume(consume)]))
        } else {
            guard case .restoringAgain(self.tag, failure, _, _) = action else {
                Issue.record("\(action)")
                return
            }
        }
    }
}
