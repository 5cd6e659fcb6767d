// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Logging
import Testing
import Transport

@Suite struct RoleCredentialsTests {
    static func provider(_ server: CredentialsServer, _ role: AWSAssumedRole, secret: String = "base-secret") throws
        -> AssumeRoleCredentialsProvider
    {
        let source = StaticCredentialsProvider(AWSCredentials(accessKeyID: "AKIDBASE", secretAccessKey: secret))
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: source, endpoint: try AWSEndpoint(url: server.url))
        return AssumeRoleCredentialsProvider(role, configuration: configuration, transport: server.transport, logger: Logger(label: "test"))
    }

    @Test func `a role is assumed with a signature that AWS can check, and with what the role asks for`() async throws {
        try await CredentialsServer.run { server in
            try await server.set(["external_id": "lamassu & co"])
            let role = AWSAssumedRole(
                arn: "arn:aws:iam::123456789012:role/sync", sessionName: "connector-1", externalID: "lamassu & co", duration: .seconds(900))
            #expect(try await Self.provider(server, role).credentials().accessKeyID == "ASIA0001")
            let body = try #require(try await server.requests().first?.body)
            let fields = Set(body.split(separator: "&").map(String.init))
            #expect(
                fields == [
                    "Action=AssumeRole", "Version=2011-06-15", "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fsync",
                    "RoleSessionName=connector-1", "ExternalId=lamassu%20%26%20co", "DurationSeconds=900",
                ])
        }
    }

    @Test func `a refusal has the code of AWS`() async throws {
        try await CredentialsServer.run { server in
            try await server.set(["external_id": "another"])
            let role = AWSAssumedRole(arn: "arn:aws:iam::123456789012:role/sync")
            await #expect(throws: AWSError(.credentials, code: "AccessDenied", message: "")) {
                try await Self.provider(server, role).credentials()
            }
            await #expect(throws: AWSError(.credentials, code: "SignatureDoesNotMatch", message: "")) {
                try await Self.provider(server, role, secret: "wrong").credentials()
            }
        }
    }

    @Test func `a web identity is shown without a signature, and its file is read again`() async throws {
        try await CredentialsServer.run { server in
            let provider = try CredentialsSource.webIdentity.make(server, .system)
            #expect(try await provider.credentials().accessKeyID == "ASIA0001")
            let request = try #require(try await server.requests().first)
            #expect(request.headers["authorization"] == nil)
            #expect(request.body.contains("RoleSessionName=lamassu-cloud-"))
            try await server.set(["web_token": "web-token-2"])
            await #expect(throws: AWSError(.credentials, code: "InvalidIdentityToken", message: "")) {
                try await provider.credentials()
            }
            try server.write("token", "web-token-2")
            #expect(try await provider.credentials().accessKeyID == "ASIA0002")
        }
    }

    @Test(arguments: [
        (["AWS_ROLE_ARN": "arn"], AWSErrorCode.noCredentials), (["AWS_WEB_IDENTITY_TOKEN_FILE": "/x"], .invalidCredentialsConfiguration),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/x", "AWS_ROLE_ARN": "arn"], .invalidCredentialsConfiguration),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/zero", "AWS_ROLE_ARN": "arn"], .invalidCredentialsConfiguration),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/", "AWS_ROLE_ARN": "arn"], .invalidCredentialsConfiguration),
    ])
    func `a web identity that is not whole is refused`(environment: [String: String], code: AWSErrorCode) async throws {
        let transport = ScriptedTransport.unreachable
        let provider = WebIdentityCredentialsProvider(environment: environment, transport: transport, logger: Logger(label: "test"))
        await #expect(throws: AWSError(.credentials, code: code, message: "")) { try await provider.credentials() }
        #expect(transport.authorities.isEmpty)
    }

    @Test func `the name of the session and the region are those of the environment`() async throws {
        let transport = ScriptedTransport.unreachable
        try await CredentialsServer.run { server in
            try server.write("token", "t")
            let environment = [
                "AWS_WEB_IDENTITY_TOKEN_FILE": server.path("token"), "AWS_ROLE_ARN": "arn",
                "AWS_ROLE_SESSION_NAME": "pod-1", "AWS_REGION": "eu-central-1",
            ]
            let provider = WebIdentityCredentialsProvider(
                environment: environment, transport: transport, logger: Logger(label: "test"))
            await #expect(throws: AWSError.self) { try await provider.credentials() }
        }
        #expect(Set(transport.authorities) == ["sts.eu-central-1.amazonaws.com"])
    }
}
