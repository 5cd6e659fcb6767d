// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct StreamConnectTests {
    /// Connects, expecting that it fails.
    private static func failure(to target: ByteStreamTarget) async -> TransportError? {
        let handler = RecordingHandler()
        do throws(TransportError) {
            try await CurlByteStreamTransport.curl.connect(to: target, handler: handler).abort()
            return nil
        } catch {
            #expect(handler.timesClosed == 0)
            return error
        }
    }

    @Test func `a port that nobody listens on refuses`() async {
        let error = await Self.failure(to: ByteStreamTarget(host: "127.0.0.1", port: 1))
        #expect(error?.code == .connectionRefused)
        #expect(error?.message.contains("127.0.0.1:1") == true)
        #expect(error?.nothingWasSent == true)
    }

    @Test func `a name that does not exist is not resolved`() async {
        #expect(await Self.failure(to: ByteStreamTarget(host: "nobody.invalid", port: 5_672))?.code == .nameNotResolved)
    }

    @Test(arguments: [("", 1), ("a b", 1), ("host/path", 1), ("user@host", 1), ("host", 0), ("host", 65_536), ("h\u{0}st", 1), ("hôte", 1)])
    func `what is no host and port is refused before anything goes out`(host: String, port: Int) async {
        #expect(await Self.failure(to: ByteStreamTarget(host: host, port: port))?.code == .invalidRequest)
    }

    @Test func `a peer that never answers the handshake times out`() async throws {
        try await withServer { server in
            let target = ByteStreamTarget(
                host: "127.0.0.1", port: server.port("silent"), tls: .systemDefault, connectTimeout: .milliseconds(200))
            #expect(await Self.failure(to: target)?.code == .connectTimedOut)
            try await server.expectResult("asked")
            try await server.expectResult("gone")
        }
    }

    @Test func `cancelling ends the attempt and its connection`() async throws {
        try await withServer { server in
            let target = ByteStreamTarget(
                host: "127.0.0.1", port: server.port("silent"), tls: .systemDefault, connectTimeout: .seconds(3_600))
            try await withThrowingTaskGroup(of: TransportError?.self) { group in
                group.addTask { await Self.failure(to: target) }
                try await server.expectResult("asked")
                group.cancelAll()
                let error = try await group.next() ?? nil
                #expect(error?.code == .cancelled)
            }
            try await server.expectResult("gone")
        }
    }

    @Test func `a task that was cancelled before connects to nobody`() async throws {
        let error = await withTaskGroup(of: TransportError?.self) { group in
            group.cancelAll()
            group.addTask { await Self.failure(to: ByteStreamTarget(host: "127.0.0.1", port: 1)) }
            return await group.next() ?? nil
        }
        #expect(error?.code == .cancelled)
    }

    // MARK: - TLS

    @Test func `a certificate for another name is not accepted`() async throws {
        try await withServer(tls: true) { server in
            let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("elsewhere"), tls: server.tls())
            #expect(await Self.failure(to: target)?.code == .tlsVerificationFailed)
        }
    }

    @Test func `an authority that nobody vouches for is not trusted`() async throws {
        try await withServer(tls: true) { server in
            let roots: [TLSConfiguration.TrustRoots] = [.system, .custom(.file(server.path("stranger.pem")))]
            for trustRoots in roots {
                let target = ByteStreamTarget(
                    host: "localhost", port: server.port("stream-tls"), tls: TLSConfiguration(trustRoots: trustRoots))
                #expect(await Self.failure(to: target)?.code == .tlsVerificationFailed)
            }
        }
    }

    @Test func `certificates and key may come from memory`() async throws {
        try await withServer(tls: true) { server in
            let identity = try TLSConfiguration.Identity(
                certificateChain: .bytes(server.pem("client.pem")), privateKey: .bytes(server.pem("client.key")))
            let tls = try TLSConfiguration(
                trustRoots: .custom(.bytes(server.pem("ca.pem"))), identity: identity, minimumVersion: .tls13)
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", to: "stream-mtls", handler: handler, tls: tls)
            stream.write([1, 2, 3])
            #expect(await handler.receive(3) == [1, 2, 3])
            stream.abort()
        }
    }

    @Test func `a client certificate from files is shown`() async throws {
        try await withServer(tls: true) { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("bye", to: "stream-mtls", handler: handler, tls: server.tls(client: "client"))
            #expect(String(decoding: await handler.receiveUntilClosed().bytes, as: UTF8.self) == "goodbye")
            stream.abort()
        }
    }

    @Test func `a missing client certificate is named when the peer hangs up after the handshake`() async throws {
        try await withServer(tls: true) { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", to: "stream-mtls", handler: handler, tls: server.tls())
            let (_, error) = await handler.receiveUntilClosed()
            // Whether the peer's alert or its reset is seen first is up to the network.
            #expect(error?.code == .tlsHandshakeFailed || error?.code == .connectionClosed)
            #expect(error?.message.contains("client certificate") == true)
            #expect(stream.write([1]) == .closed)
        }
    }

    @Test func `a peer that speaks only what is too old is refused`() async throws {
        try await withServer(tls: true) { server in
            let target = ByteStreamTarget(
                host: "127.0.0.1", port: server.port("stream-tls12"), tls: server.tls(minimumVersion: .tls13))
            #expect(await Self.failure(to: target)?.code == .tlsHandshakeFailed)
        }
    }

    @Test func `a peer that hangs up during the handshake has closed the connection`() async throws {
        try await withServer(tls: true) { server in
            let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("hang-up"), tls: server.tls())
            let error = await Self.failure(to: target)
            #expect(error?.code == .connectionClosed)
            #expect(error?.isRetryable == true)
        }
    }

    @Test func `a peer that speaks no TLS fails the handshake`() async throws {
        try await withServer { server in
            let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("stream"), tls: .systemDefault)
            #expect(await Self.failure(to: target) != nil)
        }
    }

    @Test func `TLS material that cannot be used is named before anything goes out`() async throws {
        try await withServer(tls: true) { server in
            let garbage = PEMSource.bytes(Array("no certificate".utf8))
            let certificate = PEMSource.file(server.path("client.pem"))
            let unusable: [TLSConfiguration] = [
                TLSConfiguration(trustRoots: .custom(.file("/nowhere/ca.pem"))),
                TLSConfiguration(trustRoots: .custom(garbage)),
                TLSConfiguration(trustRoots: .custom(.bytes([]))),
                TLSConfiguration(identity: .init(certificateChain: .file("/nowhere/client.pem"), privateKey: certificate)),
                TLSConfiguration(identity: .init(certificateChain: garbage, privateKey: garbage)),
                TLSConfiguration(identity: .init(certificateChain: certificate, privateKey: .file(server.path("client2.key")))),
            ]
            for tls in unusable {
                let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("stream-tls"), tls: tls)
                #expect(await Self.failure(to: target)?.code == .tlsConfigurationInvalid)
            }
        }
    }

    @Test func `a renewed certificate file is used by the next connection`() async throws {
        try await withServer(tls: true) { server in
            let folder = URL(fileURLWithPath: server.path(""))
            let manager = FileManager.default
            for kind in ["pem", "key"] {
                try manager.copyItem(at: folder.appending(path: "stranger.\(kind)"), to: folder.appending(path: "current.\(kind)"))
            }
            let rejected = RecordingHandler()
            _ = try await server.stream("bye", to: "stream-mtls", handler: rejected, tls: server.tls(client: "current"))
            #expect(await rejected.receiveUntilClosed().error != nil)
            for kind in ["pem", "key"] {
                let renewed = try Data(contentsOf: folder.appending(path: "client.\(kind)"))
                try renewed.write(to: folder.appending(path: "current.\(kind)"))
            }
            let accepted = RecordingHandler()
            _ = try await server.stream("bye", to: "stream-mtls", handler: accepted, tls: server.tls(client: "current"))
            #expect(String(decoding: await accepted.receiveUntilClosed().bytes, as: UTF8.self) == "goodbye")
        }
    }
}
