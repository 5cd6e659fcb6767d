// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Testing

@Suite struct ContainerCredentialsTests {
    @Test func `a relative path leads to the agent of ECS`() async throws {
        try await CredentialsServer.run { server in
            let provider = ContainerCredentialsProvider(
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container/v2?id=1",
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://x.example",
                ], transport: server.transport, agent: server.url, clock: .system)
            #expect(try await provider.credentials().accessKeyID == "ASIA0001")
            let request = try #require(try await server.requests().first)
            #expect(request.path == "/container/v2?id=1")
            #expect(request.headers["authorization"] == nil)
        }
        let transport = ScriptedTransport.unreachable
        let provider = ContainerCredentialsProvider(environment: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"], transport: transport)
        let refused = await #expect(throws: AWSError.self) { try await provider.credentials() }
        #expect(refused?.code == "unreachable")
        #expect(Set(transport.authorities) == ["169.254.170.2"])
    }

    @Test func `the token is sent, that of the file before that of the variable, and the file is read again`() async throws {
        try await CredentialsServer.run { server in
            try server.write("token", "Bearer one")
            var environment = [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/container", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer zero",
            ]
            try await server.set(["authorization": "Bearer zero"])
            _ = try await ContainerCredentialsProvider(environment: environment, transport: server.transport).credentials()
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = server.path("token")
            try await server.set(["authorization": "Bearer one"])
            let provider = ContainerCredentialsProvider(environment: environment, transport: server.transport)
            _ = try await provider.credentials()
            try await server.set(["authorization": "Bearer two"])
            let error = await #expect(throws: AWSError.self) { try await provider.credentials() }
            #expect(error == AWSError(.credentials, code: "AccessDeniedException", message: ""))
            #expect(error?.status == 401)
            try server.write("token", "Bearer two")
            _ = try await provider.credentials()
        }
    }

    @Test(arguments: ["a\r\nX-Injected: 1", "a\n", "a\u{0}", "ä"])
    func `a token that would end the header field is not sent, and not shown`(token: String) async throws {
        let transport = ScriptedTransport.unreachable
        let provider = ContainerCredentialsProvider(
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": token],
            transport: transport)
        let error = await #expect(throws: AWSError.self) { try await provider.credentials() }
        #expect(error?.code == .invalidCredentialsConfiguration)
        #expect(error.map { !"\($0)".contains("Injected") } == true)
        #expect(transport.authorities.isEmpty)
    }

    @Test(arguments: ["/nowhere/token", "/dev/null", "/"])
    func `a token file that is not there, or is no file, is an error`(path: String) async throws {
        let provider = ContainerCredentialsProvider(
            environment: [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
            ], transport: ScriptedTransport.unreachable)
        await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
            try await provider.credentials()
        }
    }

    @Test func `without a variable there are no credentials`() async throws {
        let provider = ContainerCredentialsProvider(environment: [:], transport: ScriptedTransport.unreachable)
        await #expect(throws: AWSError(.credentials, code: .noCredentials, message: "")) { try await provider.credentials() }
    }

    @Test(arguments: [
        (url: "http://localhost/x", path: "/x" as String?), ("http://LOCALHOST:8080", "/"), ("http://127.0.0.1:1/a/b/", "/a/b/"),
        ("http://127.255.0.9/?q=1", "/?q=1"), ("http://[::1]:9/x#f", "/x"), ("http://169.254.170.2/x", "/x"),
        ("http://169.254.170.23/v1/credentials", "/v1/credentials"), ("http://[fd00:ec2::23]/v1", "/v1"),
        ("https://agent.example/x", "/x"), ("https://10.0.0.1?a", "/?a"),
        ("http://agent.example/x", nil), ("http://169.254.169.254/x", nil), ("http://127.0.0.1.example/x", nil),
        ("http://127.example.com/x", nil), ("http://127.0.0.256/x", nil), ("http://[::2]/x", nil), ("http://127.0.0.1@evil.example/", nil),
        ("http://localhost.evil.example/", nil), ("ftp://localhost/x", nil), ("localhost/x", nil), ("", nil), ("http://", nil),
        ("http://localhost/a b", nil), ("http://localhost/a\r\nb", nil), ("http://evil.example#@localhost/", nil),
        ("http://evil.example\\@localhost/", nil),
    ])
    func `without TLS only this machine and AWS's agents are asked`(url: String, path: String?) {
        #expect((try? ContainerCredentialsURL(full: url))?.path == path)
    }
}
