// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner
public import Logging
public import Transport

/// Gives the credentials of a role that other credentials may assume, by `AssumeRole` of AWS STS.
public struct AssumeRoleCredentialsProvider: AWSCredentialsProvider {
    private let role: AWSAssumedRole
    private let client: AWSClient

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - role: the role, and how it is assumed.
    ///   - configuration: where AWS STS is, and by which credentials the role is assumed.
    ///   - transport: what carries the requests.
    ///   - logger: where attempts are logged, at `debug`.
    public init(_ role: AWSAssumedRole, configuration: AWSConfiguration, transport: any HTTPTransport, logger: Logger) {
        self.role = role
        self.client = AWSClient(configuration, transport: transport, logger: logger)
    }

    /// Asks AWS STS, as often as the configuration's retry policy says.
    ///
    /// - Throws: the source's error, or that of AWS STS.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        do {
            return try await self.client.send(AssumeRole(role: self.role, defaultSessionName: .roleSessionName()))
        } catch {
            throw error.asCredentialsError(of: "AssumeRole of \(self.role.arn)")
        }
    }
}

extension String {
    /// A name for a session of a role: who, and when.
    static func roleSessionName() -> String { "lamassu-cloud-\(AWSTimestamp.now.secondsSinceEpoch)" }
}
