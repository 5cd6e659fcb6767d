// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPTLSTests {
    private static func cipher(_ listener: String, _ server: TestServer, ciphers: [String] = [], suites: [String] = []) async throws
        -> String
    {
        var tls = server.tls()
        tls.ciphers = ciphers
        tls.cipherSuites = suites
        return try await CurlHTTPTransport().send(server.request("/cipher", to: listener, tls: tls)).text
    }

    @Test func `the ciphers that are offered are those of the configuration`() async throws {
        try await withServer(tls: true) { server in
            for cipher in ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"] {
                let spoken = try await Self.cipher("https12", server, ciphers: [cipher])
                #expect(spoken == cipher)
            }
            for suite in ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"] {
                let spoken = try await Self.cipher("https", server, suites: [suite])
                #expect(spoken == suite)
            }
        }
    }

    @Test func `ciphers that do not exist are a configuration that cannot be used`() async throws {
        try await withServer(tls: true) { server in
            var tls = server.tls()
            tls.ciphers = ["NO-SUCH-CIPHER"]
            let error = await CurlHTTPTransport().failure(of: server.request("/", to: "https12", tls: tls))
            #expect(error?.code == .tlsConfigurationInvalid)
        }
    }

    @Test func `a server that speaks only what is too old is refused`() async throws {
        try await withServer(tls: true) { server in
            let request = server.request("/echo", to: "https12", tls: server.tls(minimumVersion: .tls13))
            #expect(await CurlHTTPTransport().failure(of: request)?.code == .tlsHandshakeFailed)
        }
    }

    @Test(arguments: [true, false])
    func `an encrypted key is opened with its passphrase, and not without`(isInMemory: Bool) async throws {
        try await withServer(tls: true) { server in
            let transport = CurlHTTPTransport()
            let key = isInMemory ? PEMSource.bytes(try server.pem("client.encrypted.key")) : .file(server.path("client.encrypted.key"))
            var tls = server.tls(client: "client")
            tls.identity?.privateKey = key
            for passphrase in [nil, PEMPassphrase(""), PEMPassphrase("wrong")] {
                tls.identity?.passphrase = passphrase
                let error = await transport.failure(of: server.request("/client", to: "https-mtls", tls: tls))
                #expect(error?.code == .tlsConfigurationInvalid)
            }
            tls.identity?.passphrase = PEMPassphrase("open sesame")
            let text = try await transport.send(server.request("/client", to: "https-mtls", tls: tls)).text
            #expect(text == "client")
        }
    }

    @Test func `a client certificate of another authority is refused`() async throws {
        try await withServer(tls: true) { server in
            let request = server.request("/client", to: "https-mtls", tls: server.tls(client: "stranger"))
            let error = await CurlHTTPTransport().failure(of: request)
            // Whether the peer's alert or its reset is seen first is up to the network.
            #expect(error?.code == .tlsHandshakeFailed || error?.code == .connectionClosed)
        }
    }

    @Test(arguments: ["http6", "https6"])
    func `an address of IPv6 is a host like any other`(listener: String) async throws {
        try await withServer(tls: true) { server in
            let tls = server.tls()
            let response = try await CurlHTTPTransport().send(server.request("/echo", to: listener, host: "[::1]", tls: tls))
            #expect(response.text.contains("Host: [::1]:\(server.port(listener))\r\n"))
        }
    }
}
