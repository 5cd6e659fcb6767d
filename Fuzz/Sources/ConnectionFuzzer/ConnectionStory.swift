// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// A connection's life as the fuzzer's bytes tell it, beside a plain account of what must hold at each step.
struct ConnectionStory: ~Copyable {
    private var script: Script
    private var machine: ConnectionStateMachine
    private let settings: ConnectionSettings
    private var now = MonotonicInstant.now
    private var handshakeDeadline: MonotonicInstant?
    private var closeDeadline: MonotonicInstant?
    private var isOpen = false
    private var hasEnded = false
    private var isBlocked = false
    private var isStreamFull = false
    private var channelMaximum: UInt16 = 0
    private var channels: Set<UInt16> = []
    /// Those who wait for the broker to take a new secret.
    private var secrets: Set<RequestID> = []
    private var lastID: UInt64 = 0

    init(_ script: Script) {
        self.script = script
        self.settings = ConnectionSettings(
            mechanism: Self.mechanism(self.script.number(below: 3)), virtualHost: "/",
            heartbeatSeconds: self.script.choice([0, 1, 10, 65_535]), frameMaximum: self.script.choice([4_096, 8_192, 131_072, .max]),
            channelMaximum: self.script.choice([1, 3, 2_047, 65_535]), handshakeTimeout: .seconds(10), closeTimeout: .seconds(5))
        self.machine = ConnectionStateMachine(settings: self.settings)
    }

    private static func mechanism(_ number: Int) -> any AMQPAuthenticationMechanism {
        switch number {
        case 0: PlainMechanism(username: "user", password: AMQPSecret([1, 2, 3]))
        case 1: AMQPlainMechanism(username: "user", password: AMQPSecret([1, 2, 3]))
        default: ExternalMechanism()
        }
    }

    mutating func run() {
        // Half of the stories begin with a handshake, so that they get somewhere soon.
        if self.script.flag() { self.shakeHands() }
        while !self.script.isAtEnd {
            let failure = self.machine.failure
            self.step()
            if self.hasEnded { invariant(self.machine.failure != nil, "an end without a reason") }
            if let failure, self.closeDeadline == nil { invariant(self.machine.failure == failure, "the reason changes") }
            invariant(self.machine.isGateOpen == !(self.isBlocked || self.isStreamFull), "the gate")
            self.checkDeadline()
        }
        self.letTimePass()
    }

