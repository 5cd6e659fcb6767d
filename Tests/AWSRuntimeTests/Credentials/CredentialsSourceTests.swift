// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Logging
import TestSupport
import Testing

/// What every source over HTTP has in common, whatever it answers.
@Suite struct CredentialsSourceTests {
    /// Answers that hold no credentials; the secret in them must show nowhere.
    static let wrongAnswers: [CredentialsServer.Fault] = [
        .init(path: "", body: "<html><body>a proxy's page with minted-secret</body></html>"),
        .init(path: "", body: ""),
        .init(path: "", body: "[]"),
        .init(path: "", body: "{}"),
        .init(path: "", body: #"{"AccessKeyId": "ASIA1", "SecretAccessKey": "minted-secret", "Tok"#),
        .init(path: "", body: #"{"AccessKeyId": "ASIA1", "SecretAccessKey": "minted-secret", "Token": null, "Expiration": null}"#),
        .init(path: "", body: #"{"AccessKeyId": "ASIA1", "SecretAccessKey": "minted-secret", "Token": "t", "Expiration": "soon"}"#),
        .init(path: "", body: #"{"credentials": {"accessKeyId": "ASIA1", "secretAccessKey": "minted-secret"}}"#),
        .init(path: "", body: #"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}"#),
        .init(
            path: "",
            body: """
                <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>minted-secret</Se
                """),
        .init(path: "", body: "<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>"),
        .init(path: "", body: String(repeating: "minted-secret", count: 8_000)),
        .init(path: "", status: 204),
        .init(path: "", status: 302, location: "/latest/api/token"),
        .init(path: "", status: 400, body: #"{"message": "no"}"#),
        .init(path: "", status: 401, body: "<html>401</html>"),
        .init(path: "", status: 403),
        .init(path: "", status: 404, body: #"{"code": "NotFound"}"#),
        .init(path: "", status: 429, body: "slow down"),
        .init(path: "", status: 500, body: "<html>oh no</html>"),
        .init(path: "", status: 503),
    ]

    @Test(arguments: CredentialsSource.all)
    func `a wrong answer is an error without secrets, and does not last`(source: CredentialsSource) async throws {
        try await CredentialsServer.run(tls: source.needsTLS ? TestCertificates() : nil) { server in
            let provider = try source.make(server, CredentialsSource.impatient)
            for answer in Self.wrongAnswers {
                var fault = answer
                fault.path = source.path
                try await server.fail(fault)
                let error = await #expect(throws: AWSError.self, "\(answer)") { try await provider.credentials() }
                #expect(error?.kind == .credentials, "\(answer)")
                #expect(!(error.map { "\($0)" } ?? "").contains("secret"), "\(answer)")
            }
            try await server.fail()
            let credentials = try await provider.credentials()
            #expect(credentials.accessKeyID.hasPrefix("ASIA"))
            #expect(credentials.secretAccessKey.hasPrefix("minted-secret-"))
            #expect(credentials.sessionToken?.hasPrefix("minted-token-") == true)
            #expect(abs((credentials.expiration?.secondsSinceEpoch ?? 0) - AWSTimestamp.now.secondsSinceEpoch - 3_600) < 60)
            #expect(!"\(credentials)".contains("secret"))
        }
    }

    @Test(arguments: CredentialsSource.all)
    func `a server that does not answer is given up at the deadline, and when the task is cancelled`(
        source: CredentialsSource
    ) async throws {
        try await CredentialsServer.run(tls: source.needsTLS ? TestCertificates() : nil) { server in
            let provider = CachedCredentialsProvider(
                try source.make(server, .system), policy: CredentialsRefreshPolicy(refreshTimeout: .milliseconds(300)),
                logger: Logger(label: "test"))
            try await server.fail(.init(path: source.path, hangs: true))
            await #expect(throws: AWSError(.credentials, code: .credentialsTimedOut, message: "")) { try await provider.credentials() }

            _ = try await server.requests()
            let direct = try source.make(server, .system)
            let waiting = Task { try await direct.credentials() }
            try await eventually { try await server.requests().contains { $0.path.hasPrefix(source.path) } }
            waiting.cancel()
            let error = await #expect(throws: AWSError.self) { try await waiting.value }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test(arguments: CredentialsSource.all)
    func `expired credentials are not served, and the source is asked again`(source: CredentialsSource) async throws {
        try await CredentialsServer.run(tls: source.needsTLS ? TestCertificates() : nil) { server in
            let policy = CredentialsRefreshPolicy(baseDelay: .zero)
            let provider = CachedCredentialsProvider(
                try source.make(server, CredentialsSource.impatient), policy: policy, logger: Logger(label: "test"))
            try await server.set(["expires_in": -10])
            if source.description == "instance" {
                // An outage of this service must stop nobody: its old credentials go on being used.
                #expect((try await provider.credentials().expiration).map { $0 > .now } == true)
                return
            }
            await #expect(throws: AWSError(.credentials, code: .expiredCredentials, message: "")) { try await provider.credentials() }
            try await server.set(["expires_in": 3_600])
            #expect(try await provider.credentials().accessKeyID.hasPrefix("ASIA"))
        }
    }

    @Test func `a server that is not there is an error that may pass`() async throws {
        try await CredentialsServer.run { server in
            // Port 9 of the loopback: nobody listens.
            let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/x"]
            let provider = ContainerCredentialsProvider(
                environment: environment, transport: server.transport, agent: "", clock: CredentialsSource.impatient)
            let error = await #expect(throws: AWSError.self) { try await provider.credentials() }
            #expect(error == AWSError(.credentials, code: "connectionRefused", message: ""))
            #expect(error?.isRetryable == true)
            #expect(error?.attempts == 3)
        }
    }

    @Test func `one refresh serves a hundred callers over the network`() async throws {
        try await CredentialsServer.run { server in
            let provider = CachedCredentialsProvider(
                try CredentialsSource.instance.make(server, .system), logger: Logger(label: "test"))
            let keys = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 { group.addTask { try await provider.credentials().accessKeyID } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(keys == ["ASIA0001"])
            #expect(try await server.requests().count == 3)
        }
    }
}
