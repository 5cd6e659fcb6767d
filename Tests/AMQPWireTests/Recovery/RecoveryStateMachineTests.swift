// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

/// What becomes of a connection over its losses.
@Suite struct RecoveryStateMachineTests {
    private let start = MonotonicInstant.now
    private let settings = RecoverySettings(
        initialDelay: .seconds(1), maximumDelay: .seconds(30), maximumAttempts: nil, reopenTimeout: .seconds(5))

    private func connected(_ settings: RecoverySettings?) -> RecoveryStateMachine {
        var machine = RecoveryStateMachine(settings: settings)
        _ = machine.connectionOpened(at: self.start)
        return machine
    }

    /// Lost, and in the middle of its first round.
    private func connecting() -> RecoveryStateMachine {
        var machine = self.connected(self.settings)
        _ = machine.connectionEnded(.streamEnded)
        _ = machine.roundRequested(at: self.start, jitter: 0)
        _ = machine.deadlinePassed(at: self.start)
        return machine
    }

    @Test(arguments: [
        (1, 1.0, 1.0), (2, 1.0, 2.0), (3, 1.0, 4.0), (5, 1.0, 16.0), (6, 1.0, 30.0), (400, 1.0, 30.0), (3, 0.25, 1.0), (9, 0.0, 0.0),
        (0, 1.0, 1.0), (1, -5.0, 0.0), (1, 5.0, 1.0),
    ])
    func `the bound of the pause doubles up to the maximum, and the pause is a random part of it`(
        attempt: Int, jitter: Double, seconds: Double
    ) {
        #expect(self.settings.delay(before: attempt, jitter: jitter) == .seconds(seconds))
    }

    @Test(arguments: [
        AMQPFailure.streamEnded, .peerSilent(seconds: 60), .violation(.unexpectedMethod("x")),
        .connectionClosedByPeer(PeerClose(replyCode: .connectionForced, replyText: "")),
        .connectionClosedByPeer(PeerClose(replyCode: .internalError, replyText: "")),
        .connectionClosedByPeer(PeerClose(replyCode: .frameError, replyText: "")),
        .connectionClosedByPeer(PeerClose(replyCode: .notAllowed, replyText: "the virtual host is deleted")),
    ])
    func `a connection that ends without this side's wish is to be made anew`(failure: AMQPFailure) {
        var machine = self.connected(self.settings)
        #expect(machine.connectionEnded(failure) == .suspend)
        #expect(machine.isAway == true)
        #expect(machine.isLost == true)
        #expect(machine.hasEnded == false)
    }

    @Test func `without settings the first loss is the end`() {
        var machine = self.connected(nil)
        #expect(machine.connectionEnded(.streamEnded) == .end)
        #expect(machine.hasEnded == true)
        #expect(machine.isAway == false)
        #expect(machine.roundRequested(at: self.start, jitter: 1) == .none)
    }

    @Test func `a first connection that does not come about is not tried again`() {
        var machine = RecoveryStateMachine(settings: self.settings)
        #expect(machine.connectionEnded(.streamEnded) == .end)
        #expect(machine.hasEnded == true)
    }

    @Test func `a close that was asked for is the end, and at once where there is no connection`() {
        var machine = self.connected(self.settings)
        #expect(machine.closeRequested() == false)
        #expect(machine.connectionEnded(.streamEnded) == .end)
        var lost = self.connected(self.settings)
        _ = lost.connectionEnded(.streamEnded)
        #expect(lost.closeRequested() == true)
        #expect(lost.hasEnded == true)
        #expect(lost.roundRequested(at: self.start, jitter: 1) == .none)
        #expect(lost.closeRequested() == false, "it has ended already")
    }

