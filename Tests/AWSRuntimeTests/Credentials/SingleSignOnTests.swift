// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Foundation
import Logging
import Testing

@Suite struct SingleSignOnTests {
    /// SHA-1 of `work`, which is where AWS's command line leaves the token of that session.
    static let sessionFile = ".aws/sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json"

    static let settings = "sso_account_id = 123456789012\nsso_role_name = Operator\n"

    /// Leaves what a person has after signing in.
    static func signIn(_ server: CredentialsServer, expiresIn: Int64 = 3_600, canRefresh: Bool = true) throws {
        try server.write(
            ".aws/config",
            """
            [sso-session work]
            sso_region = eu-west-1
            sso_start_url = https://work.awsapps.com/start
            [default]
            sso_session = work
            \(self.settings)
            """)
        try self.leaveToken(server, at: self.sessionFile, expiresIn: expiresIn, canRefresh: canRefresh)
    }

    static func leaveToken(_ server: CredentialsServer, at path: String, expiresIn: Int64, canRefresh: Bool = true) throws {
        let end = Date(timeIntervalSince1970: Double(AWSTimestamp.now.secondsSinceEpoch + expiresIn)).formatted(.iso8601)
        let renewal = """
            , "clientId": "client", "clientSecret": "client-secret", "registrationExpiresAt": "2100-01-01T00:00:00Z",
            "refreshToken": "refresh-token"
            """
        try server.write(
            path,
            """
            {"startUrl": "https://work.awsapps.com/start", "region": "eu-west-1", "accessToken": "sso-token", "expiresAt": "\(end)"
            \(canRefresh ? renewal : "")}
            """)
    }

    static func provider(_ server: CredentialsServer) -> ProfileCredentialsProvider {
        ProfileCredentialsProvider(
            nil, environment: server.environment, transport: server.transport, logger: Logger(label: "test"),
            clock: CredentialsSource.impatient)
    }

    static let signInRequired = AWSError(.credentials, code: .signInRequired, message: "")

    @Test func `the token that aws sso login leaves gives credentials`() async throws {
        try await CredentialsServer.run { server in
            try Self.signIn(server)
            #expect(try await Self.provider(server).credentials().accessKeyID == "ASIA0001")
            #expect(try await server.requests().map(\.path) == ["/federation/credentials?role_name=Operator&account_id=123456789012"])
        }
    }

    @Test func `a token is refreshed before it is over, and left in its file with all else that stood there`() async throws {
        try await CredentialsServer.run { server in
            try Self.signIn(server, expiresIn: 200)
            #expect(try await Self.provider(server).credentials().accessKeyID == "ASIA0001")
            #expect(try await server.requests().map(\.path).first == "/token")
            let file = try JSONValue(parsing: Array(try server.read(Self.sessionFile).utf8))
            #expect(file["accessToken"] == "sso-token-2")
            #expect(file["refreshToken"] == "refresh-token-2")
            #expect(file["startUrl"] == "https://work.awsapps.com/start")
            #expect(file["clientSecret"] == "client-secret")
            let path = server.path(Self.sessionFile)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            // The next call needs no refresh.
            #expect(try await Self.provider(server).credentials().accessKeyID == "ASIA0002")
            #expect(try await server.requests().count == 1)
        }
    }

