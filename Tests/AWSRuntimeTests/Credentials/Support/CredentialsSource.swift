// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Logging
import Transport

/// One way to credentials over HTTP, set up against the server of these tests.
struct CredentialsSource: Sendable, CustomStringConvertible {
    let description: String
    /// The path of the request whose answer holds the credentials, as a regular expression.
    var path: String
    var needsTLS = false
    var make: @Sendable (CredentialsServer, CredentialsClock) throws -> any AWSCredentialsProvider

    static let all = [instance, container, role, webIdentity, singleSignOn, iot]

    /// Real time; but nobody waits for another attempt.
    static var impatient: CredentialsClock {
        var clock = CredentialsClock.system
        clock.sleep = { if $0 > .seconds(20) { try await Task.sleep(for: $0) } }
        return clock
    }

    static let instance = CredentialsSource(
        description: "instance", path: "/latest/meta-data/iam/security-credentials/device-role"
    ) { server, clock in
        InstanceMetadataCredentialsProvider(environment: server.environment, transport: server.transport, clock: clock)
    }

    static let container = CredentialsSource(description: "container", path: "/container") { server, clock in
        ContainerCredentialsProvider(
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/container"], transport: server.transport,
            agent: server.url, clock: clock)
    }

    static let role = CredentialsSource(description: "role", path: "/") { server, clock in
        try server.write(
            ".aws/config",
            """
            [default]
            role_arn = arn:aws:iam::123456789012:role/connector
            source_profile = base
            region = eu-west-1
            """)
        try server.write(".aws/credentials", "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base-secret\n")
        return ProfileCredentialsProvider(
            nil, environment: server.environment, transport: server.transport, logger: Logger(label: "test"), clock: clock)
    }

    static let webIdentity = CredentialsSource(description: "web identity", path: "/") { server, _ in
        try server.write("token", "web-token\n")
        var environment = server.environment
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = server.path("token")
        environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/pod"
        return WebIdentityCredentialsProvider(environment: environment, transport: server.transport, logger: Logger(label: "test"))
    }

    static let singleSignOn = CredentialsSource(description: "single sign-on", path: "/federation/credentials") { server, clock in
        try SingleSignOnTests.signIn(server)
        return ProfileCredentialsProvider(
            nil, environment: server.environment, transport: server.transport, logger: Logger(label: "test"), clock: clock)
    }

    static let iot = CredentialsSource(description: "IoT", path: "/role-aliases/device-alias/credentials", needsTLS: true) { server, _ in
        try IoTCredentialsProvider(
            endpoint: AWSEndpoint(url: "https://localhost:\(server.mutualTLSPort)"), roleAlias: "device-alias",
            tls: server.tls(), transport: server.transport)
    }
}

extension CredentialsServer {
    /// Trusts the server's authority, and shows the certificate of the device.
    func tls(client: String? = "device") -> TLSConfiguration {
        func file(_ name: String) -> PEMSource { .file(self.path(name)) }
        return TLSConfiguration(
            trustRoots: .custom(file("ca.pem")),
            identity: client.map { .init(certificateChain: file("\($0).pem"), privateKey: file("\($0).key")) })
    }
}
