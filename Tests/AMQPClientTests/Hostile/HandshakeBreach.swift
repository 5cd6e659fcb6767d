// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// Something that a peer must not do in the handshake, and what the client is to say of it.
struct HandshakeBreach: Sendable, CustomTestStringConvertible {
    /// How far the handshake has come.
    enum Step: Sendable {
        case greeting, tuning, opening
    }

    let testDescription: String
    let step: Step
    let code: AMQPError.Code
    /// What the error's text tells.
    let text: String
    let bytes: [UInt8]

    init(_ name: String, at step: Step, _ code: AMQPError.Code, _ text: String, _ bytes: () throws -> [UInt8]) rethrows {
        self.testDescription = name
        self.step = step
        self.code = code
        self.text = text
        self.bytes = try bytes()
    }

    /// Greetings that are none.
    static func greetings() throws -> [HandshakeBreach] {
        let notAMQP = "the peer does not speak AMQP as a broker does"
        let start = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
        let old = ConnectionStart(versionMajor: 8, versionMinor: 0, serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
        let tune = ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 0)
        return [
            Self("HTTP", at: .greeting, .handshakeFailed, "does not seem to speak AMQP") { Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) },
            Self("a TLS alert", at: .greeting, .handshakeFailed, "does not seem to speak AMQP") { [0x15, 3, 1, 0, 2, 2, 0x46] },
            Self("AMQP 1.0", at: .greeting, .handshakeFailed, "the broker speaks AMQP 1-0-0") { Array("AMQP\0\u{1}\0\0".utf8) },
            Self("AMQP 1.0 with SASL", at: .greeting, .handshakeFailed, notAMQP) { Array("AMQP\u{3}\u{1}\0\0".utf8) },
            try Self("an octet before the greeting", at: .greeting, .handshakeFailed, notAMQP) {
                try [0x0A] + encoded(.connectionStart(start), on: 0)
            },
            Self("a greeting longer than any frame", at: .greeting, .handshakeFailed, "the limit is 4096") {
                RawFrame.bytes(1, on: 0, [], size: 4_089)
            },
            Self("a greeting that ends early", at: .greeting, .handshakeFailed, "past the end") { RawFrame.method(10, 10, [0, 9], on: 0) },
            try Self("an older version", at: .greeting, .handshakeFailed, "the broker speaks AMQP 8-0-0") {
                try encoded(.connectionStart(old), on: 0)
            },
            try Self("a tune", at: .greeting, .handshakeFailed, notAMQP) { try encoded(.connectionTune(tune), on: 0) },
            try Self("an open-ok", at: .greeting, .handshakeFailed, notAMQP) { try encoded(.connectionOpenOk(ConnectionOpenOk()), on: 0) },
            try Self("a blocked", at: .greeting, .handshakeFailed, notAMQP) {
                try encoded(.connectionBlocked(ConnectionBlocked(reason: "")), on: 0)
            },
            try Self("a greeting on a channel", at: .greeting, .handshakeFailed, "channel 1 before the connection is open") {
                try encoded(.connectionStart(start), on: 1)
            },
            Self("a content", at: .greeting, .handshakeFailed, "a content on channel 0") { RawFrame.bytes(3, on: 0, [1]) },
            try Self("a close", at: .greeting, .connectionClosed, "320: going down") {
                try encoded(.connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: "going down")), on: 0)
            },
            try Self("no mechanism at all", at: .greeting, .authenticationFailed, "does not offer the mechanism PLAIN") {
                try encoded(.connectionStart(ConnectionStart(serverProperties: [:], mechanisms: "", locales: "")), on: 0)
            },
        ]
    }

    /// What may not follow the greeting, or the limits.
    static func steps() throws -> [HandshakeBreach] {
        let notAMQP = "the peer does not speak AMQP as a broker does"
        let start = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
        func tune(_ frameMax: UInt32) throws -> [UInt8] {
            try encoded(.connectionTune(ConnectionTune(channelMax: 1, frameMax: frameMax, heartbeat: 0)), on: 0)
        }
        return [
            try Self("a second greeting", at: .tuning, .handshakeFailed, notAMQP) { try encoded(.connectionStart(start), on: 0) },
            try Self("a challenge to PLAIN", at: .tuning, .authenticationFailed, "a further step, which PLAIN does not have") {
                try encoded(.connectionSecure(ConnectionSecure(challenge: [1])), on: 0)
            },
            try Self("an open-ok before the tune", at: .tuning, .handshakeFailed, notAMQP) {
                try encoded(.connectionOpenOk(ConnectionOpenOk()), on: 0)
            },
            try Self("frames of one byte", at: .tuning, .handshakeFailed, "the protocol asks for 4096") { try tune(1) },
            try Self("frames one byte too short", at: .tuning, .handshakeFailed, "raise frame_max there") { try tune(4_095) },
            try Self("a second tune", at: .opening, .handshakeFailed, notAMQP) { try tune(0) },
            try Self("a greeting after the tune", at: .opening, .handshakeFailed, notAMQP) { try encoded(.connectionStart(start), on: 0) },
            try Self("a channel's method before the open-ok", at: .opening, .handshakeFailed, "before the connection is open") {
                try encoded(.channelOpenOk(ChannelOpenOk()), on: 1)
            },
            Self("garbage instead of the open-ok", at: .opening, .handshakeFailed, "unknown type 0xff") {
                [255, 254, 253, 252, 251, 250, 249]
            },
            try Self("a virtual host that is not there", at: .opening, .accessRefused, "vhost / not found") {
                let text = "NOT_ALLOWED - vhost / not found"
                return try encoded(.connectionClose(ConnectionClose(replyCode: .notAllowed, replyText: text)), on: 0)
            },
        ]
    }
}