    @Test func `a round begins after its pause, and the pauses grow from round to round`() {
        var machine = self.connected(self.settings)
        _ = machine.connectionEnded(.streamEnded)
        var now = self.start
        for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
            let deadline = now + .seconds(seconds)
            #expect(machine.roundRequested(at: now, jitter: 1) == .pause(until: deadline, attempt: attempt))
            #expect(machine.nextDeadline == deadline)
            #expect(machine.deadlinePassed(at: deadline - .nanoseconds(1)) == .none)
            #expect(machine.deadlinePassed(at: deadline) == .connect)
            #expect(machine.isConnecting == true)
            #expect(machine.connectionEnded(.handshakeTimedOut) == .suspend, "one endpoint of the round")
            #expect(machine.isConnecting == true, "the next endpoint's turn")
            machine.roundFailed()
            #expect(machine.isLost == true)
            now = deadline
        }
    }

    @Test func `after the last attempt it gives up`() {
        var settings = self.settings
        settings.maximumAttempts = 2
        var machine = self.connected(settings)
        _ = machine.connectionEnded(.streamEnded)
        for attempt in 1...2 {
            #expect(machine.roundRequested(at: self.start, jitter: 0) == .pause(until: self.start, attempt: attempt))
            _ = machine.deadlinePassed(at: self.start)
            machine.roundFailed()
        }
        #expect(machine.roundRequested(at: self.start, jitter: 0) == .giveUp)
        #expect(machine.hasEnded == true)
    }

    @Test func `it is there again when the last channel is as it was`() {
        var machine = self.connecting()
        var now = self.start
        now += .seconds(3)
        #expect(machine.connectionOpened(at: now) == true)
        #expect(machine.topologyRedeclared(reopening: [1, 2], at: now) == .wait)
        #expect(machine.nextDeadline == now + .seconds(5))
        #expect(machine.channelSettled(7, at: now) == .wait, "no channel of before")
        #expect(machine.channelSettled(2, at: now) == .wait)
        #expect(machine.channelSettled(2, at: now) == .wait, "it counts once")
        #expect(machine.isAway == true)
        let summary = RecoveryStateMachine.Summary(attempts: 1, duration: .seconds(4))
        #expect(machine.channelSettled(1, at: now + .seconds(1)) == .recovered(summary))
        #expect(machine.isAway == false)
        #expect(machine.nextDeadline == nil)
    }

    @Test func `without channels it is there as soon as the topology is`() {
        var machine = self.connecting()
        let now = self.start
        #expect(machine.connectionOpened(at: now) == true)
        #expect(machine.topologyRedeclared(reopening: [], at: now) == .recovered(.init(attempts: 1, duration: .zero)))
    }

    @Test func `channels that take too long end the attempt`() {
        var machine = self.connecting()
        let now = self.start
        _ = machine.connectionOpened(at: now)
        _ = machine.topologyRedeclared(reopening: [1], at: now)
        #expect(machine.deadlinePassed(at: now + .seconds(4)) == .none)
        #expect(machine.deadlinePassed(at: now + .seconds(5)) == .abandon)
    }

    @Test func `channels may take as long as they need, if only the broker goes on answering for them`() {
        var machine = self.connecting()
        var now = self.start
        _ = machine.connectionOpened(at: now)
        _ = machine.topologyRedeclared(reopening: [1, 2], at: now)
        for _ in 0..<10 {
            now += .seconds(4)
            machine.channelAdvanced(1, at: now)
            #expect(machine.nextDeadline == now + .seconds(5))
        }
        now += .seconds(4)
        _ = machine.channelSettled(1, at: now)
        let deadline = now + .seconds(5)
        #expect(machine.nextDeadline == deadline)
        machine.channelAdvanced(1, at: now + .seconds(1))
        #expect(machine.nextDeadline == deadline, "what is asked of one that is there again says nothing of the other")
        #expect(machine.deadlinePassed(at: deadline) == .abandon)
    }

    @Test func `what is held exclusively may be held by the lost connection, for a time`() {
        var settings = self.settings
        settings.lockTimeout = .seconds(90)
        var machine = self.connected(settings)
        #expect(machine.isRefusalOfTheLost(at: self.start) == false)
        _ = machine.connectionEnded(.streamEnded)
        _ = machine.roundRequested(at: self.start, jitter: 0)
        #expect(machine.isRefusalOfTheLost(at: self.start + .seconds(89)) == true)
        #expect(machine.isRefusalOfTheLost(at: self.start + .seconds(90)) == false)
    }

    @Test func `a loss on the way starts over, and counts`() {
        var machine = self.connecting()
        let now = self.start
        _ = machine.connectionOpened(at: now)
        #expect(machine.connectionEnded(.streamEnded) == .suspend)
        #expect(machine.roundRequested(at: now, jitter: 1) == .pause(until: now + .seconds(2), attempt: 2))
        _ = machine.deadlinePassed(at: now + .seconds(2))
        _ = machine.connectionOpened(at: now + .seconds(2))
        _ = machine.topologyRedeclared(reopening: [1], at: now + .seconds(2))
        #expect(machine.connectionEnded(.streamEnded) == .suspend)
        #expect(machine.roundRequested(at: now, jitter: 1) == .pause(until: now + .seconds(4), attempt: 3))
    }

    @Test(arguments: [(29, 2), (30, 1)])
    func `a connection that did not last counts as a failed attempt`(seconds: Int, attempt: Int) {
        var machine = self.connecting()
        var now = self.start
        _ = machine.connectionOpened(at: now)
        _ = machine.topologyRedeclared(reopening: [], at: now)
        now += .seconds(seconds)
        #expect(machine.connectionEnded(.streamEnded) == .suspend)
        #expect(machine.roundRequested(at: now, jitter: 0) == .pause(until: now, attempt: attempt))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `whatever happens, it ends for good or has a way on`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = RecoveryStateMachine(settings: self.settings)
        var now = self.start
        for _ in 0..<500 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: _ = machine.connectionOpened(at: now)
            case 1: _ = machine.connectionEnded(.streamEnded)
            case 2: _ = machine.roundRequested(at: now, jitter: 0.5)
            case 3: machine.roundFailed()
            case 4: _ = machine.topologyRedeclared(reopening: [1, 2], at: now)
            case 5: _ = machine.channelSettled(.random(in: 0...3, using: &generator), at: now)
            case 6: machine.channelAdvanced(.random(in: 0...3, using: &generator), at: now)
            case 7: now += .seconds(1)
            default: _ = machine.deadlinePassed(at: now)
            }
            let isBoth = machine.isAway && machine.hasEnded
            #expect(!isBoth)
            if machine.isLost {
                guard case .pause(let deadline, _) = machine.roundRequested(at: now, jitter: 1) else {
                    Issue.record("lost, and no way on")
                    return
                }
                #expect(machine.deadlinePassed(at: deadline) == .connect)
            }
        }
    }
}
