// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Transport

extension AWSCredentialsProvider where Self == CachedCredentialsProvider {
    /// Looks where AWS's SDKs look, keeps what it finds, and refreshes it ahead of its expiry.
    ///
    /// In order: the variables of ``EnvironmentCredentialsProvider``; those of ``WebIdentityCredentialsProvider``; the profile that
    /// `AWS_PROFILE` selects, see ``ProfileCredentialsProvider``; ``ContainerCredentialsProvider``; ``InstanceMetadataCredentialsProvider``.
    /// The first that is set up is the one; when it fails, no other is asked.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests for credentials.
    ///   - logger: where refreshes are logged: one that failed at `info`, one that succeeded at `debug`; no secret is.
    /// - Returns: the provider.
    public static func `default`(
        environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport, logger: Logger
    ) -> CachedCredentialsProvider {
        CachedCredentialsProvider(
            CredentialsProviderChain([
                EnvironmentCredentialsProvider(environment: environment),
                WebIdentityCredentialsProvider(environment: environment, transport: transport, logger: logger),
                ProfileCredentialsProvider(environment: environment, transport: transport, logger: logger),
                ContainerCredentialsProvider(environment: environment, transport: transport),
                InstanceMetadataCredentialsProvider(environment: environment, transport: transport),
            ]), logger: logger)
    }
}
