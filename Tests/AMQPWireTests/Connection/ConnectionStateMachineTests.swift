// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ConnectionStateMachineTests {
    let start = MonotonicInstant.now
    let tune = AMQPMethod.connectionTune(ConnectionTune(channelMax: 2_047, frameMax: 131_072, heartbeat: 60))
    let greeting = AMQPMethod.connectionStart(
        ConnectionStart(
            serverProperties: ["product": "RabbitMQ"], mechanisms: "AMQPLAIN PLAIN EXTERNAL", locales: "en_US"))
    let openOk = AMQPMethod.connectionOpenOk(ConnectionOpenOk())

    func machine(_ change: (inout ConnectionSettings) -> Void = { _ in }) -> ConnectionStateMachine {
        var settings = ConnectionSettings(
            mechanism: .plain(username: "user", password: AMQPSecret(Array("pass".utf8))), virtualHost: "/v",
            clientProperties: ["product": "test"])
        change(&settings)
        return ConnectionStateMachine(settings: settings)
    }

    /// A machine whose handshake is complete.
    func opened(_ change: (inout ConnectionSettings) -> Void = { _ in }) -> ConnectionStateMachine {
        var machine = self.machine(change)
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        _ = machine.received(self.tune, at: self.start)
        _ = machine.received(self.openOk, at: self.start)
        return machine
    }

    private func end(_ failure: AMQPFailure, send: AMQPMethod? = nil) -> ConnectionStateMachine.FrameAction {
        .end(ConnectionStateMachine.Ending(failure: failure, send: send))
    }

    private func violation(_ violation: ProtocolViolation) -> ConnectionStateMachine.FrameAction {
        self.end(
            .violation(violation),
            send: .connectionClose(ConnectionClose(replyCode: violation.replyCode, replyText: violation.text)))
    }

    private func isHandshakeViolation(_ action: ConnectionStateMachine.FrameAction) -> Bool {
        if case .end(let ending) = action, case .handshakeViolation = ending.failure { ending.send == nil } else { false }
    }

    // MARK: The handshake

    @Test func `the handshake goes from the greeting to open-ok`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        #expect(
            machine.received(self.greeting, at: self.start)
                == .send(
                    .connectionStartOk(
                        ConnectionStartOk(
                            clientProperties: ["product": "test"], mechanism: "PLAIN",
                            response: AMQPSecret([0] + Array("user".utf8) + [0] + Array("pass".utf8))))))
        #expect(machine.serverProperties["product"] == "RabbitMQ")
        #expect(
            machine.received(self.tune, at: self.start)
                == .tune(
                    ConnectionTuning(channelMaximum: 2_047, frameMaximum: 131_072, heartbeatSeconds: 30),
                    send: [
                        .connectionTuneOk(ConnectionTuneOk(channelMax: 2_047, frameMax: 131_072, heartbeat: 30)),
                        .connectionOpen(ConnectionOpen(virtualHost: "/v")),
                    ]))
        #expect(machine.received(self.openOk, at: self.start) == .opened(send: nil))
        #expect(machine.failure == nil)
        #expect(machine.isGateOpen == true)
    }

    @Test func `external credentials are sent as an empty response`() {
        var machine = self.machine { $0.mechanism = .external }
        machine.streamOpened(at: self.start)
        guard case .send(.connectionStartOk(let startOk)) = machine.received(self.greeting, at: self.start) else {
            Issue.record("no start-ok")
            return
        }
        #expect(startOk.mechanism == "EXTERNAL")
        #expect(startOk.response.bytes.isEmpty)
    }

    @Test(arguments: ["AMQPLAIN", "", "PLAINER XPLAIN", "plain"])
    func `a broker without the mechanism is not sent the password`(mechanisms: String) {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        let greeting = ConnectionStart(serverProperties: [:], mechanisms: mechanisms, locales: "en_US")
        #expect(
            machine.received(.connectionStart(greeting), at: self.start)
                == self.end(.mechanismNotOffered("PLAIN", offered: mechanisms)))
    }

    @Test func `another version is refused, whichever way it is told`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        let greeting = ConnectionStart(versionMajor: 1, versionMinor: 0, serverProperties: [:], mechanisms: "PLAIN", locales: "")
        #expect(
            machine.received(.connectionStart(greeting), at: self.start)
                == self.end(.versionNotSupported(AMQPProtocolVersion(major: 1, minor: 0, revision: 0))))

        var other = self.machine()
        other.streamOpened(at: self.start)
        let version = AMQPProtocolVersion(major: 1, minor: 0, revision: 0)
        #expect(other.protocolHeaderReceived(version) == self.end(.versionNotSupported(version)))
    }

    @Test(arguments: [
        (theirs: ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0), agreed: (2_047, 131_072, 30)),
        (theirs: ConnectionTune(channelMax: 10, frameMax: 4_096, heartbeat: 5), agreed: (10, 4_096, 5)),
        (theirs: ConnectionTune(channelMax: .max, frameMax: .max, heartbeat: .max), agreed: (2_047, 131_072, 30)),
    ])
    func `the smaller limit holds, and zero is none`(theirs: ConnectionTune, agreed: (Int, Int, Int)) {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        guard case .tune(let tuning, _) = machine.received(.connectionTune(theirs), at: self.start) else {
            Issue.record("no tuning")
            return
        }
        #expect(Int(tuning.channelMaximum) == agreed.0)
        #expect(Int(tuning.frameMaximum) == agreed.1)
        #expect(Int(tuning.heartbeatSeconds) == agreed.2)
    }

    @Test func `frames shorter than the protocol's minimum are refused`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        guard
            case .end(let ending) = machine.received(
                .connectionTune(ConnectionTune(channelMax: 1, frameMax: 4_095, heartbeat: 0)), at: self.start),
            case .tuningNotAcceptable = ending.failure
        else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `a refused password is told by a close, or by the end of the stream alone`() {
        let refusal = ConnectionClose(replyCode: .accessRefused, replyText: "ACCESS_REFUSED - Login was refused")
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        #expect(
            machine.received(.connectionClose(refusal), at: self.start)
                == self.end(.authenticationRefused(reason: refusal.replyText), send: .connectionCloseOk(ConnectionCloseOk())))

        var silent = self.machine()
        silent.streamOpened(at: self.start)
        _ = silent.received(self.greeting, at: self.start)
        #expect(silent.streamClosed(isOrderly: true) == .authenticationRefused(reason: nil))
        #expect(silent.streamClosed(isOrderly: true) == nil)
    }

    @Test func `a stream that ends on the credentials of a broker that would have said why is a lost connection`() {
        let properties: AMQPTable = ["capabilities": ["authentication_failure_close": true]]
        let greeting = ConnectionStart(serverProperties: properties, mechanisms: "PLAIN", locales: "en_US")
        var telling = self.machine()
        telling.streamOpened(at: self.start)
        _ = telling.received(.connectionStart(greeting), at: self.start)
        #expect(telling.streamClosed(isOrderly: true) == .streamEnded)
        var broken = self.machine()
        broken.streamOpened(at: self.start)
        _ = broken.received(self.greeting, at: self.start)
        #expect(broken.streamClosed(isOrderly: false) == .streamEnded, "it broke")
    }

    @Test func `who wants no heartbeats gets none`() {
        var machine = self.machine { $0.heartbeatSeconds = 0 }
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        guard case .tune(let tuning, _) = machine.received(self.tune, at: self.start) else {
            Issue.record("no tuning")
            return
        }
        #expect(tuning.heartbeatSeconds == 0)
    }

    @Test func `a refused virtual host is told as the broker tells it`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        _ = machine.received(self.tune, at: self.start)
        let refusal = ConnectionClose(replyCode: .notAllowed, replyText: "no vhost", classID: 10, methodID: 40)
        #expect(
            machine.received(.connectionClose(refusal), at: self.start)
                == self.end(
                    .connectionClosedByPeer(PeerClose(replyCode: .notAllowed, replyText: "no vhost", classID: 10, methodID: 40)),
                    send: .connectionCloseOk(ConnectionCloseOk())))
    }

    @Test func `a further SASL step is refused by a mechanism of one step`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        guard case .end(let ending) = machine.received(.connectionSecure(ConnectionSecure(challenge: [1])), at: self.start),
            case .authenticationAbandoned = ending.failure
        else {
            Issue.record("answered")
            return
        }
        #expect(ending.send == nil)
    }

    @Test func `challenges are answered by the mechanism's copy, as many as there are`() {
        let settings = ConnectionSettings(mechanism: CountingMechanism(), virtualHost: "/")
        var machine = ConnectionStateMachine(settings: settings)
        machine.streamOpened(at: self.start)
        let greeting = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN COUNT", locales: "en_US")
        #expect(
            machine.received(.connectionStart(greeting), at: self.start)
                == .send(.connectionStartOk(ConnectionStartOk(clientProperties: [:], mechanism: "COUNT", response: AMQPSecret([0])))))
        for step in 1...2 as ClosedRange<UInt8> {
            #expect(
                machine.received(.connectionSecure(ConnectionSecure(challenge: [7])), at: self.start)
                    == .send(.connectionSecureOk(ConnectionSecureOk(response: AMQPSecret([step, 7])))))
        }
        #expect(
            machine.received(.connectionSecure(ConnectionSecure(challenge: [])), at: self.start)
                == self.end(.authenticationAbandoned(AMQPAuthenticationError("enough"))))
        #expect(machine.settings.mechanism as? CountingMechanism == CountingMechanism(), "the next connection begins anew")
    }

    @Test(arguments: [
        (PlainMechanism(username: "me", password: AMQPSecret([0x70, 0])) as any AMQPAuthenticationMechanism),
        AMQPlainMechanism(username: "me", password: AMQPSecret([0xFF])),
    ])
    func `what a mechanism cannot say is not sent`(mechanism: any AMQPAuthenticationMechanism) {
        var machine = self.machine { $0.mechanism = mechanism }
        machine.streamOpened(at: self.start)
        guard case .end(let ending) = machine.received(self.greeting, at: self.start), case .authenticationAbandoned = ending.failure else {
            Issue.record("sent")
            return
        }
        #expect(ending.send == nil)
    }

    @Test func `AMQPLAIN is a table without its length`() throws {
        var mechanism = AMQPlainMechanism(username: "me", password: AMQPSecret(Array("pw".utf8)))
        #expect(
            try mechanism.initialResponse().bytes
                == Array("\u{5}LOGINS\0\0\0\u{2}me\u{8}PASSWORDS\0\0\0\u{2}pw".utf8))
        mechanism.secretUpdated(AMQPSecret(Array("new".utf8)))
        #expect(mechanism.password == AMQPSecret(Array("new".utf8)))
        #expect(!String(reflecting: mechanism).contains("110"), "no byte of it in a description")
    }

    @Test func `a connection on which nothing can be made anew has ended, and nothing is due of it`() {
        var machine = self.opened { $0.heartbeatSeconds = 10 }
        #expect(machine.recoveryAbandoned(.timedOut) == .init(failure: .timedOut, isOrderly: false))
        #expect(machine.failure == .timedOut)
        #expect(machine.nextDeadline == nil)
        #expect(machine.deadlinePassed(at: self.start + .seconds(60)) == .none)
        #expect(machine.recoveryAbandoned(.streamEnded) == nil)
        #expect(machine.failure == .timedOut)
    }

    /// Counts its steps, and has two.
    private struct CountingMechanism: AMQPAuthenticationMechanism {
        var step: UInt8 = 0

        var name: String { "COUNT" }

        func initialResponse() -> AMQPSecret { AMQPSecret([self.step]) }

        mutating func response(to challenge: [UInt8]) throws(AMQPAuthenticationError) -> AMQPSecret {
            self.step += 1
            guard self.step < 3 else { throw AMQPAuthenticationError("enough") }
            return AMQPSecret([self.step] + challenge)
        }
    }

    @Test func `a stream that ends before the credentials were sent is a lost connection`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        #expect(machine.streamClosed(isOrderly: true) == .streamEnded)
    }

    @Test func `a silent peer ends the handshake at its deadline`() {
        var machine = self.machine { $0.handshakeTimeout = .seconds(3) }
        #expect(machine.nextDeadline == nil)
        machine.streamOpened(at: self.start)
        #expect(machine.nextDeadline == self.start + .seconds(3))
        _ = machine.received(self.greeting, at: self.start + .seconds(1))
        #expect(machine.nextDeadline == self.start + .seconds(3), "the deadline is the whole handshake's")
        #expect(machine.deadlinePassed(at: self.start + .milliseconds(2_999)) == .none)
        #expect(
            machine.deadlinePassed(at: self.start + .seconds(3))
                == .end(ConnectionStateMachine.Ending(failure: .handshakeTimedOut, isOrderly: false)))
        #expect(machine.failure == .handshakeTimedOut)
    }

    @Test func `a cancelled attempt ends at once, an open connection does not`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        #expect(machine.openingCancelled() == ConnectionStateMachine.Ending(failure: .cancelled, isOrderly: false))
        #expect(machine.openingCancelled() == nil)
        var open = self.opened()
        #expect(open.openingCancelled() == nil)
    }

    @Test func `what comes before its time ends the handshake, and the peer is not told`() {
        let methods = [
            self.tune, self.openOk, .connectionCloseOk(ConnectionCloseOk()), .connectionBlocked(ConnectionBlocked(reason: "")),
            .connectionUnblocked(ConnectionUnblocked()), .queueDeclareOk(QueueDeclareOk(queue: "", messageCount: 0, consumerCount: 0)),
        ]
        for method in methods {
            var machine = self.machine()
            machine.streamOpened(at: self.start)
            #expect(self.isHandshakeViolation(machine.received(method, at: self.start)))
        }
        var machine = self.machine()
        #expect(self.isHandshakeViolation(machine.received(self.greeting, at: self.start)), "the greeting before the header")
        var second = self.machine()
        second.streamOpened(at: self.start)
        #expect(self.isHandshakeViolation(second.frameReceived(onChannel: 1)))
        var third = self.machine()
        third.streamOpened(at: self.start)
        #expect(self.isHandshakeViolation(third.contentReceived()))
        var fourth = self.machine()
        fourth.streamOpened(at: self.start)
        #expect(self.isHandshakeViolation(fourth.violated(ProtocolViolation(AMQPWireError(.unknownFrameType, message: "H")))))
    }

    // MARK: The open connection

    @Test func `there is no channel before the connection is open`() {
        var machine = self.machine()
        #expect(machine.channelRequested() == .fail(.connectionClosed))
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        _ = machine.received(.connectionTune(ConnectionTune(channelMax: 3, frameMax: 0, heartbeat: 0)), at: self.start)
        #expect(machine.channelRequested() == .fail(.connectionClosed))
        #expect(machine.received(.connectionOpenOk(ConnectionOpenOk()), at: self.start) == .opened(send: nil))
        #expect(machine.channelRequested() == .open(1))
    }

    @Test func `channel numbers begin at 1, end at the limit, and come again in the order of their release`() {
        var machine = self.opened { $0.channelMaximum = 3 }
        #expect(machine.channelRequested() == .open(1))
        #expect(machine.channelRequested() == .open(2))
        machine.channelReleased(1)
        #expect(machine.channelRequested() == .open(3))
        machine.channelReleased(3)
        #expect(machine.channelRequested() == .open(1))
        #expect(machine.channelRequested() == .open(3))
        #expect(machine.channelRequested() == .fail(.channelsExhausted(maximum: 3)))
        machine.channelReleased(2)
        machine.channelReleased(2)
        #expect(machine.channelRequested() == .open(2))
        #expect(machine.channelRequested() == .fail(.channelsExhausted(maximum: 3)))
    }

    @Test func `a certain number is given out once, and those below it come after the fresh ones`() {
        var unopened = self.machine()
        #expect(unopened.channelRequested(1) == .connectionClosed)
        var machine = self.opened { $0.channelMaximum = 4 }
        #expect(machine.channelRequested(3) == nil)
        #expect(machine.channelRequested(3) == .channelsExhausted(maximum: 4))
        #expect(machine.channelRequested(5) == .channelsExhausted(maximum: 4))
        #expect(machine.channelRequested(0) == .channelsExhausted(maximum: 4))
        #expect(machine.frameReceived(onChannel: 3) == .route)
        #expect(machine.channelRequested(2) == nil)
        #expect(machine.channelRequested() == .open(4))
        #expect(machine.channelRequested() == .open(1))
        #expect(machine.channelRequested() == .fail(.channelsExhausted(maximum: 4)))
    }

    @Test func `a frame goes to an open channel only`() {
        var machine = self.opened()
        _ = machine.channelRequested()
        #expect(machine.frameReceived(onChannel: 1) == .route)
        machine.channelReleased(1)
        #expect(machine.frameReceived(onChannel: 1) == self.violation(.unknownChannel(1)))
        #expect(machine.frameReceived(onChannel: 1) == .none, "behind the end, nothing counts")
    }

    @Test func `breaches of the protocol close an open connection with their code`() {
        var heartbeat = self.opened()
        #expect(heartbeat.heartbeatReceived(onChannel: 0) == .none)
        #expect(heartbeat.heartbeatReceived(onChannel: 4) == self.violation(.unexpectedFrame("a heartbeat on channel 4")))
        var content = self.opened()
        #expect(content.contentReceived() == self.violation(.unexpectedFrame("a content on channel 0")))
        var header = self.opened()
        #expect(header.protocolHeaderReceived(.current) == self.violation(.unexpectedFrame("a protocol header")))
        var wire = self.opened()
        let malformed = ProtocolViolation(AMQPWireError(.frameEndMissing, message: "no end"))
        #expect(malformed.replyCode == .frameError)
        #expect(wire.violated(malformed) == self.violation(malformed))
        for method in [self.greeting, self.tune, self.openOk, .connectionCloseOk(ConnectionCloseOk()), .channelOpenOk(ChannelOpenOk())] {
            var machine = self.opened()
            #expect(
                machine.received(method, at: self.start)
                    == self.violation(.unexpectedMethod("a method that makes no sense at this point")))
        }
    }

    @Test func `a broker that is blocked, and a stream that is full, close the gate`() {
        var machine = self.opened()
        #expect(
            machine.received(.connectionBlocked(ConnectionBlocked(reason: "low on memory")), at: self.start)
                == .blocked(reason: "low on memory"))
        #expect(machine.isGateOpen == false)
        machine.streamFilled(true)
        #expect(machine.received(.connectionUnblocked(ConnectionUnblocked()), at: self.start) == .unblocked)
        #expect(machine.isGateOpen == false)
        machine.streamFilled(false)
        #expect(machine.isGateOpen == true)
    }

    @Test func `the broker's close is answered`() {
        var machine = self.opened()
        let close = ConnectionClose(replyCode: .connectionForced, replyText: "CONNECTION_FORCED - bye")
        let failure = AMQPFailure.connectionClosedByPeer(PeerClose(replyCode: .connectionForced, replyText: close.replyText))
        #expect(
            machine.received(.connectionClose(close), at: self.start)
                == self.end(failure, send: .connectionCloseOk(ConnectionCloseOk())))
        #expect(machine.failure == failure)
        #expect(machine.channelRequested() == .fail(failure))
        #expect(machine.closeRequested(at: self.start) == nil)
        #expect(machine.streamClosed(isOrderly: true) == nil)
        #expect(machine.nextDeadline == nil)
    }

    @Test func `a 403 after the handshake is no refusal of the credentials`() {
        var machine = self.opened()
        guard
            case .end(let ending) = machine.received(
                .connectionClose(ConnectionClose(replyCode: .accessRefused, replyText: "")), at: self.start)
        else {
            Issue.record("not closed")
            return
        }
        #expect(ending.failure == .connectionClosedByPeer(PeerClose(replyCode: .accessRefused, replyText: "")))
    }

    @Test func `an orderly close waits for its answer and drops all else`() {
        var machine = self.opened { $0.closeTimeout = .seconds(2) }
        _ = machine.channelRequested()
        #expect(
            machine.closeRequested(at: self.start)
                == .connectionClose(ConnectionClose(replyCode: .replySuccess, replyText: "done")))
        #expect(machine.closeRequested(at: self.start) == nil)
        #expect(machine.failure == .connectionClosed)
        #expect(machine.channelRequested() == .fail(.connectionClosed))
        #expect(machine.frameReceived(onChannel: 1) == .none)
        #expect(machine.frameReceived(onChannel: 9) == .none)
        #expect(machine.contentReceived() == .none)
        #expect(machine.received(.connectionBlocked(ConnectionBlocked(reason: "")), at: self.start) == .none)
        #expect(machine.nextDeadline == self.start + .seconds(2))
        #expect(machine.received(.connectionCloseOk(ConnectionCloseOk()), at: self.start) == self.end(.connectionClosed))
    }

    @Test func `a close that meets the broker's own is answered and over`() {
        var machine = self.opened()
        _ = machine.closeRequested(at: self.start)
        #expect(
            machine.received(.connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: "")), at: self.start)
                == self.end(.connectionClosed, send: .connectionCloseOk(ConnectionCloseOk())))
    }

    @Test func `a close that nobody answers is over at its deadline, or with the stream, or with garbage`() {
        var machine = self.opened { $0.closeTimeout = .seconds(2) }
        _ = machine.closeRequested(at: self.start)
        #expect(machine.deadlinePassed(at: self.start + .seconds(1)) == .none)
        #expect(
            machine.deadlinePassed(at: self.start + .seconds(2))
                == .end(ConnectionStateMachine.Ending(failure: .connectionClosed, isOrderly: false)))
        var ended = self.opened()
        _ = ended.closeRequested(at: self.start)
        #expect(ended.streamClosed(isOrderly: true) == .connectionClosed)
        var garbled = self.opened()
        _ = garbled.closeRequested(at: self.start)
        #expect(garbled.violated(.unknownChannel(1)) == self.end(.connectionClosed))
    }

    // MARK: Heartbeats

    @Test func `a heartbeat is sent when nothing was for half an interval`() {
        var machine = self.opened { $0.heartbeatSeconds = 10 }
        #expect(machine.nextDeadline == self.start + .seconds(5))
        machine.bytesReceived(at: self.start + .seconds(4))
        machine.bytesSent(at: self.start + .seconds(4))
        #expect(machine.nextDeadline == self.start + .seconds(9))
        #expect(machine.deadlinePassed(at: self.start + .seconds(8)) == .none)
        #expect(machine.deadlinePassed(at: self.start + .seconds(9)) == .sendHeartbeat)
    }

    @Test func `a peer that is silent for two intervals is dead`() {
        var machine = self.opened { $0.heartbeatSeconds = 10 }
        machine.bytesReceived(at: self.start + .seconds(1))
        machine.bytesSent(at: self.start + .seconds(20))
        #expect(machine.nextDeadline == self.start + .seconds(21))
        #expect(machine.deadlinePassed(at: self.start + .milliseconds(20_999)) == .none)
        #expect(
            machine.deadlinePassed(at: self.start + .seconds(21))
                == .end(ConnectionStateMachine.Ending(failure: .peerSilent(seconds: 20), isOrderly: false)))
        #expect(machine.nextDeadline == nil)
        #expect(machine.deadlinePassed(at: self.start + .seconds(99)) == .none)
    }

    @Test func `without heartbeats nothing is due`() {
        var machine = self.machine { $0.heartbeatSeconds = 0 }
        machine.streamOpened(at: self.start)
        _ = machine.received(self.greeting, at: self.start)
        _ = machine.received(.connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)), at: self.start)
        _ = machine.received(self.openOk, at: self.start)
        #expect(machine.nextDeadline == nil)
        #expect(machine.deadlinePassed(at: self.start + .seconds(1_000_000)) == .none)
    }

    @Test func `what cannot be encoded ends the connection`() {
        var machine = self.machine()
        machine.streamOpened(at: self.start)
        let error = AMQPWireError(.valueTooLong, message: "too long")
        #expect(machine.notEncoded(error) == self.end(.notEncodable(error)))
        #expect(machine.notEncoded(error) == .none)
    }
}
