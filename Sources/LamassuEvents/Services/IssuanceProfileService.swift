// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a CA service does with its issuance profiles.
public protocol IssuanceProfileService: Sendable {
    /// Reads a profile.
    func issuanceProfile(_ id: String) async throws -> IssuanceProfile
    /// Creates a profile; without an identifier the service gives it one.
    func createIssuanceProfile(_ profile: IssuanceProfile) async throws -> IssuanceProfile
    /// Changes the profile that has the identifier of the one that is given.
    func updateIssuanceProfile(_ profile: IssuanceProfile) async throws -> IssuanceProfile
    /// Deletes a profile.
    func deleteIssuanceProfile(_ id: String) async throws
}
