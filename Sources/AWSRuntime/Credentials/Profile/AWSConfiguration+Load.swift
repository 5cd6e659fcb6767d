// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Transport

extension AWSConfiguration {
    /// Makes a configuration of the environment's variables and of the profile that they select, with the credentials of the default chain.
    ///
    /// The variables are those of ``init(environment:)`` and `AWS_CA_BUNDLE`; the profile's region, endpoints and other settings stand in
    /// where a variable is missing.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - transport: what carries the requests for credentials.
    ///   - logger: where refreshes of the credentials are logged.
    /// - Returns: the configuration.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/configuration`` when there is no region, or an endpoint is no URL; of kind
    ///   ``AWSError/Kind/credentials`` when a shared file cannot be read.
    public static func load(
        environment: [String: String] = ProcessEnvironment.variables, transport: any HTTPTransport, logger: Logger
    ) async throws(AWSError) -> AWSConfiguration {
        let shared = try await SharedConfiguration.load(environment: environment)
        let settings = shared.settings(with: environment)
        var configuration = try AWSConfiguration(
            settings, credentials: .default(environment: environment, transport: transport, logger: logger))
        configuration.tls = TLSConfiguration(settings)
        return configuration
    }
}
