// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ChannelConsumingTests {
    private let later = ChannelFixture.later
    private let tag = "lamassu-1"

    private func consume(_ id: UInt64, on machine: inout ChannelStateMachine, prefetch: UInt16 = 2) -> ChannelStateMachine.ConsumeAction {
        machine.consumeRequested(
            RequestID(id), ConsumerRequest(queue: "q", prefetch: prefetch, exclusive: true, arguments: ["x-priority": 1]),
            deadline: self.later)
    }

    private func requeue(_ tag: UInt64) -> AMQPMethod { .basicNack(BasicNack(deliveryTag: tag, requeue: true)) }

    private func started(_ tag: String) -> AMQPMethod { .basicConsumeOk(BasicConsumeOk(consumerTag: tag)) }

    private func cancelled(_ tag: String) -> AMQPMethod { .basicCancelOk(BasicCancelOk(consumerTag: tag)) }

    @Test func `each consumer starts right behind its own prefetch`() {
        var machine = ChannelFixture.opened()
        #expect(
            self.consume(1, on: &machine, prefetch: 7)
                == .start(consumerTag: "lamassu-1", send: .basicQos(BasicQos(prefetchCount: 7))))
        #expect(self.consume(2, on: &machine, prefetch: 9) == .start(consumerTag: "lamassu-2", send: nil))
        let first = BasicConsume(queue: "q", consumerTag: "lamassu-1", exclusive: true, arguments: ["x-priority": 1])
        #expect(
            machine.received(.basicQosOk(BasicQosOk())) == .reply(nil, .basicQosOk(BasicQosOk()), send: [.basicConsume(first)]))
        #expect(
            machine.received(self.started("lamassu-1"))
                == .reply(RequestID(1), self.started("lamassu-1"), send: [.basicQos(BasicQos(prefetchCount: 9))]))
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(ChannelFixture.isViolation(machine.received(self.started("lamassu-1"))), "the other consumer's tag")
        #expect(machine.received(self.started("lamassu-2")) == .reply(RequestID(2), self.started("lamassu-2"), send: []))
    }

    @Test func `a delivery goes to the one who waits, or is kept`() {
        var machine = ChannelFixture.consuming(prefetch: 3)
        #expect(machine.nextRequested(RequestID(1), of: self.tag) == .wait)
        #expect(machine.nextRequested(RequestID(2), of: self.tag) == .wait)
        #expect(machine.deliver(1) == .deliver(RequestID(1), delivered(1)))
        #expect(machine.deliver(2) == .deliver(RequestID(2), delivered(2)))
        #expect(machine.deliver(3) == .none)
        #expect(machine.nextRequested(RequestID(3), of: self.tag) == .deliver(delivered(3)))
        #expect(machine.takeArrived(of: self.tag) == nil)
        #expect(machine.acknowledge(1) == nil)
        #expect(machine.deliver(4) == .none)
        #expect(machine.takeArrived(of: self.tag) == delivered(4))
        #expect(machine.nextRequested(RequestID(4), of: self.tag) == .wait)
    }

    @Test func `a content comes whole, however it is cut`() {
        var machine = ChannelFixture.consuming(prefetch: 3)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        let properties = AMQPProperties(contentType: "text/plain", messageID: "m")
        let method = BasicDeliver(consumerTag: self.tag, deliveryTag: 1, exchange: "x", routingKey: "k")
        #expect(machine.received(.basicDeliver(method)) == .none)
        #expect(machine.received(AMQPContentHeader(bodySize: 5, properties: properties)) == .none)
        #expect(machine.received(body: [1, 2]) == .none)
        #expect(machine.received(body: []) == .none)
        #expect(machine.received(body: [3]) == .none)
        #expect(
            machine.received(body: [4, 5])
                == .deliver(RequestID(1), delivered(1, body: [1, 2, 3, 4, 5], properties: properties)))
    }

    @Test func `an empty body is complete at its header`() {
        var machine = ChannelFixture.consuming(prefetch: 1)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        #expect(machine.deliver(1, body: []) == .deliver(RequestID(1), delivered(1, body: [])))
        #expect(ChannelFixture.isViolation(machine.received(body: [1])), "a body behind it")
    }

    @Test func `a content out of order breaks the protocol`() {
        let deliver = AMQPMethod.basicDeliver(
            BasicDeliver(consumerTag: self.tag, deliveryTag: 1, exchange: "x", routingKey: "k"))
        var header = ChannelFixture.consuming(prefetch: 1)
        #expect(ChannelFixture.isViolation(header.received(AMQPContentHeader(bodySize: 1))), "a header without a method")
        var body = ChannelFixture.consuming(prefetch: 1)
        #expect(ChannelFixture.isViolation(body.received(body: [1])), "a body without a method")
        var early = ChannelFixture.consuming(prefetch: 1)
        _ = early.received(deliver)
        #expect(ChannelFixture.isViolation(early.received(body: [1])), "a body without a header")
        var method = ChannelFixture.consuming(prefetch: 1)
        _ = method.received(deliver)
        #expect(ChannelFixture.isViolation(method.received(deliver)), "a method instead of a header")
        var twice = ChannelFixture.consuming(prefetch: 1)
        _ = twice.received(deliver)
        _ = twice.received(AMQPContentHeader(bodySize: 2))
        #expect(ChannelFixture.isViolation(twice.received(AMQPContentHeader(bodySize: 2))), "a second header")
        var long = ChannelFixture.consuming(prefetch: 1)
        _ = long.received(deliver)
        _ = long.received(AMQPContentHeader(bodySize: 2))
        _ = long.received(body: [1])
        #expect(ChannelFixture.isViolation(long.received(body: [2, 3])), "a body that is too long")
    }

    @Test(arguments: [UInt64(1_001), UInt64(Int.max), UInt64.max])
    func `a body over the limit closes the channel before anything is kept`(size: UInt64) {
        var machine = ChannelFixture.consuming(prefetch: 1)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        let method = BasicDeliver(consumerTag: self.tag, deliveryTag: 1, exchange: "x", routingKey: "k")
        _ = machine.received(.basicDeliver(method))
        guard case .end(let ending) = machine.received(AMQPContentHeader(bodySize: size)) else {
            Issue.record("taken")
            return
        }
        let failure = AMQPFailure.bodyTooLarge(bytes: size, maximum: 1_000)
        #expect(ending.failure == failure)
        #expect(ending.waiters == [.delivery(RequestID(1))])
        #expect(!ending.isReleased)
        guard case .channelClose(let close)? = ending.send else {
            Issue.record("not closed")
            return
        }
        #expect(close.replyCode == .contentTooLarge)
        #expect(machine.received(body: [1, 2, 3]) == .none)
        #expect(machine.received(.channelCloseOk(ChannelCloseOk())) == .closed(nil))
        #expect(machine.nextRequested(RequestID(2), of: self.tag) == .fail(failure))
    }

    @Test func `a broker may exceed the prefetch, until so much waits that nothing is read any more`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        let limit: UInt64 = 2 + 4_096
        for tag in 1..<limit {
            #expect(machine.deliver(tag) == .none)
            #expect(machine.isReadingWanted == true)
        }
        #expect(machine.deliver(limit) == .stopReading)
        #expect(machine.isReadingWanted == false)
        for tag in 1..<limit / 2 {
            #expect(machine.takeArrived(of: self.tag)?.deliveryTag == tag)
            #expect(machine.isReadingWanted == false)
        }
        _ = machine.takeArrived(of: self.tag)
        #expect(machine.isReadingWanted == true)
    }

    @Test func `the end of a consumer is asked for, though the one who asked went away before its turn`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = self.consume(1, on: &machine)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        _ = machine.received(self.started("lamassu-2"))
        let first = AMQPMethod.basicCancel(BasicCancel(consumerTag: "lamassu-2"))
        #expect(machine.endRequested(RequestID(2), of: "lamassu-2", deadline: self.later).send == [first])
        #expect(machine.endRequested(RequestID(3), of: "lamassu-1", deadline: self.later).send == [])
        #expect(machine.requestCancelled(RequestID(3)) == .request(RequestID(3)))
        let second = AMQPMethod.basicCancel(BasicCancel(consumerTag: "lamassu-1"))
        #expect(machine.received(self.cancelled("lamassu-2")) == .reply(RequestID(2), self.cancelled("lamassu-2"), send: [second]))
        #expect(machine.deliver(1) == .send(self.requeue(1)))
        #expect(machine.received(self.cancelled("lamassu-1")) == .reply(nil, self.cancelled("lamassu-1"), send: []))
    }

    @Test(arguments: [true, false])
    func `what nobody took of a stream, or of what looks like one, is not acknowledged with others`(hasCome: Bool) {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.consumeRequested(
            RequestID(1), ConsumerRequest(queue: "q", prefetch: 9, acknowledgement: .batched(count: 2, delay: .seconds(1))),
            deadline: self.later)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        _ = machine.received(self.started("lamassu-2"))
        let stream = AMQPProperties(headers: ["x-stream-offset": 1])
        if hasCome { _ = machine.deliver(1, properties: stream) }
        _ = machine.endRequested(RequestID(2), of: self.tag, deadline: self.later)
        if !hasCome { #expect(machine.deliver(1, properties: stream) == .none) }
        _ = machine.received(self.cancelled(self.tag))
        for tag in [2, 3] as [UInt64] {
            _ = machine.deliver(tag, to: "lamassu-2")
            _ = machine.takeArrived(of: "lamassu-2")
        }
        #expect(machine.settleRequested(2, epoch: 0, .acknowledge(multiple: false), at: ChannelFixture.start) != .drop)
        let acks = [2, 3].map { AMQPMethod.basicAck(BasicAck(deliveryTag: $0)) }
        #expect(machine.settleRequested(3, epoch: 0, .acknowledge(multiple: false), at: ChannelFixture.start) == .sendAll(acks))
    }

    @Test func `a delivery is settled once`() {
        var machine = ChannelFixture.consuming(prefetch: 2)
        _ = machine.deliver(1)
        #expect(machine.acknowledge(1) == nil)
        #expect(machine.acknowledge(1) == .deliverySettled)
        #expect(machine.acknowledge(2) == .deliverySettled)
    }

    @Test func `a delivery for nobody, or with a tag that is in use, breaks the protocol`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        #expect(ChannelFixture.isViolation(machine.deliver(1, to: "stranger")))
        #expect(machine.deliver(2) == .none)
        #expect(ChannelFixture.isViolation(machine.deliver(2)))
    }

    @Test func `when its scope ends, a consumer is cancelled and what nobody took goes back`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.deliver(1)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        _ = machine.deliver(2)
        #expect(
            machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
                == ChannelStateMachine.ConsumerEnding(send: [.basicCancel(BasicCancel(consumerTag: self.tag))], isPending: true))
        #expect(machine.deliver(3) == .send(self.requeue(3)), "it met the cancel on the way")
        #expect(machine.received(self.cancelled(self.tag)) == .reply(RequestID(3), self.cancelled(self.tag), send: [self.requeue(2)]))
        #expect(machine.nextRequested(RequestID(4), of: self.tag) == .finish)
        #expect(machine.acknowledge(1) == nil, "what was taken can still be settled")
        #expect(machine.acknowledge(2) == .deliverySettled)
        #expect(ChannelFixture.isViolation(machine.deliver(4)), "the broker had agreed to the end")
    }

    @Test func `what nobody took of a stream is left alone`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        let properties = AMQPProperties(headers: ["x-stream-offset": 7])
        _ = machine.deliver(1, properties: properties)
        _ = machine.deliver(2)
        _ = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        #expect(machine.deliver(3, properties: properties) == .none)
        #expect(machine.received(self.cancelled(self.tag)) == .reply(RequestID(3), self.cancelled(self.tag), send: [self.requeue(2)]))
    }

    @Test func `when its scope ends, those who wait for a delivery are told`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        let ending = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        #expect(ending.finished == [RequestID(1)])
        #expect(machine.nextRequested(RequestID(4), of: self.tag) == .finish)
    }

    @Test func `one who goes away gets no delivery`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        #expect(machine.nextCancelled(RequestID(1), of: self.tag) == .delivery(RequestID(1)))
        #expect(machine.nextCancelled(RequestID(1), of: self.tag) == nil)
        #expect(machine.deliver(1) == .none)
        #expect(machine.nextRequested(RequestID(2), of: self.tag) == .deliver(delivered(1)))
    }

    @Test(arguments: [true, false])
    func `when the broker ends a consumer, what came before can be taken first`(noWait: Bool) {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.deliver(1)
        let answer = noWait ? nil : AMQPMethod.basicCancelOk(BasicCancelOk(consumerTag: self.tag))
        #expect(
            machine.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: noWait)))
                == .consumerCancelled(consumerTag: self.tag, [], send: answer))
        #expect(machine.nextRequested(RequestID(1), of: self.tag) == .deliver(delivered(1)))
        #expect(machine.nextRequested(RequestID(2), of: self.tag) == .fail(.consumerCancelledByPeer))
        #expect(
            machine.endRequested(RequestID(3), of: self.tag, deadline: self.later) == ChannelStateMachine.ConsumerEnding(),
            "the broker need not be told")
    }

    @Test func `when the broker ends a consumer, those who wait are told, and the scope's end gives back the rest`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.nextRequested(RequestID(1), of: self.tag)
        #expect(
            machine.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: true)))
                == .consumerCancelled(consumerTag: self.tag, [.delivery(RequestID(1))], send: nil))
        #expect(machine.deliver(1) == .none, "it had been sent before")
        #expect(
            machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
                == ChannelStateMachine.ConsumerEnding(send: [self.requeue(1)]))
    }

    @Test func `the broker's cancel of an unknown consumer, or one that ends, changes nothing`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        #expect(
            machine.received(.basicCancel(BasicCancel(consumerTag: "stranger", noWait: true)))
                == .consumerCancelled(consumerTag: "stranger", [], send: nil))
        _ = machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
        #expect(
            machine.received(.basicCancel(BasicCancel(consumerTag: self.tag, noWait: true)))
                == .consumerCancelled(consumerTag: self.tag, [], send: nil))
        #expect(machine.received(self.cancelled(self.tag)) == .reply(RequestID(3), self.cancelled(self.tag), send: []))
    }

    @Test func `a consumer whose start was cancelled after it was sent is ended when it starts`() {
        var machine = ChannelFixture.opened()
        _ = self.consume(1, on: &machine)
        _ = machine.received(.basicQosOk(BasicQosOk()))
        #expect(machine.requestCancelled(RequestID(1)) == .request(RequestID(1)))
        #expect(
            machine.received(self.started(self.tag))
                == .reply(nil, self.started(self.tag), send: [.basicCancel(BasicCancel(consumerTag: self.tag))]))
        #expect(machine.deliver(1) == .send(self.requeue(1)))
        #expect(machine.received(self.cancelled(self.tag)) == .reply(nil, self.cancelled(self.tag), send: []))
        #expect(ChannelFixture.isViolation(machine.deliver(2)))
    }

    @Test func `a consumer whose start was cancelled before it was sent is never started`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(9), ChannelFixture.declare("a"), deadline: self.later)
        _ = self.consume(1, on: &machine)
        #expect(machine.requestCancelled(RequestID(1)) == .request(RequestID(1)))
        _ = machine.received(ChannelFixture.declared("a"))
        #expect(machine.received(.basicQosOk(BasicQosOk())) == .reply(nil, .basicQosOk(BasicQosOk()), send: []))
        #expect(ChannelFixture.isViolation(machine.deliver(1)))
    }

    @Test func `a consumer's end waits for the requests before it`() {
        var machine = ChannelFixture.consuming(prefetch: 9)
        _ = machine.requested(RequestID(9), ChannelFixture.declare("a"), deadline: self.later)
        #expect(
            machine.endRequested(RequestID(3), of: self.tag, deadline: self.later)
                == ChannelStateMachine.ConsumerEnding(isPending: true))
        #expect(
            machine.received(ChannelFixture.declared("a"))
                == .reply(
                    RequestID(9), ChannelFixture.declared("a"), send: [.basicCancel(BasicCancel(consumerTag: self.tag))]))
    }
}
