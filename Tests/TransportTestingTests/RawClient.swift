// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Synchronization
import Transport
import TransportTesting

/// The client's end of a stream, which keeps what comes.
final class RawClient: ByteStreamHandler {
    private struct State: ~Copyable {
        var decoder = FrameDecoder()
        var frames: [AMQPFrame] = []
        var isClosed = false
        var error: TransportError?
        var isWritableAgain = false
        var waiter: CheckedContinuation<Void, Never>?
        var stream: (any ByteStream)?
    }

    private let state = Mutex(State())

    static func connect(to broker: InMemoryBroker) async throws -> RawClient {
        let client = RawClient()
        let stream = try await broker.transport.connect(to: ByteStreamTarget(host: "anywhere", port: 1), handler: client)
        client.state.withLock { $0.stream = stream }
        client.state.withLock { $0.decoder.maximumFrameSize = 131_072 }
        return client
    }

    /// Connects and does the whole handshake.
    static func open(_ broker: InMemoryBroker, capabilities: AMQPTable = ["connection.blocked": true]) async throws -> RawClient {
        let client = try await self.connect(to: broker)
        var bytes: [UInt8] = []
        FrameEncoder.encodeProtocolHeader(into: &bytes)
        client.write(bytes)
        try client.send(
            .connectionStartOk(
                ConnectionStartOk(
                    clientProperties: ["capabilities": .table(capabilities)], mechanism: "PLAIN",
                    response: AMQPSecret(Array("\0guest\0guest".utf8)), locale: "en_US")), on: 0)
        try client.send(.connectionTuneOk(ConnectionTuneOk(channelMax: 100, frameMax: 131_072, heartbeat: 0)), on: 0)
        try client.send(.connectionOpen(ConnectionOpen(virtualHost: "/")), on: 0)
        try client.send(.channelOpen(ChannelOpen()))
        _ = await client.wait { frames in frames.contains { $0.payload == .method(.channelOpenOk(ChannelOpenOk())) } }
        client.state.withLock { $0.frames = [] }
        return client
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> ByteStreamWritability {
        let stream = self.state.withLock { $0.stream }
        return stream?.write(bytes.span) ?? .closed
    }

    func send(_ method: AMQPMethod, on channel: UInt16 = 1) throws {
        var bytes: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 131_072).encode(method, channel: channel, into: &bytes)
        self.write(bytes)
    }

    func close() { self.state.withLock { $0.stream }?.close() }

    func setReading(_ isEnabled: Bool) { self.state.withLock { $0.stream }?.setReading(isEnabled) }

    @discardableResult
    func publish(_ body: [UInt8], key: String) throws -> ByteStreamWritability {
        var bytes: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 131_072).encode(
            BasicPublish(exchange: "", routingKey: key), properties: AMQPProperties(), body: body, channel: 1, into: &bytes)
        return self.write(bytes)
    }

    /// Waits until what came fulfils a condition, or the stream is closed; returns what came.
    func wait(until condition: ([AMQPFrame]) -> Bool) async -> [AMQPFrame] {
        while true {
            let (frames, isClosed) = self.state.withLock { ($0.frames, $0.isClosed) }
            if isClosed || condition(frames) { return frames }
            await self.waitForChange(since: frames.count)
        }
    }

    /// Waits until the stream is closed, and returns why.
    func waitUntilClosed() async -> TransportError? {
        _ = await self.wait { _ in false }
        return self.state.withLock { $0.error }
    }

    /// Waits until the broker takes bytes again.
    func waitUntilWritable() async {
        while !self.state.withLock({ $0.isWritableAgain }) { await self.waitForChange(since: nil) }
    }

    private func waitForChange(since count: Int?) async {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                if state.isClosed || (count.map { $0 != state.frames.count } ?? state.isWritableAgain) {
                    continuation.resume()
                } else {
                    state.waiter = continuation
                }
            }
        }
    }

    private func change(_ change: (inout State) -> Void) {
        self.state.withLock { state in
            change(&state)
            state.waiter.take()?.resume()
        }
    }

    // MARK: ByteStreamHandler

    func streamReceived(_ bytes: Span<UInt8>) {
        self.change { state in
            var offset = 0
            while let frame = try? state.decoder.next(in: bytes, at: &offset) { state.frames.append(frame) }
        }
    }

    func streamBecameWritable() { self.change { $0.isWritableAgain = true } }
    func streamDeadlinePassed() {}

    func streamClosed(_ error: TransportError?) {
        self.change { state in
            state.isClosed = true
            state.error = error
        }
    }
}
