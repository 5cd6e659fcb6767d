// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Asks one provider after the other, until one is set up.
///
/// A provider that is set up and fails ends the search: its failure is not hidden behind the credentials of somebody else.
public struct CredentialsProviderChain: AWSCredentialsProvider {
    private let providers: [any AWSCredentialsProvider]

    /// Makes a chain.
    ///
    /// - Parameter providers: who is asked, in order.
    public init(_ providers: [any AWSCredentialsProvider]) { self.providers = providers }

    /// Gives the credentials of the first provider that does not throw ``AWSErrorCode/noCredentials``.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials``, with what each provider said, where none is set up.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        var absences: [String] = []
        for provider in self.providers {
            do {
                return try await provider.credentials()
            } catch {
                guard error.kind == .credentials, error.code == .noCredentials else { throw error }
                absences.append(error.message)
            }
        }
        throw .noCredentials("no source of credentials is set up: \(absences.joined(separator: "; "))")
    }

    /// Tells all providers.
    public func invalidate(_ credentials: AWSCredentials) {
        for provider in self.providers { provider.invalidate(credentials) }
    }
}
