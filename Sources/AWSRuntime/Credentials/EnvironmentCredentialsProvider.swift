// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the credentials of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where there are such, `AWS_SESSION_TOKEN` and
/// `AWS_CREDENTIAL_EXPIRATION`.
public struct EnvironmentCredentialsProvider: AWSCredentialsProvider {
    private let environment: CredentialsEnvironment

    /// Makes a provider.
    ///
    /// - Parameter environment: the variables; by default those of the process, read now.
    public init(environment: [String: String] = ProcessEnvironment.variables) { self.environment = CredentialsEnvironment(environment) }

    /// Gives the credentials.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` when neither key is set; ``AWSErrorCode/invalidCredentialsConfiguration`` when one of them
    ///   is, or the expiry is no moment of ISO 8601.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        let (accessKeyID, secret) = (self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"])
        guard accessKeyID != nil || secret != nil else {
            throw .noCredentials("the environment has no AWS_ACCESS_KEY_ID and no AWS_SECRET_ACCESS_KEY")
        }
        guard let accessKeyID, let secret else {
            throw .invalidCredentialsConfiguration("the environment has one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: set both")
        }
        var credentials = AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: self.environment["AWS_SESSION_TOKEN"])
        if let text = self.environment["AWS_CREDENTIAL_EXPIRATION"] {
            guard let expiration = AWSTimestamp(text) else {
                throw .invalidCredentialsConfiguration("AWS_CREDENTIAL_EXPIRATION is no moment of ISO 8601")
            }
            credentials.expiration = expiration
        }
        return credentials
    }
}
