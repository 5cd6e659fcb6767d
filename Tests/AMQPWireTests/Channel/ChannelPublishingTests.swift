// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ChannelPublishingTests {
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later

    /// Publishes messages 1 to `count`, mandatory with the message id of their number.
    private func publish(
        _ count: UInt64, on machine: inout ChannelStateMachine, messageID: (UInt64) -> String? = { String($0) }
    ) -> [ChannelStateMachine.PublishAction] {
        (1...count).map { number in
            let identity = messageID(number).map { MessageIdentity(exchange: "x", routingKey: "k", messageID: $0) }
            return machine.publishRequested(RequestID(number), identity: identity, deadline: self.later, isGateOpen: true)
        }
    }

    private func ack(_ tag: UInt64, multiple: Bool = false) -> AMQPMethod {
        .basicAck(BasicAck(deliveryTag: tag, multiple: multiple))
    }

    private func settled(_ ids: UInt64...) -> ChannelStateMachine.FrameAction {
        .settle(ids.map { PublishSettlement(RequestID($0)) })
    }

    private let returned = AMQPFailure.returned(
        ReturnedMessage(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "x", routingKey: "k"))

    @Test func `confirm mode is selected once`() {
        var machine = ChannelFixture.opened()
        #expect(
            machine.confirmsRequested(RequestID(1), window: 1, deadline: self.later) == .send([.confirmSelect(ConfirmSelect())]))
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        #expect(machine.confirmsRequested(RequestID(2), window: 2, deadline: self.later) == .succeed)
        #expect(self.publish(3, on: &machine) == [.write, .write, .wait], "the window is what the last call said")
    }

    @Test func `a message that wants a confirm waits until the broker counts it`() {
        var machine = ChannelFixture.opened()
        _ = machine.confirmsRequested(RequestID(0), window: 3, deadline: self.later)
        #expect(self.publish(2, on: &machine) == [.wait, .wait])
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(2))
        #expect(machine.received(self.ack(1)) == self.settled(1))
    }

    @Test(arguments: [true, false])
    func `confirm mode is selected though who asked for it went away, where a message waits for it`(isLost: Bool) {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(10), ChannelFixture.declare("a"), deadline: self.later)
        #expect(machine.confirmsRequested(RequestID(11), window: 3, deadline: self.later) == .wait)
        #expect(self.publish(1, on: &machine) == [.wait])
        #expect(machine.requestCancelled(RequestID(11)) == .request(RequestID(11)))
        let select = [AMQPMethod.confirmSelect(ConfirmSelect())]
        if isLost {
            #expect(machine.connectionLost(.streamEnded, isRepublishing: true).waiters == [.request(RequestID(10))])
            _ = machine.reopenRequested()
            #expect(machine.received(.channelOpenOk(ChannelOpenOk())) == .restored(send: select))
        } else {
            #expect(
                machine.received(ChannelFixture.declared("a")) == .reply(RequestID(10), ChannelFixture.declared("a"), send: select))
        }
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(
            machine.received(.confirmSelectOk(ConfirmSelectOk())) == .reply(nil, .confirmSelectOk(ConfirmSelectOk()), send: []))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.received(self.ack(1)) == self.settled(1))
    }

    @Test func `confirm mode that was being selected when the connection was lost is selected anew for the message that waits for it`() {
        var machine = ChannelFixture.opened()
        _ = machine.confirmsRequested(RequestID(10), window: 3, deadline: self.later)
        _ = self.publish(1, on: &machine)
        #expect(machine.connectionLost(.streamEnded, isRepublishing: true).waiters == [.request(RequestID(10))])
        _ = machine.reopenRequested()
        #expect(machine.received(.channelOpenOk(ChannelOpenOk())) == .restored(send: [.confirmSelect(ConfirmSelect())]))
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
    }

    @Test func `a channel publishes without confirms where who asked for them went away before they were selected`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(10), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.confirmsRequested(RequestID(11), window: 3, deadline: self.later)
        #expect(machine.sendRequested(isGateOpen: true) == .fail(.confirmModeMixed))
        _ = machine.requestCancelled(RequestID(11))
        #expect(machine.sendRequested(isGateOpen: true) == .write)
    }

    @Test func `single confirms come in any order`() {
        var machine = ChannelFixture.confirming(window: 3)
        #expect(self.publish(3, on: &machine) == [.write, .write, .write])
        #expect(machine.received(self.ack(2)) == self.settled(2))
        #expect(machine.received(self.ack(3)) == self.settled(3))
        #expect(machine.received(self.ack(1)) == self.settled(1))
    }

    @Test func `a multiple confirm completes every earlier publish`() {
        var machine = ChannelFixture.confirming(window: 5)
        _ = self.publish(5, on: &machine)
        #expect(machine.received(self.ack(2)) == self.settled(2))
        #expect(machine.received(self.ack(4, multiple: true)) == self.settled(1, 3, 4))
        #expect(machine.received(self.ack(4, multiple: true)) == .settle([]), "nothing is left before it")
        #expect(machine.received(self.ack(0, multiple: true)) == self.settled(5), "tag 0 means all")
    }

    @Test func `a negative confirm fails its messages`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(3, on: &machine)
        #expect(
            machine.received(.basicNack(BasicNack(deliveryTag: 2, multiple: true)))
                == .settle([PublishSettlement(RequestID(1), failure: .nacked), PublishSettlement(RequestID(2), failure: .nacked)]))
        #expect(
            machine.received(.basicNack(BasicNack(deliveryTag: 3))) == .settle([PublishSettlement(RequestID(3), failure: .nacked)]))
    }

    @Test(arguments: [(UInt64(4), false), (4, true), (0, false), (.max, false), (.max, true), (2, false)])
    func `a confirm of what was not sent, or is confirmed, breaks the protocol`(tag: UInt64, multiple: Bool) {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(3, on: &machine)
        _ = machine.received(self.ack(2))
        #expect(ChannelFixture.isViolation(machine.received(self.ack(tag, multiple: multiple))))
    }

    @Test func `a confirm without confirm mode breaks the protocol`() {
        var machine = ChannelFixture.opened()
        #expect(ChannelFixture.isViolation(machine.received(self.ack(1))))
        #expect(ChannelFixture.isViolation(machine.received(.basicNack(BasicNack(deliveryTag: 1)))))
    }

    @Test func `the window moves with its oldest message`() {
        var machine = ChannelFixture.confirming(window: 2)
        #expect(self.publish(4, on: &machine) == [.write, .write, .wait, .wait])
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(machine.received(self.ack(2)) == self.settled(2))
        #expect(machine.nextPublish(isGateOpen: true) == nil, "the oldest is not settled")
        #expect(machine.received(self.ack(1)) == self.settled(1))
        #expect(machine.nextPublish(isGateOpen: false) == nil)
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(3))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(4))
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(machine.received(self.ack(4, multiple: true)) == self.settled(3, 4))
    }

    @Test func `nobody overtakes those who wait`() {
        var machine = ChannelFixture.confirming(window: 2)
        #expect(machine.publishRequested(RequestID(1), identity: nil, deadline: self.later, isGateOpen: false) == .wait)
        #expect(machine.publishRequested(RequestID(2), identity: nil, deadline: self.later, isGateOpen: true) == .wait)
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(2))
    }

    @Test func `a return fails its publish and no other`() {
        var machine = ChannelFixture.confirming(window: 5)
        _ = self.publish(5, on: &machine)
        #expect(machine.bounce(messageID: "4") == .none)
        #expect(machine.bounce(messageID: "2") == .none)
        #expect(machine.received(self.ack(4)) == .settle([PublishSettlement(RequestID(4), failure: self.returned)]))
        #expect(
            machine.received(self.ack(5, multiple: true))
                == .settle([
                    PublishSettlement(RequestID(1)), PublishSettlement(RequestID(2), failure: self.returned),
                    PublishSettlement(RequestID(3)), PublishSettlement(RequestID(5)),
                ]))
    }

    @Test func `messages that the caller gave one id and destination are returned together`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(3, on: &machine) { $0 == 2 ? "other" : "same" }
        #expect(machine.bounce(messageID: "same") == .none)
        #expect(machine.bounce(messageID: "same") == .none, "the second of them")
        #expect(
            machine.received(self.ack(3, multiple: true))
                == .settle([
                    PublishSettlement(RequestID(1), failure: self.returned), PublishSettlement(RequestID(2)),
                    PublishSettlement(RequestID(3), failure: self.returned),
                ]))
    }

    @Test func `a return that no publish in flight explains breaks the protocol`() {
        var machine = ChannelFixture.confirming(window: 5)
        _ = self.publish(2, on: &machine) { $0 == 1 ? nil : "2" }
        #expect(ChannelFixture.isViolation(machine.bounce(messageID: "1")), "it was not mandatory")
        #expect(ChannelFixture.isViolation(machine.bounce(messageID: nil)))
        #expect(ChannelFixture.isViolation(machine.bounce(exchange: "y", messageID: "2")))
        #expect(ChannelFixture.isViolation(machine.bounce(routingKey: "y", messageID: "2")))
        _ = machine.received(self.ack(2))
        #expect(ChannelFixture.isViolation(machine.bounce(messageID: "2")), "it is settled")
    }

    @Test func `a publish that is cancelled in time is never sent`() {
        var machine = ChannelFixture.confirming(window: 1)
        _ = self.publish(3, on: &machine)
        #expect(machine.publishCancelled(RequestID(2)) == .publish(RequestID(2), wasSent: false))
        #expect(machine.publishCancelled(RequestID(2)) == nil)
        #expect(machine.received(self.ack(1)) == self.settled(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(3))
        #expect(machine.received(self.ack(2)) == self.settled(3))
    }

    @Test func `a publish that is cancelled after it was sent keeps its tag`() {
        var machine = ChannelFixture.confirming(window: 2)
        _ = self.publish(2, on: &machine)
        #expect(machine.publishCancelled(RequestID(1)) == .publish(RequestID(1), wasSent: true))
        #expect(machine.received(self.ack(1)) == .settle([]))
        #expect(machine.received(self.ack(2)) == self.settled(2))
        #expect(machine.publishCancelled(RequestID(2)) == nil, "the confirm was faster")
    }

    @Test func `a publish that is not confirmed in time fails, sent or not`() {
        var machine = ChannelFixture.confirming(window: 2)
        for number in 1...4 as ClosedRange<UInt64> {
            let deadline = self.start + .seconds(Int(number))
            _ = machine.publishRequested(RequestID(number), identity: nil, deadline: deadline, isGateOpen: true)
        }
        #expect(machine.nextDeadline == self.start + .seconds(1))
        #expect(machine.deadlinePassed(at: self.start + .seconds(1)) == [.publish(RequestID(1), wasSent: true)])
        #expect(machine.nextDeadline == self.start + .seconds(2))
        #expect(
            machine.deadlinePassed(at: self.start + .seconds(3))
                == [.publish(RequestID(2), wasSent: true), .publish(RequestID(3), wasSent: false)])
        #expect(machine.nextDeadline == self.start + .seconds(4))
        #expect(machine.nextPublish(isGateOpen: true) == nil, "the window is still taken")
        #expect(machine.received(self.ack(2, multiple: true)) == .settle([]))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(4))
        #expect(machine.nextDeadline == self.start + .seconds(4))
        #expect(machine.received(self.ack(3)) == self.settled(4))
        #expect(machine.nextDeadline == nil)
    }

    @Test func `a message that could not be encoded gives its tag back`() {
        var machine = ChannelFixture.confirming(window: 2)
        _ = self.publish(1, on: &machine)
        _ = machine.publishRequested(RequestID(9), identity: nil, deadline: self.later, isGateOpen: true)
        machine.publishNotSent()
        #expect(machine.publishCancelled(RequestID(9)) == nil)
        #expect(machine.publishRequested(RequestID(2), identity: nil, deadline: self.later, isGateOpen: true) == .write)
        #expect(machine.received(self.ack(2)) == self.settled(2))
        #expect(machine.received(self.ack(1)) == self.settled(1))
    }

    @Test func `a batch that is cancelled keeps the tags of what was sent`() {
        var machine = ChannelFixture.confirming(window: 3)
        _ = self.publish(6, on: &machine)
        #expect(machine.received(self.ack(2)) == self.settled(2))
        let waiters = machine.publishesCancelled(RequestID(2)...RequestID(5))
        #expect(
            waiters == [
                .publish(RequestID(3), wasSent: true), .publish(RequestID(4), wasSent: false), .publish(RequestID(5), wasSent: false),
            ])
        #expect(machine.received(self.ack(3, multiple: true)) == self.settled(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(6))
        #expect(machine.received(self.ack(4)) == self.settled(6))
    }

    @Test func `without confirm mode a message is done with when it is sent`() {
        var machine = ChannelFixture.opened()
        #expect(machine.sendRequested(isGateOpen: true) == .write)
        #expect(machine.sendRequested(isGateOpen: false) == .wait)
        #expect(machine.sendRequested(RequestID(1), deadline: self.later, isGateOpen: false) == .wait)
        #expect(machine.sendRequested(isGateOpen: true) == .wait, "another was first")
        #expect(machine.sendRequested(RequestID(2), deadline: self.later, isGateOpen: true) == .wait)
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(2))
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(machine.nextDeadline == nil)
        #expect(ChannelFixture.isViolation(machine.received(self.ack(1))))
    }

    @Test func `without confirm mode what waits too long is never sent`() {
        var machine = ChannelFixture.opened()
        _ = machine.sendRequested(RequestID(1), deadline: self.later, isGateOpen: false)
        #expect(machine.nextDeadline == self.later)
        #expect(machine.deadlinePassed(at: self.later) == [.publish(RequestID(1), wasSent: false)])
        #expect(machine.nextPublish(isGateOpen: true) == nil)
    }

    @Test func `without confirm mode each message waits as long as its own deadline says`() {
        var machine = ChannelFixture.opened()
        let soon = ChannelFixture.start + .seconds(1)
        for (id, deadline) in [(1 as UInt64, self.later), (2, soon), (3, self.later)] {
            _ = machine.sendRequested(RequestID(id), deadline: deadline, isGateOpen: false)
        }
        #expect(machine.nextDeadline == soon)
        #expect(machine.deadlinePassed(at: soon) == [.publish(RequestID(2), wasSent: false)])
        #expect(machine.nextDeadline == self.later)
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(3))
        #expect(machine.nextPublish(isGateOpen: true) == nil)
    }

    @Test func `a channel publishes with confirms or without`() {
        var machine = ChannelFixture.confirming(window: 3)
        #expect(machine.sendRequested(isGateOpen: true) == .fail(.confirmModeMixed))
        #expect(machine.sendRequested(RequestID(1), deadline: self.later, isGateOpen: true) == .fail(.confirmModeMixed))
        machine = ChannelFixture.opened()
        _ = machine.sendRequested(RequestID(1), deadline: self.later, isGateOpen: false)
        #expect(machine.confirmsRequested(RequestID(2), window: 1, deadline: self.later) == .fail(.confirmModeMixed))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
        #expect(machine.confirmsRequested(RequestID(2), window: 1, deadline: self.later) == .send([.confirmSelect(ConfirmSelect())]))
    }

    @Test func `what is kept stays bounded over many confirms`() {
        var machine = ChannelFixture.confirming(window: 100)
        var confirmed = 0
        for number in 1...10_000 as ClosedRange<UInt64> {
            let action = machine.publishRequested(RequestID(number), identity: nil, deadline: self.later, isGateOpen: true)
            #expect(action == .write)
            guard number.isMultiple(of: 100) else { continue }
            guard case .settle(let settlements) = machine.received(self.ack(number, multiple: true)) else {
                Issue.record("not settled")
                return
            }
            confirmed += settlements.count
        }
        #expect(confirmed == 10_000)
        #expect(machine.connectionEnded(.streamEnded).isEmpty)
    }
}
