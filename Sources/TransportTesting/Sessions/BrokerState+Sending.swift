// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// Sends a method on a channel; channel 0 is the connection itself.
    mutating func send(_ method: AMQPMethod, on channel: ChannelAddress) {
        self.encode(for: channel.session) { encoder, output throws(AMQPWireError) in
            try encoder.encode(method, channel: channel.number, into: &output)
        }
    }

    /// Sends a method of the connection.
    mutating func send(_ method: AMQPMethod, to session: SessionID) {
        self.send(method, on: ChannelAddress(session: session, number: 0))
    }

    /// Sends a method with its content.
    mutating func send(
        _ method: some AMQPMethodArguments, properties: AMQPProperties, body: [UInt8], on channel: ChannelAddress
    ) {
        self.encode(for: channel.session) { encoder, output throws(AMQPWireError) in
            try encoder.encode(method, properties: properties, body: body, channel: channel.number, into: &output)
        }
    }

    /// Encodes for a client.
    ///
    /// What does not fit its frames, or is far more than it reads, ends its connection.
    private mutating func encode(
        for id: SessionID, _ body: (FrameEncoder, inout [UInt8]) throws(AMQPWireError) -> Void
    ) {
        guard let encoder = self.sessions[id]?.encoder, var output = self.sessions[id]?.output else { return }
        // The array has one owner while it grows.
        self.sessions[id]?.output = []
        do throws(AMQPWireError) {
            try body(encoder, &output)
        } catch {
            self.sessions[id]?.output = output
            return self.abandonSession(id)
        }
        self.sessions[id]?.output = output
        self.noteSending(id)
        if let session = self.sessions[id], session.unreadBytes + session.output.count > BrokerLimits.backlog { self.abandonSession(id) }
    }

    private mutating func noteSending(_ id: SessionID) {
        let now = self.now
        self.sessions[id]?.lastSent = now
    }

    /// Sends a sign of life where it is due, and gives a client up that was silent for two intervals.
    mutating func keepAlive(_ id: SessionID) {
        guard let session = self.sessions[id], let interval = session.heartbeatInterval, session.phase == .open else { return }
        if session.lastReceived + interval * 4 <= self.now {
            self.abandonSession(id)
        } else if session.lastSent + interval <= self.now {
            self.noteSending(id)
            if var output = self.sessions[id]?.output {
                FrameEncoder.encodeHeartbeat(into: &output)
                self.sessions[id]?.output = output
            }
        }
    }
}

extension Session {
    /// When a heartbeat is due, or the client has been silent for too long.
    var nextDeadline: ContinuousClock.Instant? {
        guard let interval = self.heartbeatInterval, self.phase == .open else { return nil }
        return min(self.lastReceived + interval * 4, self.lastSent + interval)
    }
}
