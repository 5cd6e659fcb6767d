// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A connection to the broker.
struct Session {
    /// How far the connection is.
    enum Phase {
        /// Exit: the protocol header, to `awaitingStartOk`.
        case awaitingHeader
        /// Exit: credentials that are right, to `awaitingTuneOk`.
        case awaitingStartOk
        /// Exit: limits that are within the broker's, to `awaitingOpen`.
        case awaitingTuneOk
        /// Exit: a virtual host that exists, to `open`.
        case awaitingOpen
        /// Exits: an error or an operator, to `closing`; the client's close, to `ended`.
        case open
        /// The broker has sent a close. Exit: the client agrees, to `ended`.
        case closing
        /// The stream is to be closed, or is gone.
        case ended
    }

    /// The decoder, which cannot be copied and so lives behind a reference; it is touched under the broker's lock alone.
    final class Decoder {
        var value = FrameDecoder()
    }

    var phase = Phase.awaitingHeader
    let decoder = Decoder()
    var encoder = FrameEncoder()
    var user = ""
    /// What the client calls its connection.
    var name: String?
    /// Whether the client wants to hear why its credentials are refused (`authentication_failure_close`).
    var understandsAuthenticationFailure = false
    /// Whether the client wants to hear that a consumer ended (`consumer_cancel_notify`).
    var understandsConsumerCancel = false
    /// Whether the client wants to hear that it is blocked (`connection.blocked`).
    var understandsBlocked = false
    var maximumChannels = 0
    /// Half of what was agreed on; `nil` where no heartbeats are.
    var heartbeatInterval: Duration?
    var lastReceived: ContinuousClock.Instant
    var lastSent: ContinuousClock.Instant
    /// Whether the broker reads no more of what the client writes.
    var isBlocked = false
    /// What the client wrote while it was blocked.
    var heldInput: [UInt8] = []
    /// Encoded and not yet handed over.
    var output: [UInt8] = []
    /// Handed over and not yet taken by the client.
    var unreadBytes = 0

    init(at now: ContinuousClock.Instant) {
        self.lastReceived = now
        self.lastSent = now
    }

    /// Whether the client reads fast enough to get further deliveries.
    var takesDeliveries: Bool { self.phase == .open && self.unreadBytes + self.output.count < BrokerLimits.unreadBytes }
}
