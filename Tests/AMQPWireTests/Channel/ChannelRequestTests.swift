// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ChannelRequestTests {
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later

    @Test func `requests go out one at a time, in their order`() {
        var machine = ChannelFixture.opened()
        #expect(machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later) == .send([ChannelFixture.declare("a")]))
        #expect(machine.requested(RequestID(2), ChannelFixture.declare("b"), deadline: self.later) == .wait)
        #expect(machine.requested(RequestID(3), ChannelFixture.declare("c"), deadline: self.later) == .wait)
        #expect(
            machine.received(ChannelFixture.declared("a"))
                == .reply(RequestID(1), ChannelFixture.declared("a"), send: [ChannelFixture.declare("b")]))
        #expect(
            machine.received(ChannelFixture.declared("b"))
                == .reply(RequestID(2), ChannelFixture.declared("b"), send: [ChannelFixture.declare("c")]))
        #expect(machine.received(ChannelFixture.declared("c")) == .reply(RequestID(3), ChannelFixture.declared("c"), send: []))
        #expect(machine.requested(RequestID(4), ChannelFixture.declare("d"), deadline: self.later) == .send([ChannelFixture.declare("d")]))
    }

    @Test(arguments: [
        (AMQPMethod.exchangeDeclare(ExchangeDeclare(exchange: "x")), AMQPMethod.exchangeDeclareOk(ExchangeDeclareOk())),
        (.exchangeDelete(ExchangeDelete(exchange: "x")), .exchangeDeleteOk(ExchangeDeleteOk())),
        (.exchangeBind(ExchangeBind(destination: "d", source: "s")), .exchangeBindOk(ExchangeBindOk())),
        (.exchangeUnbind(ExchangeUnbind(destination: "d", source: "s")), .exchangeUnbindOk(ExchangeUnbindOk())),
        (.queueDeclare(QueueDeclare(queue: "q")), .queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 1, consumerCount: 2))),
        (.queueBind(QueueBind(queue: "q", exchange: "x")), .queueBindOk(QueueBindOk())),
        (.queueUnbind(QueueUnbind(queue: "q", exchange: "x")), .queueUnbindOk(QueueUnbindOk())),
        (.queuePurge(QueuePurge(queue: "q")), .queuePurgeOk(QueuePurgeOk(messageCount: 3))),
        (.queueDelete(QueueDelete(queue: "q")), .queueDeleteOk(QueueDeleteOk(messageCount: 3))),
        (.basicQos(BasicQos(prefetchCount: 1)), .basicQosOk(BasicQosOk())),
        (.basicRecover(BasicRecover(requeue: true)), .basicRecoverOk(BasicRecoverOk())),
        (.confirmSelect(ConfirmSelect()), .confirmSelectOk(ConfirmSelectOk())),
    ])
    func `each request has its reply, and no other`(request: AMQPMethod, reply: AMQPMethod) {
        var machine = ChannelFixture.opened()
        #expect(machine.requested(RequestID(1), request, deadline: self.later) == .send([request]))
        #expect(machine.received(reply) == .reply(RequestID(1), reply, send: []))
        #expect(ChannelFixture.isViolation(machine.received(reply)), "a second reply answers nothing")
        var other = ChannelFixture.opened()
        _ = other.requested(RequestID(1), request, deadline: self.later)
        #expect(ChannelFixture.isViolation(other.received(.txSelectOk(TxSelectOk()))))
        var consumer = ChannelFixture.opened()
        _ = consumer.requested(RequestID(1), request, deadline: self.later)
        #expect(ChannelFixture.isViolation(consumer.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "")))))
    }

    @Test func `a queued request that is cancelled is never sent`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.requested(RequestID(2), ChannelFixture.declare("b"), deadline: self.later)
        #expect(machine.requestCancelled(RequestID(2)) == .request(RequestID(2)))
        #expect(machine.requestCancelled(RequestID(2)) == nil)
        #expect(machine.received(ChannelFixture.declared("a")) == .reply(RequestID(1), ChannelFixture.declared("a"), send: []))
    }

    @Test func `the late reply of a cancelled request is not mistaken for the next one's`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        #expect(machine.requestCancelled(RequestID(1)) == .request(RequestID(1)))
        #expect(machine.requested(RequestID(2), ChannelFixture.declare("b"), deadline: self.later) == .wait)
        #expect(
            machine.received(ChannelFixture.declared("a"))
                == .reply(nil, ChannelFixture.declared("a"), send: [ChannelFixture.declare("b")]))
        #expect(machine.received(ChannelFixture.declared("b")) == .reply(RequestID(2), ChannelFixture.declared("b"), send: []))
        #expect(machine.requestCancelled(RequestID(2)) == nil, "the reply was faster")
    }

    @Test func `a request that is not answered in time is as if it were cancelled`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.start + .seconds(3))
        _ = machine.requested(RequestID(2), ChannelFixture.declare("b"), deadline: self.start + .seconds(2))
        _ = machine.requested(RequestID(3), ChannelFixture.declare("c"), deadline: self.start + .seconds(9))
        #expect(machine.nextDeadline == self.start + .seconds(2))
        #expect(machine.deadlinePassed(at: self.start + .seconds(1)).isEmpty)
        #expect(machine.deadlinePassed(at: self.start + .seconds(3)) == [.request(RequestID(1)), .request(RequestID(2))])
        #expect(machine.nextDeadline == self.start + .seconds(9))
        #expect(
            machine.received(ChannelFixture.declared("a"))
                == .reply(nil, ChannelFixture.declared("a"), send: [ChannelFixture.declare("c")]))
    }
}
