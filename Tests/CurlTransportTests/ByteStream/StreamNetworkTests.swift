// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CResolverConditions
import CurlTransport
import HTTPTypes
import Testing
import Transport

/// Networks that swallow what is sent, and resolvers that take their time.
@Suite(.timeLimit(.minutes(2)))
struct StreamNetworkTests {
    private static func failure(to target: ByteStreamTarget) async -> TransportError? {
        do throws(TransportError) {
            try await CurlByteStreamTransport.curl.connect(to: target, handler: RecordingHandler()).abort()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [false, true])
    func `a connect that nobody answers times out, and can be cancelled`(isCancelled: Bool) async throws {
        try await withServer { server in
            let timeout = isCancelled ? Duration.seconds(3_600) : .milliseconds(300)
            let target = ByteStreamTarget(host: "127.0.0.1", port: server.port("black-hole"), connectTimeout: timeout)
            await withTaskGroup(of: TransportError?.self) { group in
                group.addTask { await Self.failure(to: target) }
                if isCancelled { group.cancelAll() }
                for await error in group { #expect(error?.code == (isCancelled ? .cancelled : .connectTimedOut)) }
            }
        }
    }

    @Test func `an HTTP request to a host that swallows it times out while connecting, and holds up no other`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            await withTaskGroup(of: TransportError?.self) { group in
                var request = server.request("/", to: "http")
                request.head.authority = "127.0.0.1:\(server.port("black-hole"))"
                request.connectTimeout = .seconds(3_600)
                group.addTask { [request] in await transport.failure(of: request) }
                for _ in 0..<10 {
                    let error = await transport.failure(of: server.request("/echo"))
                    #expect(error == nil)
                }
                group.cancelAll()
                for await error in group { #expect(error?.code == .cancelled) }
                request.connectTimeout = .milliseconds(300)
                #expect(await transport.failure(of: request)?.code == .connectTimedOut)
            }
        }
    }

    @Test(arguments: [false, true])
    func `a name that resolves slowly times out, and can be cancelled`(isCancelled: Bool) async throws {
        let timeout = isCancelled ? Duration.seconds(3_600) : .milliseconds(300)
        await withTaskGroup(of: TransportError?.self) { group in
            let target = ByteStreamTarget(host: "stream.slow.invalid", port: 1, connectTimeout: timeout)
            group.addTask { await Self.failure(to: target) }
            while isCancelled, unsafe cresolver_waiting("stream.slow.invalid") == 0 { await Task.yield() }
            if isCancelled { group.cancelAll() }
            for await error in group {
                #expect(isCancelled ? error?.code == .cancelled : error?.code == .connectTimedOut || error?.code == .nameNotResolved)
            }
        }
    }

    @Test func `a name that resolves slowly holds up no other request, and is cancelled alone`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            await withTaskGroup(of: TransportError?.self) { group in
                var request = server.request("/")
                request.head.authority = "http.slow.invalid"
                request.connectTimeout = .seconds(3_600)
                group.addTask { [request] in await transport.failure(of: request) }
                while unsafe cresolver_waiting("http.slow.invalid") == 0 { await Task.yield() }
                for _ in 0..<10 {
                    let error = await transport.failure(of: server.request("/echo"))
                    #expect(error == nil)
                }
                group.cancelAll()
                for await error in group { #expect(error?.code == .cancelled) }
                let error = await transport.failure(of: server.request("/echo"))
                #expect(error == nil)
            }
        }
    }

    @Test func `a stream to an address of IPv6 carries bytes`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let target = ByteStreamTarget(host: "::1", port: server.port("stream6"))
            let stream = try await CurlByteStreamTransport.curl.connect(to: target, handler: handler)
            stream.write("echo\nhello".utf8)
            #expect(await handler.receive(5) == Array("hello".utf8))
            stream.abort()
        }
    }

    @Test func `an encrypted key is opened with its passphrase`() async throws {
        try await withServer(tls: true) { server in
            var tls = server.tls(client: "client")
            tls.identity?.privateKey = .file(server.path("client.encrypted.key"))
            tls.identity?.passphrase = PEMPassphrase("open sesame")
            let handler = RecordingHandler()
            let stream = try await server.stream("bye", to: "stream-mtls", handler: handler, tls: tls)
            #expect(String(decoding: await handler.receiveUntilClosed().bytes, as: UTF8.self) == "goodbye")
            stream.abort()
        }
    }

    @Test func `a client certificate that is refused after the handshake ends the stream with a reason`() async throws {
        try await withServer(tls: true) { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", to: "stream-mtls", handler: handler, tls: server.tls(client: "stranger"))
            let (bytes, error) = await handler.receiveUntilClosed()
            #expect(bytes.isEmpty)
            // Whether the peer's alert or its reset is seen first is up to the network.
            #expect(error?.code == .tlsHandshakeFailed || error?.code == .connectionClosed)
            #expect(stream.write([1]) == .closed)
        }
    }
}