    private mutating func shakeHands() {
        self.openStream()
        let mechanisms = "PLAIN AMQPLAIN EXTERNAL"
        self.receive(.connectionStart(ConnectionStart(serverProperties: [:], mechanisms: mechanisms, locales: "en_US")))
        self.receive(.connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)))
        self.receive(.connectionOpenOk(ConnectionOpenOk()))
        invariant(self.isOpen, "a plain handshake does not open the connection")
    }

    private mutating func step() {
        switch self.script.number(below: 20) {
        case 0: self.openStream()
        case 1..<7: if let method = self.script.connectionMethod() { self.receive(method) }
        case 7: self.carryOut(self.machine.frameReceived(onChannel: self.script.integer(of: UInt16.self, bytes: 1)))
        case 8: self.carryOut(self.machine.contentReceived())
        case 9: self.carryOut(self.machine.heartbeatReceived(onChannel: UInt16(self.script.number(below: 2))))
        case 10: self.carryOut(self.machine.protocolHeaderReceived(.current))
        case 11: self.carryOut(self.machine.violated(.unexpectedFrame("bytes")))
        case 12: self.requestChannel()
        case 13: self.releaseChannel()
        case 14:
            self.isStreamFull = self.script.flag()
            self.machine.streamFilled(self.isStreamFull)
        case 15: self.endIt()
        case 18: self.updateSecret()
        case 19: self.cancelSecret()
        case 16:
            self.machine.bytesReceived(at: self.now)
            if self.script.flag() { self.machine.bytesSent(at: self.now) }
        default: self.passTime(.milliseconds(100 * Int(self.script.byte())))
        }
    }

    // MARK: What happens

    private mutating func openStream() {
        self.machine.streamOpened(at: self.now)
        if self.handshakeDeadline == nil, !self.hasEnded { self.handshakeDeadline = self.now + self.settings.handshakeTimeout }
    }

    private mutating func receive(_ method: AMQPMethod) {
        self.carryOut(self.machine.received(method, at: self.now))
    }

    private mutating func requestChannel() {
        let failure = self.machine.failure
        switch self.machine.channelRequested() {
        case .open(let number):
            invariant(failure == nil && self.isOpen, "a channel of a connection that is not open")
            invariant(number > 0 && number <= self.channelMaximum, "channel \(number) of \(self.channelMaximum)")
            invariant(self.channels.insert(number).inserted, "channel \(number) twice")
        case .fail(let reason):
            if let failure { invariant(reason == failure, "another reason") }
            let isExhausted = !self.isOpen || self.channels.count == Int(self.channelMaximum)
            invariant(failure != nil || isExhausted, "no channel, with \(self.channels.count) in use")
        }
    }

    private mutating func releaseChannel() {
        let number = self.script.integer(of: UInt16.self, bytes: 1)
        self.machine.channelReleased(number)
        self.channels.remove(number)
    }

    private mutating func updateSecret() {
        self.lastID += 1
        let id = RequestID(self.lastID)
        let isUsable = self.isOpen && self.machine.failure == nil
        switch self.machine.secretUpdateRequested(id, AMQPSecret([4]), reason: "", deadline: self.now + .seconds(5)) {
        case .send(let method):
            invariant(isUsable, "a secret for a connection that is not open")
            self.checkEncodable(method)
            self.secrets.insert(id)
        case .succeed, .fail: invariant(!isUsable, "a connection that is open refuses")
        }
    }

    private mutating func cancelSecret() {
        guard let id = self.secrets.min() else { return }
        invariant(self.machine.secretUpdateCancelled(id), "\(id) waits on, though it went away")
        self.secrets.remove(id)
    }

    private mutating func endIt() {
        switch self.script.number(below: 3) {
        case 0:
            let failure = self.machine.streamClosed(isOrderly: self.script.flag())
            invariant((failure == nil) == self.hasEnded, "the end is told \(self.hasEnded ? "twice" : "not at all")")
            if failure != nil { self.end() }
        case 1:
            let canClose = self.isOpen && self.machine.failure == nil
            let method = self.machine.closeRequested(at: self.now)
            invariant((method != nil) == canClose, "a close that is not open, or none")
            if method != nil { self.closeDeadline = self.now + self.settings.closeTimeout }
        default:
            let isOpening = !self.isOpen && !self.hasEnded
            let ending = self.machine.openingCancelled()
            invariant((ending != nil) == isOpening, "an opening that is none is cancelled, or none is")
            if ending != nil { self.end() }
        }
    }

    private mutating func end() {
        invariant(!self.hasEnded, "a second end")
        self.hasEnded = true
        self.closeDeadline = nil
    }

    private mutating func carryOut(_ action: ConnectionStateMachine.FrameAction) {
        if self.hasEnded { invariant(action == .none, "\(action) after the end") }
        switch action {
        case .none: break
        case .send(let method): self.checkEncodable(method)
        case .tune(let tuning, let methods):
            self.channelMaximum = tuning.channelMaximum
            invariant((1...self.settings.channelMaximum).contains(tuning.channelMaximum), "\(tuning)")
            invariant((4_096...self.settings.frameMaximum).contains(tuning.frameMaximum), "\(tuning)")
            invariant(tuning.heartbeatSeconds <= self.settings.heartbeatSeconds, "\(tuning)")
            for method in methods { self.checkEncodable(method) }
        case .opened(let method):
            if let method { self.checkEncodable(method) }
            invariant(!self.isOpen, "opened twice")
            self.isOpen = true
        case .blocked:
            invariant(self.isOpen, "blocked before it is open")
            self.isBlocked = true
        case .unblocked: self.isBlocked = false
        case .secretUpdated(let id): if let id { invariant(self.secrets.remove(id) != nil, "\(id) is told without waiting") }
        case .route: invariant(self.isOpen && self.closeDeadline == nil, "a frame for a channel of a connection that is not open")
        case .end(let ending):
            if let method = ending.send { self.checkEncodable(method) }
            self.end()
        }
    }

    private func checkEncodable(_ method: AMQPMethod) {
        var output: [UInt8] = []
        do throws(AMQPWireError) {
            try FrameEncoder().encode(method, channel: 0, into: &output)
        } catch {
            invariant(false, "\(method) cannot be sent: \(error)")
        }
    }

    // MARK: Time

    /// As the stream's timer does it: nothing is due and not done.
    private mutating func passTime(_ duration: Duration) {
        self.now += duration
        guard let deadline = self.machine.nextDeadline, deadline <= self.now else { return }
        switch self.machine.deadlinePassed(at: self.now) {
        case .none: break
        case .sendHeartbeat:
            invariant(self.isOpen && self.settings.heartbeatSeconds > 0, "a heartbeat that was not agreed on")
            self.machine.bytesSent(at: self.now)
        case .end(let ending):
            invariant(!ending.isOrderly && ending.send == nil, "a peer that is silent is not told")
            self.end()
        }
        for id in self.machine.secretUpdatesExpired(at: self.now) {
            invariant(self.secrets.remove(id) != nil, "\(id) is told without waiting")
        }
        if let next = self.machine.nextDeadline { invariant(next > self.now, "a timer that fires at once, for ever") }
    }

    private func checkDeadline() {
        let deadline = self.machine.nextDeadline
        if self.hasEnded { return invariant(deadline == nil, "a deadline after the end") }
        if let expected = self.closeDeadline { return invariant(deadline == expected, "the deadline of the close") }
        if !self.isOpen { invariant(deadline == self.handshakeDeadline, "the deadline of the handshake moves") }
    }

    /// A peer that says nothing any more ends a handshake, a close, and a connection with heartbeats.
    private mutating func letTimePass() {
        // Each secret is given up at a time of its own.
        let limit = 16 + self.secrets.count
        var steps = 0
        while let deadline = self.machine.nextDeadline, !self.hasEnded {
            steps += 1
            invariant(steps < limit, "the connection does not end")
            self.passTime(max(.zero, deadline - self.now))
        }
    }
}
