// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the credentials of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where there is one, `AWS_SESSION_TOKEN`.
public struct EnvironmentCredentialsProvider: AWSCredentialsProvider {
    private let environment: [String: String]

    /// Makes a provider.
    ///
    /// - Parameter environment: the variables; by default those of the process, read now.
    public init(environment: [String: String] = ProcessEnvironment.variables) { self.environment = environment }

    /// Gives the credentials.
    ///
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/credentials`` when a variable is missing.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        guard let accessKeyID = self.environment["AWS_ACCESS_KEY_ID"], !accessKeyID.isEmpty,
            let secret = self.environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
        else {
            throw AWSError(
                .credentials, code: "NoCredentials",
                message: "the environment has no AWS_ACCESS_KEY_ID, or no AWS_SECRET_ACCESS_KEY: set both, or give a provider")
        }
        let token = self.environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        return AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token)
    }
}
