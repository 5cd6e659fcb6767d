// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// Requests and their replies on one channel.
@Suite struct ChannelCallTests {
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later
    private let tag = "lamassu-1"

    /// A channel to which replies come.
    private func requester() -> ChannelStateMachine {
        var machine = ChannelFixture.opened()
        _ = machine.requesterRequested(RequestID(100), deadline: self.later)
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag)))
        return machine
    }

    private func reply(_ tag: UInt64, to correlationID: String?, _ machine: inout ChannelStateMachine)
        -> ChannelStateMachine.FrameAction
    {
        machine.deliver(tag, to: self.tag, properties: AMQPProperties(correlationID: correlationID))
    }

    private func answer(_ tag: UInt64, to id: UInt64) -> DeliveredMessage {
        delivered(tag, properties: AMQPProperties(correlationID: "\(id)"))
    }

    @Test func `a requester consumes direct replies, once`() {
        var machine = ChannelFixture.opened()
        let consume = BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: self.tag, noAck: true)
        #expect(
            machine.requesterRequested(RequestID(1), deadline: self.later)
                == .start(consumerTag: self.tag, send: .basicConsume(consume)))
        #expect(
            machine.requesterRequested(RequestID(2), deadline: self.later) == .fail(.requesterRunning))
        var confirming = ChannelFixture.confirming(window: 1)
        #expect(
            confirming.requesterRequested(RequestID(1), deadline: self.later) == .fail(.confirmModeMixed))
        var transactional = ChannelFixture.opened()
        _ = transactional.transactionRequested(RequestID(1), deadline: self.later)
        #expect(
            transactional.requesterRequested(RequestID(2), deadline: self.later)
                == .fail(.transactionalChannel))
    }

    @Test func `replies find their calls, in whatever order they come`() {
        var machine = self.requester()
        for id in 1...3 as ClosedRange<UInt64> {
            #expect(machine.callRequested(RequestID(id), deadline: self.later) == nil)
            #expect(machine.callAwaited(RequestID(id)) == .wait)
        }
        for (tag, id) in [(1, 3), (2, 1), (3, 2)] as [(UInt64, UInt64)] {
            #expect(
                self.reply(tag, to: "\(id)", &machine) == .deliver(RequestID(id), self.answer(tag, to: id)))
        }
        #expect(self.reply(4, to: "1", &machine) == .lateReply, "it was answered")
    }

    @Test func `replies may have the tag that the next delivery has, as RabbitMQ gives it to them`() {
        var machine = self.requester()
        for id in 1...2 as ClosedRange<UInt64> {
            _ = machine.callRequested(RequestID(id), deadline: self.later)
            _ = machine.callAwaited(RequestID(id))
            #expect(self.reply(1, to: "\(id)", &machine) == .deliver(RequestID(id), self.answer(1, to: id)))
        }
        _ = machine.getRequested(RequestID(3), queue: "q", isAcknowledged: false, deadline: self.later)
        guard case .got(RequestID(3), _, send: []) = machine.give(1) else {
            Issue.record("not given")
            return
        }
        #expect(machine.acknowledge(1) == nil)
    }

    @Test func `a reply that is faster than its call is kept for it`() {
        var machine = self.requester()
        _ = machine.callRequested(RequestID(1), deadline: self.later)
        #expect(self.reply(1, to: "1", &machine) == .none)
        #expect(self.reply(2, to: "1", &machine) == .lateReply)
        #expect(machine.callAwaited(RequestID(1)) == .deliver(self.answer(1, to: 1)))
        #expect(machine.callAwaited(RequestID(1)) == .finish)
    }

    @Test(arguments: ["2", "", "x", "18446744073709551616"])
    func `a reply for nobody is dropped`(correlationID: String) {
        var machine = self.requester()
        _ = machine.callRequested(RequestID(1), deadline: self.later)
        _ = machine.callAwaited(RequestID(1))
        #expect(self.reply(1, to: correlationID, &machine) == .lateReply)
        #expect(self.reply(2, to: nil, &machine) == .lateReply)
    }

    @Test func `the late reply of a call that was cancelled or timed out is dropped`() {
        var machine = self.requester()
        let soon = self.start + .seconds(1)
        for id in 1...3 as ClosedRange<UInt64> {
            _ = machine.callRequested(RequestID(id), deadline: id == 1 ? self.later : soon)
        }
        _ = machine.callAwaited(RequestID(1))
        _ = machine.callAwaited(RequestID(2))
        #expect(machine.callCancelled(RequestID(1)) == .delivery(RequestID(1)))
        #expect(machine.callCancelled(RequestID(1)) == nil)
        #expect(machine.nextDeadline == soon)
        #expect(machine.deadlinePassed(at: soon) == [.delivery(RequestID(2))])
        #expect(machine.deadlinePassed(at: soon) == [])
        for id in 1...3 as ClosedRange<UInt64> {
            #expect(self.reply(id, to: "\(id)", &machine) == .lateReply)
        }
        #expect(
            machine.callAwaited(RequestID(3)) == .fail(.timedOut),
            "its time was up while it was being sent")
    }

    @Test func `a return fails its call, and no other`() {
        var machine = self.requester()
        for id in 1...3 as ClosedRange<UInt64> {
            _ = machine.callRequested(RequestID(id), deadline: self.later)
        }
        _ = machine.callAwaited(RequestID(1))
        let returned = ReturnedMessage(
            replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")
        func bounce(_ correlationID: String, _ machine: inout ChannelStateMachine)
            -> ChannelStateMachine.FrameAction
        {
            _ = machine.received(
                .basicReturn(
                    BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k")))
            return machine.received(
                AMQPContentHeader(bodySize: 0, properties: AMQPProperties(correlationID: correlationID)))
        }
        #expect(bounce("1", &machine) == .failCall(RequestID(1), .returned(returned)))
        #expect(bounce("2", &machine) == .none)
        #expect(machine.callAwaited(RequestID(2)) == .fail(.returned(returned)))
        #expect(bounce("9", &machine) == .none, "its call was given up")
        #expect(machine.callAwaited(RequestID(3)) == .wait)
    }

    @Test func `calls end with their requester`() {
        var machine = self.requester()
        _ = machine.callRequested(RequestID(1), deadline: self.later)
        _ = machine.callRequested(RequestID(2), deadline: self.later)
        _ = machine.callAwaited(RequestID(1))
        let ending = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        #expect(ending.failed == [.delivery(RequestID(1))])
        #expect(machine.callAwaited(RequestID(2)) == .fail(.requesterEnded))
        #expect(machine.callRequested(RequestID(4), deadline: self.later) == .requesterEnded)
        #expect(self.reply(1, to: "1", &machine) == .none, "it met the cancel on the way")
        _ = machine.received(.basicCancelOk(BasicCancelOk(consumerTag: self.tag)))
        guard case .start = machine.requesterRequested(RequestID(5), deadline: self.later) else {
            Issue.record("not again")
            return
        }
    }

    @Test
    func
        `calls fail with their channel, with their connection, and when the broker ends the replies`()
    {
        var closed = self.requester()
        _ = closed.callRequested(RequestID(1), deadline: self.later)
        _ = closed.callRequested(RequestID(2), deadline: self.later)
        _ = closed.callAwaited(RequestID(1))
        guard case .end(let ending) = closed.received(ChannelFixture.close(.notFound, "")) else {
            Issue.record("open")
            return
        }
        #expect(ending.waiters == [.delivery(RequestID(1))])
        #expect(closed.callAwaited(RequestID(2)) == .fail(ending.failure))

        var lost = self.requester()
        _ = lost.callRequested(RequestID(1), deadline: self.later)
        _ = lost.sendRequested(call: RequestID(1), isGateOpen: true)
        _ = lost.callAwaited(RequestID(1))
        #expect(
            lost.connectionLost(.streamEnded, isRepublishing: true).waiters == [.delivery(RequestID(1))])
        _ = lost.reopenRequested()
        #expect(
            lost.received(.channelOpenOk(ChannelOpenOk()))
                == .reply(
                    nil, .channelOpenOk(ChannelOpenOk()),
                    send: [
                        .basicConsume(
                            BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: self.tag, noAck: true))
                    ]))

        var cancelled = self.requester()
        _ = cancelled.callRequested(RequestID(1), deadline: self.later)
        _ = cancelled.callAwaited(RequestID(1))
        #expect(
            cancelled.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: true)))
                == .consumerCancelled(consumerTag: self.tag, [.delivery(RequestID(1))], send: nil))
        #expect(cancelled.callRequested(RequestID(2), deadline: self.later) == .requesterEnded)
    }

    /// A call whose request was sent and is awaited, and one whose request waits to be sent.
    private func calling() -> ChannelStateMachine {
        var machine = self.requester()
        for id in 1...2 as ClosedRange<UInt64> { _ = machine.callRequested(RequestID(id), deadline: self.later) }
        _ = machine.sendRequested(call: RequestID(1), isGateOpen: true)
        _ = machine.callAwaited(RequestID(1))
        _ = machine.sendRequested(RequestID(2), deadline: self.later, isGateOpen: false)
        return machine
    }

    @Test func `a call whose request was not sent outlives a loss, and is sent when replies come again`() {
        var machine = self.calling()
        #expect(machine.connectionLost(.streamEnded, isRepublishing: true).waiters == [.delivery(RequestID(1))])
        _ = machine.reopenRequested()
        _ = machine.received(.channelOpenOk(ChannelOpenOk()))
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: self.tag)))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(2))
        #expect(machine.callAwaited(RequestID(2)) == .wait)
        #expect(
            self.reply(1, to: "2", &machine)
                == .deliver(RequestID(2), delivered(1, properties: AMQPProperties(correlationID: "2"), epoch: 1)))
    }

    @Test func `a reply that came before the loss is kept for its call`() {
        var machine = self.requester()
        _ = machine.callRequested(RequestID(1), deadline: self.later)
        _ = machine.sendRequested(call: RequestID(1), isGateOpen: true)
        _ = self.reply(1, to: "1", &machine)
        #expect(machine.connectionLost(.streamEnded, isRepublishing: true).waiters == [])
        #expect(machine.callAwaited(RequestID(1)) == .deliver(self.answer(1, to: 1)))
    }

    @Test func `a request that waits is not sent where its reply has nowhere to come to`() {
        let both = [Waiter.publish(RequestID(2), wasSent: false), .delivery(RequestID(1))]
        var ended = self.calling()
        #expect(ended.endRequested(RequestID(3), of: self.tag, deadline: self.later).failed == both)
        #expect(ended.nextPublish(isGateOpen: true) == nil)

        var cancelled = self.calling()
        #expect(
            cancelled.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: true)))
                == .consumerCancelled(consumerTag: self.tag, both, send: nil))
        #expect(cancelled.nextPublish(isGateOpen: true) == nil)

        var refused = self.calling()
        _ = refused.connectionLost(.streamEnded, isRepublishing: true)
        _ = refused.reopenRequested()
        _ = refused.received(.channelOpenOk(ChannelOpenOk()))
        guard
            case .restoringAgain(self.tag, _, [.publish(RequestID(2), wasSent: false)], _) = refused.received(
                ChannelFixture.close(.accessRefused, ""))
        else {
            Issue.record("not withdrawn")
            return
        }
    }

    @Test(arguments: [true, false])
    func `a request whose call has failed is not sent`(isAtOnce: Bool) {
        var machine = self.requester()
        let soon = self.start + .seconds(1)
        _ = machine.callRequested(RequestID(1), deadline: soon)
        #expect(machine.deadlinePassed(at: soon) == [])
        let action =
            isAtOnce
            ? machine.sendRequested(call: RequestID(1), isGateOpen: true)
            : machine.sendRequested(RequestID(1), deadline: soon, isGateOpen: true)
        #expect(action == .fail(.timedOut))
    }
}