    @Test func `a refresh that fails leaves a token in use that is valid yet`() async throws {
        try await CredentialsServer.run { server in
            try Self.signIn(server, expiresIn: 200)
            for fault in [
                CredentialsServer.Fault(path: "/token", status: 500), .init(path: "/token", body: "<html>sso-token</html>"),
                .init(path: "/token", body: #"{"accessToken": "", "expiresIn": 1}"#),
                .init(path: "/token", body: #"{"accessToken": "x", "expiresIn": 9223372036854775807}"#),
            ] {
                try await server.fail(fault)
                #expect(try await Self.provider(server).credentials().accessKeyID.hasPrefix("ASIA"))
            }
        }
    }

    @Test func `a token that is over and cannot be refreshed asks a person to sign in`() async throws {
        try await CredentialsServer.run { server in
            let provider = Self.provider(server)
            try Self.signIn(server, expiresIn: -10, canRefresh: false)
            await #expect(throws: Self.signInRequired) { try await provider.credentials() }
            // A refresh token that is refused.
            try Self.signIn(server, expiresIn: -10)
            try await server.set(["refresh_token": "another"])
            await #expect(throws: Self.signInRequired) { try await provider.credentials() }
            // A service that is down is no reason to sign in.
            try await server.fail(.init(path: "/token", status: 503))
            let down = await #expect(throws: AWSError.self) { try await provider.credentials() }
            #expect(down?.status == 503)
            #expect(down?.isRetryable == true)
            // A token that is refused, and a file that is none or is not there.
            try await server.fail()
            try Self.signIn(server)
            try await server.set(["sso_token": "another"])
            await #expect(throws: Self.signInRequired) { try await provider.credentials() }
            for text in ["", "{", "[]", #"{"accessToken": "t"}"#, #"{"accessToken": "sso-token", "expiresAt": "soon"}"#] {
                try server.write(Self.sessionFile, text)
                await #expect(throws: Self.signInRequired) { try await provider.credentials() }
            }
            try FileManager.default.removeItem(at: server.folder.appendingPathComponent(Self.sessionFile))
            await #expect(throws: Self.signInRequired) { try await provider.credentials() }
            // After signing in, it goes on by itself.
            try await server.set(["sso_token": "sso-token"])
            try Self.signIn(server)
            #expect(try await provider.credentials().accessKeyID.hasPrefix("ASIA"))
        }
    }

    @Test func `a profile without a session has the token of its portal, which is not refreshed`() async throws {
        try await CredentialsServer.run { server in
            // SHA-1 of `https://work.awsapps.com/start`.
            let file = ".aws/sso/cache/19aabcacc95f752e6b4e0978c9b2a1691b58f5e0.json"
            try server.write(
                ".aws/config",
                "[default]\n\(Self.settings)sso_region = eu-west-1\nsso_start_url = https://work.awsapps.com/start\n")
            try Self.leaveToken(server, at: file, expiresIn: 200)
            #expect(try await Self.provider(server).credentials().accessKeyID == "ASIA0001")
            #expect(try await server.requests().count == 1)
        }
    }

    @Test func `a role that the person has not is refused with its status`() async throws {
        try await CredentialsServer.run { server in
            try Self.signIn(server)
            try server.write(
                ".aws/config",
                """
                [sso-session work]
                sso_region = eu-west-1
                sso_start_url = https://work.awsapps.com/start
                [default]
                sso_session = work
                sso_account_id = 1
                sso_role_name = Operator
                """)
            let error = await #expect(throws: AWSError.self) { try await Self.provider(server).credentials() }
            #expect(error == AWSError(.credentials, code: "ForbiddenException", message: ""))
        }
    }

    @Test func `the services are those of the session's region, whatever region the profile works in`() async throws {
        let transport = ScriptedTransport.unreachable
        try await CredentialsServer.run { server in
            try Self.signIn(server, expiresIn: 100)
            for environment in [["HOME": server.home, "AWS_REGION": "us-east-1"], ["HOME": server.home]] {
                let provider = ProfileCredentialsProvider(environment: environment, transport: transport, logger: Logger(label: "test"))
                await #expect(throws: AWSError.self) { try await provider.credentials() }
            }
        }
        #expect(Set(transport.authorities) == ["oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"])
    }

    @Test func `a token shows nothing of itself`() throws {
        let token = try SingleSignOnToken(Array(#"{"accessToken": "secret-1", "expiresAt": "2030-01-01T00:00:00UTC"}"#.utf8), at: "x")
        var text = "\(token)"
        debugPrint(token, to: &text)
        dump(token, to: &text)
        #expect(!text.contains("secret-1"))
        #expect(token.expiration == AWSTimestamp(secondsSinceEpoch: 1_893_456_000))
    }
}
