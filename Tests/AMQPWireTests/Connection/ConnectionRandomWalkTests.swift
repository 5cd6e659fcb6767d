// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

/// Inputs in any order: nothing traps, and what has ended stays ended.
@Suite struct ConnectionRandomWalkTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a connection opens and ends once, and then stays as it is`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = ConnectionStateMachine(
            settings: ConnectionSettings(mechanism: .plain(username: "u", password: AMQPSecret([])), virtualHost: "/", channelMaximum: 3))
        var now = MonotonicInstant.now
        var openings = 0
        var endings = 0

        func count(_ action: ConnectionStateMachine.FrameAction) {
            switch action {
            case .opened: openings += 1
            case .end: endings += 1
            case .route: #expect(openings == 1 && endings == 0, "a frame for a channel of a connection that is not open")
            default: break
            }
        }

        // Half of the walks begin with a handshake, so that they get somewhere.
        if seed.isMultiple(of: 2) {
            machine.streamOpened(at: now)
            for method in Self.handshake { count(machine.received(method, at: now)) }
        }
        for _ in 0..<200 {
            let failure = endings > 0 ? machine.failure : nil
            switch Int.random(in: 0..<30, using: &generator) {
            case 0: machine.streamOpened(at: now)
            case 1: if machine.streamClosed(isOrderly: .random(using: &generator)) != nil { endings += 1 }
            case 2: count(machine.violated(.unknownChannel(9)))
            case 3: count(machine.contentReceived())
            case 4: count(machine.protocolHeaderReceived(.current))
            case 5: count(machine.heartbeatReceived(onChannel: 0))
            case 6..<10: count(machine.frameReceived(onChannel: .random(in: 1...4, using: &generator)))
            case 10..<13: _ = machine.channelRequested()
            case 13: machine.channelReleased(.random(in: 0...4, using: &generator))
            case 14: if machine.openingCancelled() != nil { endings += 1 }
            case 15: _ = machine.closeRequested(at: now)
            case 16..<22:
                now += .milliseconds(Int.random(in: 0..<9_000, using: &generator))
                if case .end = machine.deadlinePassed(at: now) { endings += 1 }
            case 22..<27:
                machine.bytesReceived(at: now)
                machine.bytesSent(at: now)
            default:
                if let method = Self.methods.randomElement(using: &generator) { count(machine.received(method, at: now)) }
            }
            #expect(openings <= 1)
            #expect(endings <= 1)
            if failure != nil { #expect(machine.failure == failure, "the reason changes") }
            if endings == 1 { #expect(machine.nextDeadline == nil) }
        }
    }

    private static let handshake: [AMQPMethod] = [
        .connectionStart(ConnectionStart(serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")),
        .connectionTune(ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 10)), .connectionOpenOk(ConnectionOpenOk()),
    ]

    private static let methods =
        Self.handshake + [
            .connectionSecure(ConnectionSecure(challenge: [])), .connectionBlocked(ConnectionBlocked(reason: "")),
            .connectionUnblocked(ConnectionUnblocked()), .connectionCloseOk(ConnectionCloseOk()),
            .connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: "")), .channelOpenOk(ChannelOpenOk()),
        ]
}
