// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
import HTTPTypes
public import Transport

/// Gives the credentials of a container: the task role of Amazon ECS, EKS Pod Identity, or any agent that speaks as they do.
///
/// Read are `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, or else `AWS_CONTAINER_CREDENTIALS_FULL_URI`; and for the agent's authorization
/// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, a file that is read at each call because the token in it is rotated, or else
/// `AWS_CONTAINER_AUTHORIZATION_TOKEN` (AWS SDKs and Tools Reference, "Container credential provider"). Without TLS only a loopback
/// address or an agent of AWS is asked, so that nobody else is shown the token.
public struct ContainerCredentialsProvider: AWSCredentialsProvider {
    private static let source = "the container's credentials endpoint"

    private let environment: CredentialsEnvironment
    private let transport: any HTTPTransport
    private let agent: String
    private let clock: CredentialsClock

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests; it must not send them through a proxy.
    public init(environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport) {
        self.init(environment: environment, transport: transport, agent: "http://169.254.170.2", clock: .system)
    }

    package init(environment: [String: String], transport: any HTTPTransport, agent: String, clock: CredentialsClock) {
        self.environment = CredentialsEnvironment(environment)
        self.transport = transport
        self.agent = agent
        self.clock = clock
    }

    /// Asks the agent; an attempt may take 2 seconds, and there are three.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` where no variable is set; ``AWSErrorCode/invalidCredentialsConfiguration`` where the URL is
    ///   not allowed or the token cannot be sent.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        let url = try self.url()
        let fields = [(HTTPField.Name.authorization as HTTPField.Name?, try await self.authorization())]
        let exchange = CredentialsExchange(
            transport: self.transport, source: Self.source, tls: TLSConfiguration(AWSSettings(environment: self.environment.variables)),
            attemptTimeout: .seconds(2),
            clock: self.clock)
        let request = HTTPRequest(.get, url.endpoint, path: url.path, fields: fields + [(.accept, "application/json")])
        return try await exchange.send(request) { response throws(AWSError) in
            try CredentialsDocument.metadata.credentials(in: response.body, from: Self.source)
        }
    }

    private func url() throws(AWSError) -> ContainerCredentialsURL {
        if let path = self.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return try ContainerCredentialsURL(relative: path, agent: AWSEndpoint(url: self.agent))
        }
        if let url = self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] { return try ContainerCredentialsURL(full: url) }
        throw .noCredentials("neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
    }

    /// What the agent knows the container by.
    private func authorization() async throws(AWSError) -> String? {
        var token = self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let path = self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            guard let bytes = try await CredentialsFile.contents(of: path) else {
                throw .invalidCredentialsConfiguration("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that is not there: \(path)")
            }
            token = String(decoding: bytes, as: UTF8.self)
        }
        guard let token, !token.isEmpty else { return nil }
        // A line break would end the header field and begin another. Tokens may have spaces, as in `Basic dXNlcg==`.
        guard token.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw .invalidCredentialsConfiguration("the container's authorization token has a line break or another control character")
        }
        return token
    }
}
