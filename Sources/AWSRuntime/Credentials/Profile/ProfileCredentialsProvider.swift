// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
public import Logging
public import Transport

/// Gives the credentials that a profile of the shared files leads to: keys, a program, AWS IAM Identity Center, or a role that is assumed
/// by those of another profile, of the environment, of the instance or of the container.
///
/// The files are read at each call, so that what changes in them is used without a restart; see ``SharedConfiguration``.
public struct ProfileCredentialsProvider: AWSCredentialsProvider {
    private let profile: String?
    private let environment: CredentialsEnvironment
    private let transport: any HTTPTransport
    private let logger: Logger
    private let clock: CredentialsClock
    private let instance: InstanceMetadataCredentialsProvider

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - profile: the profile's name; by default that of `AWS_PROFILE`, or else `default`.
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests.
    ///   - logger: where attempts to assume a role are logged, at `debug`.
    public init(
        _ profile: String? = nil, environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport, logger: Logger
    ) {
        self.init(profile, environment: environment, transport: transport, logger: logger, clock: .system)
    }

    package init(
        _ profile: String?, environment: [String: String], transport: any HTTPTransport, logger: Logger, clock: CredentialsClock
    ) {
        self.profile = profile
        self.environment = CredentialsEnvironment(environment)
        self.transport = transport
        self.logger = logger
        self.clock = clock
        self.instance = InstanceMetadataCredentialsProvider(environment: environment, transport: transport, clock: clock)
    }

    /// Reads the files, and asks whom the profile names.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` where the profile has nothing of credentials; ``AWSErrorCode/mfaRequired`` and
    ///   ``AWSErrorCode/invalidCredentialsConfiguration`` for settings that cannot be used; the error of who was asked.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        let shared = try await SharedConfiguration.load(environment: self.environment.variables, profile: self.profile)
        return try await self.credentials(from: shared.credentialsSource(), shared.settings(with: self.environment.variables))
    }

    /// Tells the metadata service's provider, the one that keeps something.
    public func invalidate(_ credentials: AWSCredentials) { self.instance.invalidate(credentials) }

    /// Asks a source.
    ///
    /// - Parameter settings: the variables and the selected profile's settings.
    private func credentials(from source: ProfileCredentialsSource, _ settings: AWSSettings) async throws(AWSError) -> AWSCredentials {
        switch source {
        case .keys(let credentials): return credentials
        case .process(let command):
            return try await ProcessCredentialsProvider(command: command, environment: self.environment.variables).credentials()
        case .environment: return try await EnvironmentCredentialsProvider(environment: self.environment.variables).credentials()
        case .instanceMetadata: return try await self.instance.credentials()
        case .container:
            return try await ContainerCredentialsProvider(environment: self.environment.variables, transport: self.transport).credentials()
        case .singleSignOn(let role):
            let provider = SingleSignOnCredentialsProvider(
                role: role, settings: settings, transport: self.transport, logger: self.logger, clock: self.clock)
            return try await provider.credentials()
        case .webIdentity(let role, let path):
            return try await WebIdentityCredentialsProvider.credentials(
                of: role, tokenFile: path, settings, over: self.transport, logger: self.logger)
        case .role(let role, let source):
            let credentials = try await self.credentials(from: source, settings)
            let configuration = try AWSConfiguration(
                ofCredentialServices: settings, askedWith: StaticCredentialsProvider(credentials))
            return try await AssumeRoleCredentialsProvider(
                role, configuration: configuration, transport: self.transport, logger: self.logger
            ).credentials()
        }
    }
}
