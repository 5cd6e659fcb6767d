// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import SystemCrypto
import Testing
import Transport

@Suite struct IoTCredentialsTests {
    static func provider(
        _ server: CredentialsServer, alias: String = "device-alias", thing: String? = nil, tls: TLSConfiguration? = nil
    ) throws -> IoTCredentialsProvider {
        try IoTCredentialsProvider(
            endpoint: AWSEndpoint(url: "https://localhost:\(server.mutualTLSPort)"), roleAlias: alias, thingName: thing,
            tls: tls ?? server.tls(), transport: server.transport)
    }

    @Test func `a certificate gives the credentials of the role alias`() async throws {
        try await CredentialsServer.run(tls: TestCertificates()) { server in
            try await server.set(["thing": "pump-7", "aliases": ["a=b,c@d"]])
            #expect(try await Self.provider(server, alias: "a=b,c@d", thing: "pump-7").credentials().accessKeyID == "ASIA0001")
            let request = try #require(try await server.requests().first)
            #expect(request.method == "GET")
            #expect(request.path == "/role-aliases/a%3Db%2Cc%40d/credentials")
            #expect(request.headers["x-amzn-iot-thingname"] == "pump-7")
        }
    }

    @Test func `a thing that is another's and an alias that is not there are refused with their status`() async throws {
        try await CredentialsServer.run(tls: TestCertificates()) { server in
            try await server.set(["thing": "pump-7"])
            let other = await #expect(throws: AWSError.self) { try await Self.provider(server, thing: "pump-8").credentials() }
            #expect(other?.status == 403)
            let missing = await #expect(throws: AWSError.self) { try await Self.provider(server, alias: "missing").credentials() }
            #expect(missing?.status == 404)
        }
    }

    @Test func `a certificate of a stranger is refused, and so is a server of one`() async throws {
        try await CredentialsServer.run(tls: TestCertificates()) { server in
            try TestCertificates().issue("stranger", .clientAuthentication, to: server.folder)
            let refused = await #expect(throws: AWSError.self) {
                try await Self.provider(server, tls: server.tls(client: "stranger")).credentials()
            }
            #expect(refused?.kind == .credentials)
            var tls = server.tls()
            tls.trustRoots = .system
            await #expect(throws: AWSError(.credentials, code: "tlsVerificationFailed", message: "")) {
                try await Self.provider(server, tls: tls).credentials()
            }
        }
    }

    @Test func `a renewed certificate is used without a restart`() async throws {
        let certificates = try TestCertificates()
        try await CredentialsServer.run(tls: certificates) { server in
            try TestCertificates().issue("renewed", .clientAuthentication, to: server.folder)
            let provider = try Self.provider(server, tls: server.tls(client: "renewed"))
            await #expect(throws: AWSError.self) { try await provider.credentials() }
            try certificates.issue("renewed", .clientAuthentication, to: server.folder)
            #expect(try await provider.credentials().accessKeyID == "ASIA0001")
        }
    }

    @Test(arguments: [
        (scheme: "http", alias: "a", thing: nil as String?, hasIdentity: true), ("https", "a", nil, false), ("https", "", nil, true),
        ("https", "a/b", nil, true), ("https", "ä", nil, true), ("https", String(repeating: "a", count: 129), nil, true),
        ("https", "a", "", true), ("https", "a", "x\r\ny", true),
    ])
    func `what cannot be asked for is refused at once`(scheme: String, alias: String, thing: String?, hasIdentity: Bool) throws {
        let identity = TLSConfiguration.Identity(certificateChain: .file("c.pem"), privateKey: .file("k.pem"))
        #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
            try IoTCredentialsProvider(
                endpoint: AWSEndpoint(url: "\(scheme)://localhost"), roleAlias: alias, thingName: thing,
                tls: TLSConfiguration(identity: hasIdentity ? identity : nil), transport: ScriptedTransport.unreachable)
        }
    }
}
