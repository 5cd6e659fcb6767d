// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Logging
import TestSupport
import Testing
import Transport

@Suite struct ProfileTests {
    /// A pair of files, and what botocore makes of them.
    struct RecordedCase: Sendable, CustomStringConvertible {
        var description: String
        var configuration: [UInt8]
        var credentials: [UInt8]
        var profile: String
        var profiles: JSONValue?
        var method: String?
        var error: String?

        static let all: [RecordedCase] = {
            guard let file = try? fixture("profiles") else { return [] }
            return (file["cases"]?.arrayValue ?? []).map { value in
                RecordedCase(
                    description: value["name"]?.stringValue ?? "", configuration: Array((value["configuration"]?.stringValue ?? "").utf8),
                    credentials: Array((value["credentials"]?.stringValue ?? "").utf8), profile: value["profile"]?.stringValue ?? "",
                    profiles: value["profiles"], method: value["method"]?.stringValue, error: value["error"]?.stringValue)
            }
        }()

        func load() throws(AWSError) -> SharedConfiguration {
            try SharedConfiguration(configuration: self.configuration, credentials: self.credentials, selecting: self.profile)
        }
    }

    @Test func `the recording has its cases`() { #expect(RecordedCase.all.count >= 45) }

    @Test(arguments: RecordedCase.all)
    func `the settings of each profile are those that botocore reads`(recorded: RecordedCase) throws {
        guard let expected = recorded.profiles else {
            #expect(recorded.error == "ConfigParseError")
            #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) { try recorded.load() }
            return
        }
        let shared = try recorded.load()
        #expect(Set(shared.profiles.keys) == Set((expected.objectValue ?? []).map(\.key)))
        for member in expected.objectValue ?? [] {
            let profile = try #require(shared.profiles[member.key])
            for setting in member.value.objectValue ?? [] {
                let ours = try #require(profile[setting.key])
                if let text = setting.value.stringValue { #expect(ours == text) }
                if let nested = setting.value.objectValue {
                    let pairs = nested.map { ($0.key, $0.value.stringValue ?? "") }
                    #expect(SharedConfigurationParser.nested(ours) == Dictionary(uniqueKeysWithValues: pairs))
                }
            }
            let names = Set(profile.configuration.keys).union(profile.credentials.keys)
            #expect(names == Set((member.value.objectValue ?? []).map(\.key)))
        }
    }

    @Test(arguments: RecordedCase.all.filter { $0.error != "ConfigParseError" })
    func `credentials come from the kind of source that botocore takes`(recorded: RecordedCase) throws {
        let shared = try recorded.load()
        let method: String?
        do throws(AWSError) {
            method =
                switch try shared.credentialsSource() {
                case .keys: shared.selectedProfile?.credentials["aws_access_key_id"] == nil ? "config-file" : "shared-credentials-file"
                case .process: "custom-process"
                case .singleSignOn: "sso"
                case .webIdentity: "assume-role-with-web-identity"
                case .role: "assume-role"
                case .environment, .instanceMetadata, .container: "not a profile's own"
                }
            #expect(recorded.error == nil)
        } catch {
            method = nil
            #expect(error.code == (recorded.error == nil ? .noCredentials : .invalidCredentialsConfiguration))
            #expect(!"\(error)".contains("secret1"))
        }
        #expect(method == recorded.method)
    }

    @Test func `a role that wants a code is refused, and says why`() throws {
        let file = "[default]\nrole_arn = arn\nsource_profile = b\nmfa_serial = arn:aws:iam::1:mfa/me\n[profile b]\n"
        let shared = try SharedConfiguration(configuration: Array(file.utf8), credentials: [])
        #expect(throws: AWSError(.credentials, code: .mfaRequired, message: "")) { try shared.credentialsSource() }
    }

    @Test(arguments: ["899", "43201", "an hour", ""])
    func `a duration that no role has is refused`(duration: String) throws {
        let file = "[default]\nrole_arn = arn\ncredential_source = Environment\nduration_seconds = \(duration)\n"
        let shared = try SharedConfiguration(configuration: Array(file.utf8), credentials: [])
        #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) { try shared.credentialsSource() }
    }

    @Test func `a role has the settings of its profile, and its source those of the other`() throws {
        let file = """
            [default]
            role_arn = arn:one
            source_profile = two
            external_id = x
            role_session_name = s
            duration_seconds = 3600
            [profile two]
            role_arn = arn:two
            credential_source = Ec2InstanceMetadata
            """
        let shared = try SharedConfiguration(configuration: Array(file.utf8), credentials: [])
        #expect(
            try shared.credentialsSource()
                == .role(
                    AWSAssumedRole(arn: "arn:one", sessionName: "s", externalID: "x", duration: .seconds(3_600)),
                    from: .role(AWSAssumedRole(arn: "arn:two"), from: .instanceMetadata)))
    }

    @Test func `a chain of profiles has an end`() throws {
        func file(_ length: Int) -> [UInt8] {
            let links = (0..<length).map { "[profile p\($0)]\nrole_arn = arn\nsource_profile = p\($0 + 1)\n" }
            return Array((links.joined() + "[profile p\(length)]\naws_access_key_id = a\naws_secret_access_key = b\n").utf8)
        }
        _ = try SharedConfiguration(configuration: file(15), credentials: [], selecting: "p0").credentialsSource()
        let long = try SharedConfiguration(configuration: file(100), credentials: [], selecting: "p0")
        #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) { try long.credentialsSource() }
    }

    @Test func `every beginning of a file is read or refused, and so are random bytes`() throws {
        let file = Array(
            """
            [default]
            aws_access_key_id = AKID
            s3 =
              a = "b
            [profile "x y"]
            role_arn : ü
            """.utf8)
        for count in 0...file.count { _ = try? SharedConfiguration(configuration: Array(file.prefix(count)), credentials: []) }
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("[]=: \t\r\n#;\"'\\abprofile ".utf8) + [0, 0xff, 0xc3]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            do throws(AWSError) {
                _ = try SharedConfiguration(configuration: bytes, credentials: bytes).credentialsSource()
            } catch {
                #expect(error.kind == .credentials)
            }
        }
    }

