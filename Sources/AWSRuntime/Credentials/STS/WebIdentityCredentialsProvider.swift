// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
public import Logging
public import Transport

/// Gives the credentials of a role to who has a token of an identity provider in a file: a pod of Amazon EKS, or a job of a CI service.
///
/// Read are `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME` and, for where AWS STS is, what
/// ``AWSConfiguration/init(environment:)`` reads; without a region, that is `us-east-1`. The file is read at each call, because the token
/// in it is rotated (AWS SDKs and Tools Reference, "Assume role with web identity").
public struct WebIdentityCredentialsProvider: AWSCredentialsProvider {
    private let environment: CredentialsEnvironment
    private let transport: any HTTPTransport
    private let logger: Logger

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests.
    ///   - logger: where attempts are logged, at `debug`.
    public init(environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport, logger: Logger) {
        self.environment = CredentialsEnvironment(environment)
        self.transport = transport
        self.logger = logger
    }

    /// Reads the token and asks AWS STS.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` where no token file is named; ``AWSErrorCode/invalidCredentialsConfiguration`` where the role
    ///   is missing or the file is not there; the error of AWS STS, such as `InvalidIdentityToken`.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        guard let path = self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else {
            throw .noCredentials("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let arn = self.environment["AWS_ROLE_ARN"] else {
            throw .invalidCredentialsConfiguration("AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
        }
        return try await Self.credentials(
            of: AWSAssumedRole(arn: arn, sessionName: self.environment["AWS_ROLE_SESSION_NAME"]), tokenFile: path,
            AWSSettings(environment: self.environment.variables),
            over: self.transport, logger: self.logger)
    }

    static func credentials(
        of role: AWSAssumedRole, tokenFile path: String, _ settings: AWSSettings, over transport: any HTTPTransport, logger: Logger
    ) async throws(AWSError) -> AWSCredentials {
        guard let bytes = try await CredentialsFile.contents(of: path) else {
            throw .invalidCredentialsConfiguration("the file of the web identity token is not there: \(path)")
        }
        let token = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined()
        guard !token.isEmpty else { throw .invalidCredentialsConfiguration("the file of the web identity token is empty: \(path)") }
        let configuration = try AWSConfiguration(
            ofCredentialServices: settings, askedWith: EnvironmentCredentialsProvider(environment: settings.environment))
        let operation = AssumeRoleWithWebIdentity(role: role, defaultSessionName: .roleSessionName(), token: token)
        do {
            return try await AWSClient(configuration, transport: transport, logger: logger).send(operation)
        } catch {
            throw error.asCredentialsError(of: "AssumeRoleWithWebIdentity of \(role.arn)")
        }
    }
}
