// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Logging
import Testing

@Suite struct DefaultChainTests {
    private static func chain(_ server: CredentialsServer, _ variables: [String: String]) -> CachedCredentialsProvider {
        .default(
            environment: server.environment.merging(variables) { $1 }, transport: server.transport, logger: Logger(label: "test"))
    }

    @Test func `sources are asked in AWS's order, and the first that is set up is the one`() async throws {
        try await CredentialsServer.run { server in
            try server.write("token", "web-token")
            // From the last to the first, each set up besides the later ones.
            #expect(try await Self.chain(server, [:]).credentials().accessKeyID == "ASIA0001")
            #expect(try await server.requests().last?.path.hasPrefix("/latest") == true)

            var variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/container"]
            #expect(try await Self.chain(server, variables).credentials().accessKeyID == "ASIA0002")
            #expect(try await server.requests().map(\.path) == ["/container"])

            try server.write(".aws/credentials", "[default]\naws_access_key_id = AKIDP\naws_secret_access_key = s\n")
            #expect(try await Self.chain(server, variables).credentials().accessKeyID == "AKIDP")

            variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "\(server.home)/token"
            variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/pod"
            #expect(try await Self.chain(server, variables).credentials().accessKeyID == "ASIA0003")

            variables["AWS_ACCESS_KEY_ID"] = "AKIDE"
            variables["AWS_SECRET_ACCESS_KEY"] = "s"
            #expect(try await Self.chain(server, variables).credentials().accessKeyID == "AKIDE")
        }
    }

    @Test func `a source that is set up and fails is not passed over`() async throws {
        try await CredentialsServer.run { server in
            try server.write(".aws/config", "[default]\nrole_arn = arn\nsource_profile = missing\n")
            await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
                try await Self.chain(server, [:]).credentials()
            }
            await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
                try await Self.chain(server, ["AWS_ACCESS_KEY_ID": "AKID"]).credentials()
            }
        }
    }

    @Test func `where nothing is set up, the error says where it looked`() async throws {
        try await CredentialsServer.run { server in
            let error = await #expect(throws: AWSError.self) {
                try await Self.chain(server, ["AWS_EC2_METADATA_DISABLED": "true"]).credentials()
            }
            #expect(error?.code == .noCredentials)
            for place in ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "profile", "AWS_CONTAINER", "AWS_EC2_METADATA_DISABLED"] {
                #expect(error?.message.contains(place) == true)
            }
        }
    }

    @Test func `it is written where the credentials of a configuration are wanted`() async throws {
        try await CredentialsServer.run { server in
            let configuration = AWSConfiguration(
                region: "eu-west-1",
                credentials: .default(environment: server.environment, transport: server.transport, logger: Logger(label: "test")),
                endpoint: try AWSEndpoint(url: server.url))
            #expect(try await configuration.credentials.credentials().accessKeyID == "ASIA0001")
            #expect(try await configuration.credentials.credentials().accessKeyID == "ASIA0001")
        }
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], AWSCredentials(accessKeyID: "a", secretAccessKey: "b")),
        (
            [
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "t",
                "AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z",
            ],
            AWSCredentials(
                accessKeyID: "a", secretAccessKey: "b", sessionToken: "t", expiration: AWSTimestamp(secondsSinceEpoch: 1_893_456_000))
        ),
    ])
    func `the environment's keys are given with token and expiry`(environment: [String: String], credentials: AWSCredentials) async throws {
        #expect(try await EnvironmentCredentialsProvider(environment: environment).credentials() == credentials)
    }

    @Test(arguments: [
        ([:], AWSErrorCode.noCredentials), (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""], .noCredentials),
        (["AWS_ACCESS_KEY_ID": "a"], .invalidCredentialsConfiguration), (["AWS_SECRET_ACCESS_KEY": "a"], .invalidCredentialsConfiguration),
        (
            ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_CREDENTIAL_EXPIRATION": "soon"], .invalidCredentialsConfiguration
        ),
    ])
    func `an environment without whole keys is refused`(environment: [String: String], code: AWSErrorCode) async throws {
        await #expect(throws: AWSError(.credentials, code: code, message: "")) {
            try await EnvironmentCredentialsProvider(environment: environment).credentials()
        }
    }

    @Test func `given credentials are given`() async throws {
        let credentials = AWSCredentials(accessKeyID: "a", secretAccessKey: "b")
        #expect(try await StaticCredentialsProvider(credentials).credentials() == credentials)
    }

    @Test func `no provider shows a secret, however it is printed`() throws {
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "topsecret", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "topsecret",
        ]
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "topsecret", sessionToken: "topsecret")
        let (transport, logger) = (ScriptedTransport.unreachable, Logger(label: "test"))
        let configuration = AWSConfiguration(region: "r", credentials: EnvironmentCredentialsProvider(environment: environment))
        let providers: [any AWSCredentialsProvider] = [
            StaticCredentialsProvider(credentials), EnvironmentCredentialsProvider(environment: environment),
            WebIdentityCredentialsProvider(environment: environment, transport: transport, logger: logger),
            ProfileCredentialsProvider(environment: environment, transport: transport, logger: logger),
            ContainerCredentialsProvider(environment: environment, transport: transport),
            InstanceMetadataCredentialsProvider(environment: environment, transport: transport),
            ProcessCredentialsProvider(command: "true topsecret", environment: environment),
            AssumeRoleCredentialsProvider(
                AWSAssumedRole(arn: "arn"), configuration: configuration, transport: transport, logger: logger),
            CachedCredentialsProvider.default(environment: environment, transport: transport, logger: logger),
        ]
        var text = "\(configuration) \(providers) \(CredentialsProviderChain(providers))"
        debugPrint(providers, to: &text)
        dump(providers, to: &text)
        dump(configuration, to: &text)
        #expect(text.contains("redacted"))
        #expect(!text.contains("topsecret"))
    }
}
