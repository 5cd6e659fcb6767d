// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

// A new secret for a connection, whatever it is at.
extension ConnectionStateMachineTests {
    @Test func `a new secret is sent, and kept for the next connection when the broker has taken it`() {
        var machine = self.opened()
        let first = AMQPSecret([1])
        let second = AMQPSecret([2])
        let later = self.start + .seconds(30)
        for (id, secret) in [(1 as UInt64, first), (2, second)] {
            #expect(
                machine.secretUpdateRequested(RequestID(id), secret, reason: "due", deadline: later)
                    == .send(.connectionUpdateSecret(ConnectionUpdateSecret(newSecret: secret, reason: "due"))))
        }
        let taken = AMQPMethod.connectionUpdateSecretOk(ConnectionUpdateSecretOk())
        #expect(machine.received(taken, at: self.start) == .secretUpdated(RequestID(1)))
        #expect((machine.settings.mechanism as? PlainMechanism)?.password == first)
        #expect(machine.received(taken, at: self.start) == .secretUpdated(RequestID(2)))
        #expect((machine.settings.mechanism as? PlainMechanism)?.password == second)
        guard case .end(let ending) = machine.received(taken, at: self.start), case .violation = ending.failure else {
            Issue.record("answered twice")
            return
        }
        #expect((machine.settings.mechanism as? PlainMechanism)?.password == second)
    }

    private func password(_ machine: borrowing ConnectionStateMachine) -> AMQPSecret? {
        (machine.settings.mechanism as? PlainMechanism)?.password
    }

    @Test func `a new secret that comes without a connection is what the next one is made with`() {
        let secret = AMQPSecret(Array("new".utf8))
        let credentials = AMQPSecret([0] + Array("user".utf8) + [0] + secret.bytes)
        var machine = self.machine()
        #expect(machine.secretUpdateRequested(RequestID(1), secret, reason: "", deadline: self.start) == .succeed)
        #expect(self.password(machine) == secret)
        machine.streamOpened(at: self.start)
        guard case .send(.connectionStartOk(let startOk)) = machine.received(self.greeting, at: self.start) else {
            Issue.record("no start-ok")
            return
        }
        #expect(startOk.response == credentials, "it was not too late for this one")

        var ended = self.opened()
        _ = ended.streamClosed(isOrderly: true)
        #expect(ended.secretUpdateRequested(RequestID(1), secret, reason: "", deadline: self.start) == .succeed)
        #expect(self.password(ended) == secret)

        var closing = self.opened()
        _ = closing.closeRequested(at: self.start)
        #expect(closing.secretUpdateRequested(RequestID(1), secret, reason: "", deadline: self.start) == .fail(.connectionClosed))
    }

    @Test func `a new secret that comes when the old one was shown is told to the broker that agrees to the old one`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        let secret = AMQPSecret([1])
        #expect(machine.secretUpdateRequested(RequestID(1), secret, reason: "due", deadline: self.start) == .succeed)
        #expect(self.password(machine) == secret)
        _ = machine.received(self.tune, at: self.start)
        let update = AMQPMethod.connectionUpdateSecret(ConnectionUpdateSecret(newSecret: secret, reason: "due"))
        #expect(machine.received(self.openOk, at: self.start) == .opened(send: update))
        let taken = AMQPMethod.connectionUpdateSecretOk(ConnectionUpdateSecretOk())
        #expect(machine.received(taken, at: self.start) == .secretUpdated(nil))
    }

    @Test(arguments: [
        (nil, true), (AMQPReplyCode.connectionForced, true), (.notAllowed, false),
    ])
    func `a secret that was not answered for when the connection is lost is kept, unless the broker refused it`(
        code: AMQPReplyCode?, isKept: Bool
    ) {
        var machine = self.opened()
        let old = self.password(machine)
        _ = machine.secretUpdateRequested(RequestID(1), AMQPSecret([1]), reason: "", deadline: self.start + .seconds(9))
        _ = machine.secretUpdateRequested(RequestID(2), AMQPSecret([2]), reason: "", deadline: self.start + .seconds(9))
        if let code {
            _ = machine.received(.connectionClose(ConnectionClose(replyCode: code, replyText: "")), at: self.start)
        } else {
            _ = machine.streamClosed(isOrderly: false)
        }
        #expect(machine.secretUpdatesSuspended() == isKept)
        #expect(self.password(machine) == (isKept ? AMQPSecret([2]) : old))
    }

    @Test func `a new secret that nobody waits for any more is still taken`() {
        var machine = self.opened { $0.heartbeatSeconds = 0 }
        let taken = AMQPMethod.connectionUpdateSecretOk(ConnectionUpdateSecretOk())
        _ = machine.secretUpdateRequested(RequestID(1), AMQPSecret([1]), reason: "", deadline: self.start + .seconds(1))
        _ = machine.secretUpdateRequested(RequestID(2), AMQPSecret([2]), reason: "", deadline: self.start + .seconds(2))
        _ = machine.secretUpdateRequested(RequestID(3), AMQPSecret([3]), reason: "", deadline: self.start + .seconds(3))
        #expect(machine.secretUpdateCancelled(RequestID(2)) == true)
        #expect(machine.secretUpdateCancelled(RequestID(2)) == false)
        #expect(machine.nextDeadline == self.start + .seconds(1))
        #expect(machine.secretUpdatesExpired(at: self.start) == [])
        #expect(machine.secretUpdatesExpired(at: self.start + .seconds(2)) == [RequestID(1)])
        #expect(machine.nextDeadline == self.start + .seconds(3))
        #expect(machine.received(taken, at: self.start) == .secretUpdated(nil))
        #expect(machine.received(taken, at: self.start) == .secretUpdated(nil))
        #expect(machine.received(taken, at: self.start) == .secretUpdated(RequestID(3)))
        #expect((machine.settings.mechanism as? PlainMechanism)?.password == AMQPSecret([3]))
    }
}
