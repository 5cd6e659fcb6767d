// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization
import Transport

/// The broker's ends of the connections that a client makes one after the other.
final class ScriptedBrokers: Sendable {
    let transport: ScriptedTransport
    let clock: ManualClock
    private let streams = Mutex<[ScriptedStream]>([])

    init(transport: ScriptedTransport, clock: ManualClock) {
        self.transport = transport
        self.clock = clock
    }

    /// The next connection, before its handshake.
    func accept() async -> ScriptedBroker {
        let stream = await self.transport.nextStream()
        self.streams.withLock { $0.append(stream) }
        return ScriptedBroker(stream: stream, clock: self.clock)
    }

    /// The next connection, after its handshake.
    func open(tune: ConnectionTune = ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 60)) async throws -> ScriptedBroker {
        let broker = await self.accept()
        try await broker.handshake(tune: tune)
        return broker
    }

    /// The connection that comes after the pause that follows a loss, after its handshake.
    func reopen(tune: ConnectionTune = ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 60)) async throws -> ScriptedBroker {
        await self.clock.skipToNextDeadline()
        return try await self.open(tune: tune)
    }

    /// Cuts every connection.
    func loseAll() {
        for stream in self.streams.withLock({ $0 }) { stream.handler.streamClosed(TransportError(.connectionClosed, message: "cut")) }
    }
}

extension ScriptedBroker {
    /// Cuts the connection.
    func lose() { self.stream.handler.streamClosed(TransportError(.connectionClosed, message: "cut")) }
}
