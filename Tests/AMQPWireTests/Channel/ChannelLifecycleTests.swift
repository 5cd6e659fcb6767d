// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ChannelLifecycleTests {
    private typealias Ending = ChannelStateMachine.Ending
    private let start = ChannelFixture.start
    private let later = ChannelFixture.later
    private let closeOk = AMQPMethod.channelCloseOk(ChannelCloseOk())

    @Test func `a channel opens`() {
        var machine = ChannelStateMachine(maximumBodyBytes: 1)
        #expect(machine.openRequested(RequestID(7), deadline: self.later) == .channelOpen(ChannelOpen()))
        #expect(machine.nextDeadline == self.later)
        #expect(machine.requested(RequestID(8), ChannelFixture.declare("q"), deadline: self.later) == .fail(.channelClosed))
        let openOk = AMQPMethod.channelOpenOk(ChannelOpenOk())
        #expect(machine.received(openOk) == .reply(RequestID(7), openOk, send: []))
        #expect(machine.nextDeadline == nil)
    }

    @Test func `a channel that nobody wants any more is closed when it opens`() {
        var machine = ChannelStateMachine(maximumBodyBytes: 1)
        _ = machine.openRequested(RequestID(7), deadline: self.later)
        #expect(machine.requestCancelled(RequestID(7)) == .request(RequestID(7)))
        #expect(machine.requestCancelled(RequestID(7)) == nil)
        #expect(machine.nextDeadline == nil)
        guard case .send(.channelClose) = machine.received(.channelOpenOk(ChannelOpenOk())) else {
            Issue.record("not closed")
            return
        }
        #expect(machine.received(self.closeOk) == .closed(nil))
    }

    @Test func `a channel that opens too late is closed`() {
        var machine = ChannelStateMachine(maximumBodyBytes: 1)
        _ = machine.openRequested(RequestID(7), deadline: self.later)
        #expect(machine.deadlinePassed(at: self.start).isEmpty)
        #expect(machine.deadlinePassed(at: self.later) == [.request(RequestID(7))])
        #expect(machine.deadlinePassed(at: self.later).isEmpty)
        guard case .send(.channelClose) = machine.received(.channelOpenOk(ChannelOpenOk())) else {
            Issue.record("not closed")
            return
        }
    }

    @Test func `a refused opening is told`() {
        var machine = ChannelStateMachine(maximumBodyBytes: 1)
        _ = machine.openRequested(RequestID(7), deadline: self.later)
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: .accessRefused, replyText: "no", classID: 50, methodID: 10))
        #expect(
            machine.received(ChannelFixture.close(.accessRefused, "no"))
                == .end(Ending(failure: failure, send: self.closeOk, waiters: [.request(RequestID(7))], isReleased: true)))
    }

    @Test func `what comes before the opening or after the end breaks the protocol`() {
        var idle = ChannelStateMachine(maximumBodyBytes: 1)
        #expect(ChannelFixture.isViolation(idle.received(.channelOpenOk(ChannelOpenOk()))))
        #expect(ChannelFixture.isViolation(idle.received(body: [1])))
        var opening = ChannelStateMachine(maximumBodyBytes: 1)
        _ = opening.openRequested(RequestID(1), deadline: self.later)
        #expect(ChannelFixture.isViolation(opening.received(ChannelFixture.declared("q"))))
        #expect(ChannelFixture.isViolation(opening.received(AMQPContentHeader(bodySize: 0))))
        var closed = ChannelFixture.opened()
        _ = closed.received(ChannelFixture.close(.notFound, ""))
        #expect(ChannelFixture.isViolation(closed.received(self.closeOk)))
        #expect(ChannelFixture.isViolation(closed.received(AMQPContentHeader(bodySize: 0))))
    }

    @Test func `the broker's close is answered, and all that waits is told`() {
        var machine = ChannelFixture.confirming(window: 1)
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.requested(RequestID(2), ChannelFixture.declare("b"), deadline: self.later)
        _ = machine.publishRequested(RequestID(3), identity: nil, deadline: self.later, isGateOpen: true)
        _ = machine.publishRequested(RequestID(4), identity: nil, deadline: self.later, isGateOpen: true)
        let failure = AMQPFailure.channelClosedByPeer(
            PeerClose(replyCode: .preconditionFailed, replyText: "differs", classID: 50, methodID: 10))
        #expect(
            machine.received(ChannelFixture.close(.preconditionFailed, "differs"))
                == .end(
                    Ending(
                        failure: failure, send: self.closeOk,
                        waiters: [
                            .request(RequestID(1)), .request(RequestID(2)), .publish(RequestID(3), wasSent: true),
                            .publish(RequestID(4), wasSent: false),
                        ], isReleased: true)))
        #expect(machine.requested(RequestID(5), ChannelFixture.declare("c"), deadline: self.later) == .fail(failure))
        #expect(machine.publishRequested(RequestID(6), identity: nil, deadline: self.later, isGateOpen: true) == .fail(failure))
        #expect(machine.confirmsRequested(RequestID(7), window: 1, deadline: self.later) == .fail(failure))
        #expect(machine.nextRequested(RequestID(8), of: "lamassu-1") == .fail(failure))
        #expect(machine.acknowledge(1) == failure)
        #expect(machine.closeRequested(RequestID(9), deadline: self.later) == nil)
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(machine.connectionEnded(.streamEnded).isEmpty)
    }

    @Test func `a close of this side drops what comes until it is answered`() {
        var machine = ChannelFixture.consuming(prefetch: 1)
        _ = machine.nextRequested(RequestID(1), of: "lamassu-1")
        #expect(
            machine.closeRequested(RequestID(2), deadline: self.later)
                == Ending(
                    failure: .channelClosed, send: .channelClose(ChannelClose(replyCode: .replySuccess, replyText: "done")),
                    waiters: [.delivery(RequestID(1))], isReleased: false))
        #expect(machine.deliver(1, body: [1, 2]) == .none)
        #expect(machine.received(body: [9, 9, 9]) == .none)
        #expect(machine.received(ChannelFixture.declared("late")) == .none)
        #expect(machine.nextDeadline == self.later)
        #expect(machine.received(self.closeOk) == .closed(RequestID(2)))
        #expect(machine.requested(RequestID(3), ChannelFixture.declare("c"), deadline: self.later) == .fail(.channelClosed))
    }

    @Test func `two closes that meet are both answered`() {
        var machine = ChannelFixture.opened()
        _ = machine.closeRequested(RequestID(2), deadline: self.later)
        #expect(machine.received(ChannelFixture.close(.notFound, "")) == .send(self.closeOk))
        #expect(machine.received(self.closeOk) == .closed(RequestID(2)))
    }

    @Test func `a close that is not answered in time stays open for its answer`() {
        var machine = ChannelFixture.opened()
        _ = machine.closeRequested(RequestID(2), deadline: self.later)
        #expect(machine.deadlinePassed(at: self.later) == [.request(RequestID(2))])
        #expect(machine.nextDeadline == nil)
        #expect(machine.received(self.closeOk) == .closed(nil))
    }

    @Test func `the connection's end reaches everybody`() {
        var machine = ChannelFixture.consuming(prefetch: 5)
        _ = machine.nextRequested(RequestID(1), of: "lamassu-1")
        _ = machine.requested(RequestID(2), ChannelFixture.declare("a"), deadline: self.later)
        #expect(machine.connectionEnded(.streamEnded) == [.request(RequestID(2)), .delivery(RequestID(1))])
        #expect(machine.requested(RequestID(3), ChannelFixture.declare("a"), deadline: self.later) == .fail(.streamEnded))
        var opening = ChannelStateMachine(maximumBodyBytes: 1)
        _ = opening.openRequested(RequestID(7), deadline: self.later)
        #expect(opening.connectionEnded(.streamEnded) == [.request(RequestID(7))])
        var closing = ChannelFixture.opened()
        _ = closing.closeRequested(RequestID(8), deadline: self.later)
        #expect(closing.connectionEnded(.connectionClosed) == [.request(RequestID(8))])
    }

    @Test func `flow is answered and holds messages back`() {
        var machine = ChannelFixture.confirming(window: 9)
        let stop = ChannelFlow(active: false)
        #expect(machine.received(.channelFlow(stop)) == .send(.channelFlowOk(ChannelFlowOk(active: false))))
        #expect(machine.publishRequested(RequestID(1), identity: nil, deadline: self.later, isGateOpen: true) == .wait)
        #expect(machine.nextPublish(isGateOpen: true) == nil)
        #expect(
            machine.received(.channelFlow(ChannelFlow(active: true)))
                == .resumePublishing(send: .channelFlowOk(ChannelFlowOk(active: true))))
        #expect(machine.nextPublish(isGateOpen: true) == RequestID(1))
    }

    @Test func `a channel whose connection is lost is closed at once, and one that is opened again is closed in order`() {
        var suspended = ChannelFixture.opened()
        #expect(suspended.connectionLost(.streamEnded, isRepublishing: true).isSuspended)
        #expect(suspended.closeRequested(RequestID(2), deadline: ChannelFixture.later)?.send == nil)
        #expect(suspended.reopenRequested() == nil, "it does not come back")

        var reopening = ChannelFixture.opened()
        _ = reopening.connectionLost(.streamEnded, isRepublishing: true)
        _ = reopening.reopenRequested()
        #expect(reopening.closeRequested(RequestID(2), deadline: ChannelFixture.later)?.send != nil)
        #expect(reopening.received(.channelCloseOk(ChannelCloseOk())) == .closed(RequestID(2)))
    }

    @Test func `a channel whose connection ended before it was opened is not opened`() {
        var machine = ChannelStateMachine(maximumBodyBytes: 1)
        #expect(machine.connectionEnded(.streamEnded) == [])
        #expect(machine.openRequested(RequestID(1), deadline: self.later) == nil)
        #expect(machine.connectionEnded(.streamEnded) == [], "nobody waits")
    }

    @Test func `what was answered before a loss is not answered again by the opening after it`() {
        var machine = ChannelFixture.confirming(window: 9)
        _ = machine.requested(RequestID(1), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.received(ChannelFixture.declared("a"))
        #expect(machine.answeredRequest == ChannelFixture.declare("a"))
        _ = machine.connectionLost(.streamEnded, isRepublishing: true)
        _ = machine.reopenRequested()
        guard case .reply(nil, .channelOpenOk, _) = machine.received(.channelOpenOk(ChannelOpenOk())) else {
            Issue.record("confirm mode is not selected anew")
            return
        }
        #expect(machine.answeredRequest == nil)
    }

    @Test(arguments: [true, false]) func `a channel on which confirm mode was not selected after all takes messages without confirms`(
        isLost: Bool
    ) {
        var machine = ChannelFixture.opened()
        if isLost {
            _ = machine.confirmsRequested(RequestID(1), window: 9, deadline: self.later)
            #expect(machine.connectionLost(.streamEnded, isRepublishing: true).waiters == [.request(RequestID(1))])
            _ = machine.reopenRequested()
            _ = machine.received(.channelOpenOk(ChannelOpenOk()))
        } else {
            _ = machine.requested(RequestID(0), ChannelFixture.declare("a"), deadline: self.later)
            _ = machine.confirmsRequested(RequestID(1), window: 9, deadline: self.later)
            #expect(machine.hasConfirms == true)
            #expect(machine.requestCancelled(RequestID(1)) == .request(RequestID(1)))
        }
        #expect(machine.hasConfirms == false)
        #expect(machine.sendRequested(isGateOpen: true) == .write)
    }

    @Test func `confirm mode that another waits for stays asked for`() {
        var machine = ChannelFixture.opened()
        _ = machine.requested(RequestID(0), ChannelFixture.declare("a"), deadline: self.later)
        _ = machine.confirmsRequested(RequestID(1), window: 9, deadline: self.later)
        _ = machine.confirmsRequested(RequestID(2), window: 9, deadline: self.later)
        _ = machine.requestCancelled(RequestID(1))
        #expect(machine.hasConfirms == true)
    }
}
