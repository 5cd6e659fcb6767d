// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Transport

extension AMQPConfiguration {
    /// What the connection's state machine is to ask for.
    ///
    /// - Throws: ``AMQPError/Code/invalidConfiguration`` for what is outside its range.
    func connectionSettings() throws(AMQPError) -> ConnectionSettings {
        for endpoint in self.endpoints {
            guard !endpoint.host.isEmpty else { throw .invalid("an endpoint without a host") }
            guard (1...65_535).contains(endpoint.port(with: self.tls)) else {
                throw .invalid("the port of \(endpoint): 1 to 65,535 are possible")
            }
        }
        let heartbeat = self.heartbeat.components
        guard heartbeat.attoseconds == 0, let heartbeatSeconds = UInt16(exactly: heartbeat.seconds) else {
            throw .invalid("a heartbeat of \(self.heartbeat): whole seconds from 0 to 65,535 are possible")
        }
        guard (4_096...16_777_216).contains(self.maximumFrameBytes) else {
            throw .invalid("maximumFrameBytes \(self.maximumFrameBytes): 4,096 to 16,777,216 are possible")
        }
        guard (1...65_535).contains(self.maximumChannels) else {
            throw .invalid("maximumChannels \(self.maximumChannels): 1 to 65,535 are possible")
        }
        guard self.maximumBodyBytes >= 0 else { throw .invalid("maximumBodyBytes \(self.maximumBodyBytes) is negative") }
        let timeouts = [self.connectTimeout, self.handshakeTimeout, self.requestTimeout, self.confirmTimeout, self.closeTimeout]
        guard timeouts.allSatisfy({ $0 > .zero && $0 < .seconds(100 * 365 * 86_400) }) else {
            throw .invalid("a timeout is not above zero, or above a hundred years")
        }
        if let recovery = self.recovery {
            let delays = [recovery.initialDelay, recovery.maximumDelay]
            guard delays.allSatisfy({ $0 >= .zero && $0 < .seconds(100 * 365 * 86_400) }) else {
                throw .invalid("a delay of the recovery is below zero, or above a hundred years")
            }
            guard recovery.maximumAttempts ?? 1 > 0 else { throw .invalid("a recovery with no attempts: nil turns the recovery off") }
        }
        return ConnectionSettings(
            mechanism: try self.mechanism(),
            virtualHost: self.virtualHost,
            clientProperties: self.clientProperties,
            heartbeatSeconds: heartbeatSeconds,
            frameMaximum: UInt32(self.maximumFrameBytes),
            channelMaximum: UInt16(self.maximumChannels),
            handshakeTimeout: self.handshakeTimeout,
            closeTimeout: self.closeTimeout)
    }

    /// How the connection is to be made anew; `nil` for not at all.
    var recoverySettings: RecoverySettings? {
        self.recovery.map { recovery in
            RecoverySettings(
                initialDelay: recovery.initialDelay, maximumDelay: recovery.maximumDelay, maximumAttempts: recovery.maximumAttempts,
                reopenTimeout: self.requestTimeout,
                // A broker takes a client for dead after two intervals without a sign of life.
                lockTimeout: self.heartbeat * 3)
        }
    }

    private func mechanism() throws(AMQPError) -> any AMQPAuthenticationMechanism {
        let mechanism = self.credentials.mechanism
        guard !(mechanism is ExternalMechanism) || self.tls?.identity != nil else {
            throw .invalid("external credentials need TLS with a client certificate")
        }
        guard let plain = mechanism as? PlainMechanism else { return mechanism }
        do { _ = try plain.initialResponse() } catch { throw .invalid(error.message) }
        return plain
    }

    private var clientProperties: AMQPTable {
        var properties: AMQPTable = [
            "product": "lamassu-cloud",
            "platform": "Swift",
            "capabilities": [
                "publisher_confirms": true,
                "basic.nack": true,
                "consumer_cancel_notify": true,
                "connection.blocked": true,
                "authentication_failure_close": true,
                "exchange_exchange_bindings": true,
            ],
        ]
        if let name = self.connectionName { properties["connection_name"] = .string(name) }
        return properties
    }
}

extension AMQPError {
    fileprivate static func invalid(_ message: String) -> AMQPError { AMQPError(.invalidConfiguration, message: message) }
}
