// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: IssuanceProfileService where Base: IssuanceProfileService {
    /// Reads a profile.
    public func issuanceProfile(_ id: String) async throws -> IssuanceProfile { try await self.base.issuanceProfile(id) }

    /// Creates a profile, and publishes `profile.issuance.create`.
    public func createIssuanceProfile(_ profile: IssuanceProfile) async throws -> IssuanceProfile {
        try await self.publishing(.issuanceProfileCreate, subject: EventSubject.profile, id: profile.id, from: \.id) {
            try await self.base.createIssuanceProfile(profile)
        }
    }

    /// Changes a profile, and publishes `profile.issuance.update`.
    public func updateIssuanceProfile(_ profile: IssuanceProfile) async throws -> IssuanceProfile {
        try await self.events.publishing(
            .issuanceProfileUpdate, subject: .profile(profile.id), previous: { try await self.base.issuanceProfile(profile.id) }
        ) {
            try await self.base.updateIssuanceProfile(profile)
        }
    }

    /// Deletes a profile, and publishes `profile.issuance.delete`.
    public func deleteIssuanceProfile(_ id: String) async throws {
        try await self.publishing(.issuanceProfileDelete, subject: .profile(id), deletion: IssuanceProfileDeletion(id: id)) {
            try await self.base.deleteIssuanceProfile(id)
        }
    }
}