    @Test func `an error names file and line, and shows no setting`() throws {
        let error = #expect(throws: AWSError.self) {
            try SharedConfiguration(configuration: [], credentials: Array("[a]\naws_secret_access_key topsecret\n".utf8))
        }
        #expect(error?.message.contains("line 2 of credentials") == true)
        #expect(error?.message.contains("topsecret") == false)
        let shared = try SharedConfiguration(configuration: [], credentials: Array("[a]\naws_secret_access_key=topsecret\n".utf8))
        var text = "\(shared.profiles["a"] as Any)"
        dump(shared.profiles["a"], to: &text)
        #expect(!text.contains("topsecret"))
    }

    @Test func `a role is assumed with the keys of another profile, and the files are read again`() async throws {
        try await CredentialsServer.run { server in
            let provider = try CredentialsSource.role.make(server, .system)
            #expect(try await provider.credentials().accessKeyID == "ASIA0001")
            #expect(try await server.requests().first?.headers["authorization"]?.contains("AKIDBASE/") == true)
            try server.write(".aws/credentials", "[default]\naws_access_key_id = AKID2\naws_secret_access_key = s\n")
            try server.write(".aws/config", "")
            #expect(try await provider.credentials() == AWSCredentials(accessKeyID: "AKID2", secretAccessKey: "s"))
        }
    }

    @Test func `a role of a role of the instance is assumed step by step`() async throws {
        try await CredentialsServer.run { server in
            try server.write(
                ".aws/config",
                """
                [profile sync]
                role_arn = arn:aws:iam::123456789012:role/outer
                source_profile = inner
                [profile inner]
                role_arn = arn:aws:iam::123456789012:role/inner
                credential_source = Ec2InstanceMetadata
                """)
            var environment = server.environment
            environment["AWS_PROFILE"] = "sync"
            let provider = ProfileCredentialsProvider(
                environment: environment, transport: server.transport, logger: Logger(label: "test"))
            #expect(try await provider.credentials().accessKeyID == "ASIA0003")
            let signers = try await server.requests().compactMap { $0.headers["authorization"] }
            #expect(signers.count == 2)
            #expect(signers[0].contains("ASIA0001/") && signers[1].contains("ASIA0002/"))
        }
    }

    @Test func `a role of the environment and one of the container are assumed`() async throws {
        try await CredentialsServer.run { server in
            try server.write(
                ".aws/config",
                """
                [profile a]
                role_arn = arn:aws:iam::123456789012:role/a
                credential_source = Environment
                [profile b]
                role_arn = arn:aws:iam::123456789012:role/b
                credential_source = EcsContainer
                [profile c]
                role_arn = arn:aws:iam::123456789012:role/c
                web_identity_token_file = \(server.home)/token
                """)
            try server.write("token", "web-token")
            var environment = server.environment
            environment["AWS_ACCESS_KEY_ID"] = "AKIDBASE"
            environment["AWS_SECRET_ACCESS_KEY"] = "base-secret"
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "\(server.url)/container"
            for (profile, key) in [("a", "ASIA0001"), ("b", "ASIA0003"), ("c", "ASIA0004")] {
                let provider = ProfileCredentialsProvider(
                    profile, environment: environment, transport: server.transport, logger: Logger(label: "test"))
                #expect(try await provider.credentials().accessKeyID == key)
            }
        }
    }

    @Test func `the files are where the variables say, and one that is too long or lacks the profile is refused`() async throws {
        try await CredentialsServer.run { server in
            try server.write("other", "[work]\naws_access_key_id = AKID3\naws_secret_access_key = s\n")
            try server.write("long", String(repeating: "# a comment\n", count: 100_000))
            func provider(_ path: String) -> ProfileCredentialsProvider {
                ProfileCredentialsProvider(
                    "work", environment: ["AWS_SHARED_CREDENTIALS_FILE": path, "HOME": server.home], transport: server.transport,
                    logger: Logger(label: "test"))
            }
            #expect(try await provider("\(server.home)/other").credentials().accessKeyID == "AKID3")
            #expect(try await provider("~/other").credentials().accessKeyID == "AKID3")
            for path in ["~/long", "/dev/zero", server.home, "/nowhere"] {
                await #expect(throws: AWSError(.credentials, code: .invalidCredentialsConfiguration, message: "")) {
                    try await provider(path).credentials()
                }
            }
        }
    }

    @Test func `a path to no file is as good as none, and keeps neither the chain nor the configuration from others`() async throws {
        try await CredentialsServer.run { server in
            let logger = Logger(label: "test")
            for path in ["/dev/null", server.home, "\(server.home)/nowhere"] {
                let environment = server.environment.merging([
                    "AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": path, "AWS_REGION": "eu-west-3",
                ]) { $1 }
                let profile = ProfileCredentialsProvider(environment: environment, transport: server.transport, logger: logger)
                await #expect(throws: AWSError(.credentials, code: .noCredentials, message: "")) { try await profile.credentials() }
                let chain = CachedCredentialsProvider.default(environment: environment, transport: server.transport, logger: logger)
                #expect(try await chain.credentials().accessKeyID.hasPrefix("ASIA"))
                let keys = environment.merging(["AWS_ACCESS_KEY_ID": "AKIDE", "AWS_SECRET_ACCESS_KEY": "s"]) { $1 }
                let configuration = try await AWSConfiguration.load(environment: keys, transport: server.transport, logger: logger)
                #expect(try await configuration.credentials.credentials().accessKeyID == "AKIDE")
            }
        }
    }

    @Test func `a profile gives region and endpoints to the configuration, and a variable goes before it`() async throws {
        try await CredentialsServer.run { server in
            try server.write(
                ".aws/config",
                """
                [default]
                region = eu-west-3
                endpoint_url = http://127.0.0.1:1
                services = here
                [services here]
                iot =
                  endpoint_url = http://127.0.0.1:2
                """)
            let logger = Logger(label: "test")
            let home = ["HOME": server.home]
            let plain = try await AWSConfiguration.load(environment: home, transport: server.transport, logger: logger)
            #expect(plain.region == "eu-west-3")
            #expect(plain.endpoint?.authority == "127.0.0.1:1")
            #expect(plain.serviceEndpoints["iot"]?.authority == "127.0.0.1:2")
            let variables = home.merging(["AWS_REGION": "us-east-2", "AWS_ENDPOINT_URL_IOT": "http://127.0.0.1:3"]) { $1 }
            let overridden = try await AWSConfiguration.load(environment: variables, transport: server.transport, logger: logger)
            #expect(overridden.region == "us-east-2")
            #expect(overridden.serviceEndpoints["iot"]?.authority == "127.0.0.1:3")
            let forAll = home.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:4", "AWS_CA_BUNDLE": "/ca.pem"]) { $1 }
            let common = try await AWSConfiguration.load(environment: forAll, transport: server.transport, logger: logger)
            #expect(common.endpoint?.authority == "127.0.0.1:4")
            #expect(common.serviceEndpoints.isEmpty)
            #expect(common.tls.trustRoots == .custom(.file("/ca.pem")))
            let nothing = ["HOME": "/nowhere"]
            await #expect(throws: AWSError(.configuration, code: "NoRegion", message: "")) {
                try await AWSConfiguration.load(environment: nothing, transport: server.transport, logger: logger)
            }
        }
    }
}
