// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Logging
import SystemCrypto
import Transport

/// Gives the credentials of a role by AWS IAM Identity Center, for the token that a person left with `aws sso login`.
///
/// A token of an `[sso-session …]` is refreshed five minutes before it is over, and left in its file for others. Where that fails, it is
/// used while it is valid.
struct SingleSignOnCredentialsProvider: AWSCredentialsProvider {
    private static let source = "AWS IAM Identity Center"
    private static let refreshWindow: Int64 = 300

    let role: SingleSignOnRole
    let settings: AWSSettings
    let transport: any HTTPTransport
    let logger: Logger
    let clock: CredentialsClock

    func credentials() async throws(AWSError) -> AWSCredentials {
        let configuration = try AWSConfiguration(
            ofCredentialServices: self.settings, region: self.role.region,
            askedWith: EnvironmentCredentialsProvider(environment: self.settings.environment))
        let client = AWSClient(configuration, transport: self.transport, logger: self.logger)
        let token = try await self.token(client)
        let operation = GetRoleCredentials(role: self.role, token: token.accessToken)
        do {
            return try await client.send(operation)
        } catch {
            guard error.status == 401 else { throw error.asCredentialsError(of: Self.source) }
            throw Self.signInRequired("the token is no longer taken")
        }
    }

    /// The token of the file, or a new one.
    private func token(_ client: AWSClient) async throws(AWSError) -> SingleSignOnToken {
        let path = try self.path()
        guard let bytes = try await CredentialsFile.contents(of: path) else { throw Self.signInRequired("\(path) is not there") }
        let token = try SingleSignOnToken(bytes, at: path)
        let now = self.clock.time()
        let isValid = token.expiration > now
        if token.expiration.secondsSinceEpoch - Self.refreshWindow > now.secondsSinceEpoch { return token }
        guard self.role.session != nil, let renewal = token.renewal, renewal.end > now else {
            guard isValid else { throw Self.signInRequired("the token is over") }
            return token
        }
        do throws(AWSError) {
            let new = token.renewed(try await client.send(CreateToken(renewal: renewal)), at: now)
            await self.store(new, at: path)
            return new
        } catch {
            guard error.kind != .cancelled else { throw error }
            if isValid {
                self.logger.info("the token of AWS IAM Identity Center could not be refreshed", metadata: ["aws.error": "\(error)"])
                return token
            }
            guard !error.isRetryable else { throw error.asCredentialsError(of: Self.source) }
            throw Self.signInRequired("the token is over, and could not be refreshed (\(error.code))")
        }
    }

    /// Leaves the token to others; it serves here also where that fails.
    private func store(_ token: SingleSignOnToken, at path: String) async {
        do {
            try await CredentialsFile.replace(path, with: token.encoded())
        } catch {
            self.logger.info("the token of AWS IAM Identity Center could not be stored", metadata: ["aws.error": "\(error)"])
        }
    }

    private func path() throws(AWSError) -> String {
        guard let home = self.settings.environment["HOME"], !home.isEmpty else {
            throw .invalidCredentialsConfiguration(
                "HOME is not set: the token of AWS IAM Identity Center is looked for in ~/.aws/sso/cache")
        }
        do throws(CryptoError) {
            let digest = try SHA1.hash(Array(self.role.cacheKey.utf8))
            return "\(home)/.aws/sso/cache/\(Hexadecimal.encode(digest.span)).json"
        } catch {
            throw .invalidCredentialsConfiguration("the name of the token's file cannot be made: \(error)")
        }
    }

    private static func signInRequired(_ reason: String) -> AWSError {
        AWSError(
            .credentials, code: .signInRequired, message: "\(self.source): \(reason): sign in with `aws sso login`", isRetryable: false)
    }
}
