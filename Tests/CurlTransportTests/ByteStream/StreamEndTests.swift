// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct StreamEndTests {
    @Test(arguments: [Listener.plain, .tls])
    func `the peer's farewell arrives before the end`(listener: Listener) async throws {
        try await withServer(tls: listener.isSecured) { server in
            let handler = RecordingHandler()
            let stream = try await listener.connect("bye", of: server, handler: handler)
            let (bytes, error) = await handler.receiveUntilClosed()
            #expect(String(decoding: bytes, as: UTF8.self) == "goodbye")
            #expect(error == nil)
            #expect(stream.write([1]) == .closed)
        }
    }

    @Test func `what waits still reaches a peer that has stopped sending`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("stream"))
            let stream = try await CurlByteStreamTransport.curl.connect(to: target, handler: handler)
            stream.write(Array("halfclose\n".utf8) + pattern(5_000_000))
            let (bytes, error) = await handler.receiveUntilClosed()
            #expect(String(decoding: bytes, as: UTF8.self) == "last words")
            #expect(error == nil)
            try await server.expectResult("ended 5000000 intact")
        }
    }

    @Test func `a reset is told as a closed connection, once`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("reset", handler: handler)
            let (_, error) = await handler.receiveUntilClosed()
            #expect(error == TransportError(.connectionClosed, message: ""))
            #expect(stream.write([1]) == .closed)
            #expect(handler.timesClosed == 1)
        }
    }

    @Test func `a deadline passes once, and not before its time`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", handler: handler)
            let deadline = ContinuousClock.now + .milliseconds(80)
            stream.setDeadline(.now + .seconds(3_600))
            stream.setDeadline(.now + .milliseconds(40))
            stream.setDeadline(nil)
            stream.setDeadline(deadline)
            #expect(await handler.next() == .deadlinePassed)
            #expect(ContinuousClock.now >= deadline)
            stream.write([1, 2, 3])
            #expect(await handler.receive(3) == [1, 2, 3])
            stream.close()
            #expect(await handler.next() == .closed(nil))
        }
    }

    @Test func `closed streams leave no descriptor and no thread behind`() async throws {
        try await withServer { server in
            let before = try Self.openDescriptors()
            for _ in 0..<200 {
                let handler = RecordingHandler()
                let stream = try await server.stream("echo", handler: handler)
                stream.write([1])
                _ = await handler.receive(1)
                stream.close()
                _ = await handler.receiveUntilClosed()
            }
            // Other tests run beside this one and open a few of their own; one left behind by each stream would be 200.
            #expect(try Self.openDescriptors() < before + 100)
        }
    }

    @Test func `a process that is started meanwhile does not inherit the connection`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", handler: handler)
            let sockets = (0..<32_768).filter { Self.peerPort(of: $0) == server.port("stream") }
            #expect(!sockets.isEmpty)
            #expect(sockets.allSatisfy { fcntl($0, F_GETFD) == FD_CLOEXEC })
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
        }
    }

    /// The port at the other end of an IPv4 connection.
    private static func peerPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getpeername(descriptor, $0, &size) }
        }
        return result == 0 && Int32(address.sin_family) == AF_INET ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// The descriptors and threads of this process.
    private static func openDescriptors() throws -> Int {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: "/proc/self/fd").count
            + manager.contentsOfDirectory(atPath: "/proc/self/task").count
    }
}
