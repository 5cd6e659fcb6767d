// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPFailureTests {
    @Test(
        arguments: [
            ("/cut", .connectionClosed),
            ("/empty", .connectionClosed),
            ("/garbage", .malformedResponse),
            ("/length/abc", .malformedResponse),
            ("/length/-1", .malformedResponse),
            ("/length/99999999999999999999", .malformedResponse),
            ("/length/1000001", .responseTooLarge),
            ("/heads", .responseTooLarge),
            ("/line", .responseTooLarge),
            ("/interim", .responseTooLarge),
            ("/chunks", .responseTooLarge),
            ("/badchunk", .malformedResponse),
            ("/nocolon", .malformedResponse),
        ] as [(String, TransportError.Code)])
    func `an answer that is none is told as what it is`(path: String, code: TransportError.Code) async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let error = await transport.failure(of: server.request(path, maximumResponseBodyBytes: 1_000_000))
            #expect(error?.code == code, "\(error?.message ?? "")")
            // The transport is none the worse for it.
            let response = try await transport.send(server.request("/echo"))
            #expect(response.head.status == .ok)
        }
    }

    @Test func `a body of exactly the bound is taken, and one byte more is not`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let response = try await transport.send(server.request("/bytes/100000", maximumResponseBodyBytes: 100_000))
            #expect(response.body == pattern(100_000))
            let error = await transport.failure(of: server.request("/bytes/100001", maximumResponseBodyBytes: 100_000))
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test(arguments: ["/never", "/stall"])
    func `a slow answer times out, also on a connection that served before`(path: String) async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            for _ in 0..<2 {
                _ = try await transport.send(server.request("/echo"))
                #expect(await transport.failure(of: server.request(path, timeout: .seconds(1)))?.code == .timedOut)
            }
        }
    }

    @Test func `a server that never answers the handshake is a connect that times out`() async throws {
        try await withServer { server in
            var request = server.request("/", to: "silent")
            request.connectTimeout = .milliseconds(200)
            let error = await CurlHTTPTransport().failure(of: request)
            #expect(error?.code == .connectTimedOut)
            #expect(error?.nothingWasSent == true)
        }
    }

    @Test func `nobody listening, and no such host`() async throws {
        let transport = CurlHTTPTransport()
        var request = HTTPTransportRequest(head: HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:1", path: "/?secret=1"))
        let refused = await transport.failure(of: request)
        #expect(refused?.code == .connectionRefused)
        #expect(refused?.message.contains("secret") == false)
        request.head.authority = "nobody.invalid"
        #expect(await transport.failure(of: request)?.code == .nameNotResolved)
    }

    // MARK: - TLS

    @Test func `HTTP over TLS is verified against the given authority, and reuses its connection`() async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            for _ in 0..<3 {
                let request = server.request("/echo", to: "https", host: "localhost", tls: server.tls())
                #expect(try await transport.send(request).connection == 1)
            }
            let inMemory = TLSConfiguration(trustRoots: .custom(.bytes(try server.pem("ca.pem"))), minimumVersion: .tls13)
            #expect(try await transport.send(server.request("/echo", to: "https", tls: inMemory)).head.status == .ok)
        }
    }

    @Test func `a certificate for another name, or of a strange authority, is not accepted`() async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            #expect(await transport.failure(of: server.request("/", to: "elsewhere", tls: server.tls()))?.code == .tlsVerificationFailed)
            #expect(await transport.failure(of: server.request("/", to: "https"))?.code == .tlsVerificationFailed)
        }
    }

    @Test func `a renewed file of trusted certificates is used by the next connection`() async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            let current = URL(fileURLWithPath: server.path("current.pem"))
            let tls = TLSConfiguration(trustRoots: .custom(.file(current.path)))
            try Data(server.pem("stranger.pem")).write(to: current)
            for _ in 0..<2 {
                #expect(await transport.failure(of: server.request("/", to: "https", tls: tls))?.code == .tlsVerificationFailed)
            }
            try Data(server.pem("ca.pem")).write(to: current)
            let response = try await transport.send(server.request("/echo", to: "https", tls: tls))
            #expect(response.head.status == .ok)
        }
    }

    @Test(arguments: ["https", "https12"])
    func `an authority that was taken out of the file is trusted no more by the next connection`(listener: String) async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            let current = URL(fileURLWithPath: server.path("current.pem"))
            let tls = TLSConfiguration(trustRoots: .custom(.file(current.path)))
            try Data(server.pem("ca.pem")).write(to: current)
            // What a session of TLS 1.3 is resumed by comes with the answer.
            for _ in 0..<2 { _ = try await transport.send(server.request("/close", to: listener, tls: tls)) }
            try Data(server.pem("stranger.pem")).write(to: current)
            #expect(await transport.failure(of: server.request("/echo", to: listener, tls: tls))?.code == .tlsVerificationFailed)
        }
    }

    @Test func `a connection is not used under another configuration`() async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            let trusted = server.request("/echo", to: "https", tls: server.tls())
            #expect(try await transport.send(trusted).connection == 1)
            for roots in [PEMSource.file(server.path("stranger.pem")), .bytes(try server.pem("stranger.pem"))] {
                let untrusted = server.request("/echo", to: "https", tls: TLSConfiguration(trustRoots: .custom(roots)))
                #expect(await transport.failure(of: untrusted)?.code == .tlsVerificationFailed)
            }
            #expect(try await transport.send(trusted).connection == 1)
        }
    }

    @Test(arguments: [false, true])
    func `each client certificate has connections of its own`(isInMemory: Bool) async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            for round in 0..<2 {
                for client in ["client", "client2"] {
                    var tls = server.tls(client: client)
                    if isInMemory {
                        tls.identity = TLSConfiguration.Identity(
                            certificateChain: .bytes(try server.pem("\(client).pem")), privateKey: .bytes(try server.pem("\(client).key")))
                    }
                    let text = try await transport.send(server.request("/client", to: "https-mtls", tls: tls)).text
                    #expect(text == client, "in round \(round)")
                }
            }
            #expect(try await transport.send(server.request("/count")).text == "3")
            let error = await transport.failure(of: server.request("/client", to: "https-mtls", tls: server.tls()))
            // Whether the peer's alert or its reset is seen first is up to the network.
            #expect(error?.code == .tlsHandshakeFailed || error?.code == .connectionClosed)
        }
    }
}
