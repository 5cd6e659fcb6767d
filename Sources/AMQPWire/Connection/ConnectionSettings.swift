// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a connection's state machine is to ask for.
package struct ConnectionSettings: Sendable {
    /// How the client shows who it is; a machine works on a copy.
    package var mechanism: any AMQPAuthenticationMechanism
    package var virtualHost: String
    package var clientProperties: AMQPTable
    /// The heartbeat interval in seconds; 0 for none.
    package var heartbeatSeconds: UInt16
    /// The longest frame in bytes, at least 4096.
    package var frameMaximum: UInt32
    /// The highest channel number, at least 1.
    package var channelMaximum: UInt16
    package var handshakeTimeout: Duration
    package var closeTimeout: Duration

    package init(
        mechanism: any AMQPAuthenticationMechanism, virtualHost: String, clientProperties: AMQPTable = [:], heartbeatSeconds: UInt16 = 30,
        frameMaximum: UInt32 = 131_072, channelMaximum: UInt16 = 2_047, handshakeTimeout: Duration = .seconds(10),
        closeTimeout: Duration = .seconds(5)
    ) {
        self.mechanism = mechanism
        self.virtualHost = virtualHost
        self.clientProperties = clientProperties
        self.heartbeatSeconds = heartbeatSeconds
        self.frameMaximum = frameMaximum
        self.channelMaximum = channelMaximum
        self.handshakeTimeout = handshakeTimeout
        self.closeTimeout = closeTimeout
    }
}
