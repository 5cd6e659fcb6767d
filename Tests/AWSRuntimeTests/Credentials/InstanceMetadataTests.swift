// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Synchronization
import Testing

@Suite struct InstanceMetadataTests {
    static func provider(
        _ server: CredentialsServer, _ variables: [String: String] = [:], clock: CredentialsClock = .system
    ) -> InstanceMetadataCredentialsProvider {
        InstanceMetadataCredentialsProvider(
            environment: server.environment.merging(variables) { $1 }, transport: server.transport, clock: clock)
    }

    @Test func `a session is opened, the role looked up, and its credentials fetched; the session serves again`() async throws {
        try await CredentialsServer.run { server in
            let provider = Self.provider(server)
            #expect(try await provider.credentials().accessKeyID == "ASIA0001")
            let requests = try await server.requests()
            #expect(
                requests.map { "\($0.method) \($0.path)" } == [
                    "PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/",
                    "GET /latest/meta-data/iam/security-credentials/device-role",
                ])
            #expect(requests.first?.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
            #expect(try await provider.credentials().accessKeyID == "ASIA0002")
            #expect(try await server.requests().map(\.method) == ["GET", "GET"])
        }
    }

    @Test func `a session that the service has forgotten is opened anew`() async throws {
        try await CredentialsServer.run { server in
            let provider = Self.provider(server)
            _ = try await provider.credentials()
            try await server.set(["forget": true])
            #expect(try await provider.credentials().accessKeyID == "ASIA0002")
        }
    }

    @Test func `a session is opened anew when its time is over`() async throws {
        try await CredentialsServer.run { server in
            let uptime = Mutex(Duration.zero)
            var clock = CredentialsClock.system
            clock.uptime = { uptime.withLock { $0 } }
            let provider = Self.provider(server, clock: clock)
            _ = try await provider.credentials()
            uptime.withLock { $0 = .seconds(21_600) }
            _ = try await server.requests()
            _ = try await provider.credentials()
            #expect(try await server.requests().first?.method == "PUT")
        }
    }

    @Test(arguments: ["true", "True", "TRUE"])
    func `a service that is disabled is not asked`(value: String) async throws {
        try await CredentialsServer.run { server in
            let provider = Self.provider(server, ["AWS_EC2_METADATA_DISABLED": value])
            await #expect(throws: AWSError(.credentials, code: .noCredentials, message: "")) { try await provider.credentials() }
            let requests = try await server.requests()
            #expect(requests.isEmpty)
        }
    }

    @Test(arguments: [
        (status: 403, code: AWSErrorCode.noCredentials), (404, .noCredentials), (405, .noCredentials), (500, .unknown), (400, .unknown),
    ])
    func `a service that opens no session counts as absent where it says so`(status: Int, code: AWSErrorCode) async throws {
        try await CredentialsServer.run { server in
            try await server.fail(.init(path: "/latest/api/token", status: status))
            let error = await #expect(throws: AWSError.self) { try await Self.provider(server).credentials() }
            #expect(error?.code == code)
        }
    }

    @Test func `an instance without a role has no credentials, and a machine that is no instance neither`() async throws {
        try await CredentialsServer.run { server in
            try await server.set(["role": nil])
            let absent = AWSError(.credentials, code: .noCredentials, message: "")
            await #expect(throws: absent) { try await Self.provider(server).credentials() }
            let elsewhere = Self.provider(server, ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"])
            await #expect(throws: absent) { try await elsewhere.credentials() }
        }
    }

    @Test func `an error that the service tells in an answer of success has the service's code`() async throws {
        try await CredentialsServer.run { server in
            try await server.set(["code": "AssumeRoleUnauthorizedAccess"])
            await #expect(throws: AWSError(.credentials, code: "AssumeRoleUnauthorizedAccess", message: "")) {
                try await Self.provider(server).credentials()
            }
        }
    }

    @Test func `while the service fails, the last credentials are given with a later expiry`() async throws {
        try await CredentialsServer.run { server in
            let time = Mutex(AWSTimestamp.now)
            var clock = CredentialsClock.system
            clock.time = { time.withLock { $0 } }
            let provider = Self.provider(server, clock: clock)
            let first = try await provider.credentials()
            time.withLock { $0.secondsSinceEpoch += 4_000 }
            try await server.fail(.init(path: "/latest/meta-data", status: 500))
            let again = try await provider.credentials()
            #expect(again.accessKeyID == first.accessKeyID)
            let left = (again.expiration?.secondsSinceEpoch ?? 0) - clock.time().secondsSinceEpoch
            #expect((600...900).contains(left))
            // AWS refused them: they are no longer given.
            provider.invalidate(again)
            let error = await #expect(throws: AWSError.self) { try await provider.credentials() }
            #expect(error?.status == 500)
            try await server.fail()
            #expect(try await provider.credentials().accessKeyID == "ASIA0002")
        }
    }

    @Test func `once the role is detached, the last credentials are given no more`() async throws {
        try await CredentialsServer.run { server in
            let provider = Self.provider(server)
            _ = try await provider.credentials()
            try await server.set(["role": nil])
            await #expect(throws: AWSError(.credentials, code: .noCredentials, message: "")) { try await provider.credentials() }
            // Nor when the service fails after that.
            try await server.fail(.init(path: "/latest/meta-data", status: 500))
            let error = await #expect(throws: AWSError.self) { try await provider.credentials() }
            #expect(error?.status == 500)
        }
    }

    @Test(arguments: [
        (variables: [:], host: "169.254.169.254"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "[fd00:ec2::254]"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], "169.254.169.254"),
        (
            [
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://metadata.example:81/",
            ], "metadata.example:81"
        ),
    ])
    func `the service is where the variables say`(variables: [String: String], host: String) async throws {
        let transport = ScriptedTransport.unreachable
        let provider = InstanceMetadataCredentialsProvider(environment: variables, transport: transport)
        await #expect(throws: AWSError.self) { try await provider.credentials() }
        #expect(transport.authorities == [host])
    }

    @Test func `a mode that is none is refused`() async throws {
        let provider = InstanceMetadataCredentialsProvider(
            environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5"], transport: ScriptedTransport.unreachable)
        await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
            try await provider.credentials()
        }
    }
}
