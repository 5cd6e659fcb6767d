// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Synchronization
import Testing
import Transport

/// How a listener of the server is reached.
struct Listener: Sendable, CustomTestStringConvertible {
    var name: String
    var isSecured: Bool

    static let plain = Listener(name: "stream", isSecured: false)
    static let tls = Listener(name: "stream-tls", isSecured: true)
    static let tls12 = Listener(name: "stream-tls12", isSecured: true)
    static let all = [plain, tls, tls12]

    var testDescription: String { self.name }

    func connect(_ command: String, of server: TestServer, handler: RecordingHandler) async throws -> any ByteStream {
        try await server.stream(command, to: self.name, handler: handler, tls: self.isSecured ? server.tls() : nil)
    }
}

@Suite(.timeLimit(.minutes(2)))
struct StreamTransferTests {
    /// A chunk that continues the server's pattern however often it is sent.
    private static let chunk = pattern(251 * 256)

    @Test(arguments: Listener.all)
    func `ten megabytes come back as they went out`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("echo", of: server, handler: handler)
            let count = 10_000_000 / Self.chunk.count
            for _ in 0..<count { stream.write(Self.chunk) }
            // The echo comes while the output is still going out: neither waits for the other.
            var received: [UInt8] = []
            while received.count < count * Self.chunk.count, let event = await handler.next() {
                if case .received(let bytes) = event { received += bytes }
                if case .closed(let error) = event {
                    Issue.record("closed: \(String(describing: error))")
                    break
                }
            }
            #expect(received == pattern(count * Self.chunk.count))
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
            #expect(handler.timesClosed == 1)
        }
    }

    @Test(arguments: Listener.all)
    func `a peer that does not read fills the buffer, and its reading makes room`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("hold", of: server, handler: handler)
            var count = 1
            while stream.write(Self.chunk) == .writable { count += 1 }
            _ = try await server.ask("release")
            #expect(await handler.next() == .becameWritable)
            for _ in 0..<10 { #expect(stream.write(Self.chunk) == .writable) }
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
            try await server.expectResult("ended \((count + 10) * Self.chunk.count) intact")
        }
    }

    @Test(arguments: Listener.all)
    func `closing sends what waits, then ends in order`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("record", of: server, handler: handler)
            stream.write(pattern(900_000))
            stream.close()
            #expect(stream.write(pattern(10)) == .closed)
            #expect(await handler.receiveUntilClosed().error == nil)
            try await server.expectResult("ended 900000 intact")
            #expect(handler.timesClosed == 1)
        }
    }

    @Test(arguments: Listener.all)
    func `a peer that still speaks when this side closes gets all that was sent`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("interrupt", of: server, handler: handler)
            stream.setReading(false)
            stream.write(pattern(900_000))
            stream.close()
            try await server.expectResult("ended 900000 intact")
            #expect(await handler.receiveUntilClosed().error == nil)
        }
    }

    @Test func `aborting closes at once, whatever waits`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("hold", handler: handler)
            while stream.write(Self.chunk) == .writable {}
            stream.abort()
            stream.abort()
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
            #expect(stream.write([1]) == .closed)
            #expect(handler.timesClosed == 1)
        }
    }

    @Test(arguments: Listener.all)
    func `single bytes arrive all`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("drip 3000", of: server, handler: handler)
            #expect(await handler.receive(3_000) == pattern(3_000))
            stream.abort()
        }
    }

    @Test(arguments: Listener.all)
    func `a stream that stops reading holds the peer back, and loses nothing`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let total = 64_000_000
            let started = Mutex<(any ByteStream)?>(nil)
            let received = Atomic(0)
            let handler = RecordingHandler { bytes in
                // Stops from within the first call, on the I/O thread.
                if received.add(bytes.count, ordering: .relaxed).oldValue == 0 { started.withLock { $0 }?.setReading(false) }
            }
            let target = ByteStreamTarget(
                host: "127.0.0.1", port: server.port(listener.name), tls: listener.isSecured ? server.tls() : nil)
            let stream = try await CurlByteStreamTransport.curl.connect(to: target, handler: handler)
            started.withLock { $0 = stream }
            stream.write("flood \(total)\n".utf8)
            try await server.expectResult("blocked")
            #expect(received.load(ordering: .relaxed) <= 64 * 1_024)
            stream.setReading(true)
            #expect(await handler.receive(total) == pattern(total))
            stream.abort()
            #expect(await handler.receiveUntilClosed().error == nil)
            started.withLock { $0 = nil }
        }
    }

    @Test func `many writers share a stream`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("record", handler: handler)
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<2_000 { stream.write(Self.chunk.prefix(251)) } }
                }
            }
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
            try await server.expectResult("ended \(8 * 2_000 * 251) intact")
        }
    }

    @Test func `a handler may write, set the deadline and close from within its calls`() async throws {
        try await withServer { server in
            let handler = ConversingHandler()
            let stream = try await CurlByteStreamTransport.curl.connect(
                to: ByteStreamTarget(host: "127.0.0.1", port: server.port("stream")), handler: handler)
            handler.begin(stream)
            #expect(await handler.outcome() == 1_001)
        }
    }
}

/// Sends a byte back a thousand times, then lets its deadline pass, then closes; all from within the stream's calls.
private final class ConversingHandler: ByteStreamHandler {
    private let stream = Mutex<(any ByteStream)?>(nil)
    private let count = Atomic(0)
    private let ended: AsyncStream<Int>
    private let continuation: AsyncStream<Int>.Continuation

    init() { (self.ended, self.continuation) = AsyncStream.makeStream() }

    func begin(_ stream: any ByteStream) {
        self.stream.withLock { $0 = stream }
        stream.write("echo\nx".utf8)
    }

    func outcome() async -> Int? {
        var iterator = self.ended.makeAsyncIterator()
        return await iterator.next()
    }

    func streamReceived(_ bytes: Span<UInt8>) {
        let stream = self.stream.withLock { $0 }
        if self.count.add(1, ordering: .relaxed).newValue < 1_000 {
            stream?.write(bytes)
        } else {
            stream?.setDeadline(.now)
        }
    }

    func streamBecameWritable() {}

    func streamDeadlinePassed() {
        self.count.add(1, ordering: .relaxed)
        self.stream.withLock { $0 }?.close()
    }

    func streamClosed(_ error: TransportError?) {
        self.stream.withLock { $0 = nil }
        self.continuation.yield(error == nil ? self.count.load(ordering: .relaxed) : -1)
    }
}
