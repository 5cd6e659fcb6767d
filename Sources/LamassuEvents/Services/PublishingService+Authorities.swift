// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: AuthorityService where Base: AuthorityService {
    /// Reads a CA.
    public func ca(_ id: String) async throws -> CACertificate { try await self.base.ca(id) }

    /// Creates a CA, and publishes `ca.create`.
    public func createCA(_ id: String?, with input: Base.CACreation) async throws -> CACertificate {
        try await self.publishing(.caCreate, subject: EventSubject.ca, id: id, from: \.id) {
            try await self.base.createCA(id, with: input)
        }
    }

    /// Imports a CA, and publishes `ca.import`.
    public func importCA(_ id: String?, with input: Base.CAImport) async throws -> CACertificate {
        try await self.publishing(.caImport, subject: EventSubject.ca, id: id, from: \.id) {
            try await self.base.importCA(id, with: input)
        }
    }

    /// Changes the status of a CA, and publishes `ca.status.update`.
    public func updateCAStatus(
        _ id: String, to status: CertificateStatus, reason: RevocationReason?
    ) async throws -> CACertificate {
        try await self.updating(.caStatusUpdate, id) { try await self.base.updateCAStatus(id, to: status, reason: reason) }
    }

    /// Gives a CA another issuance profile, and publishes `ca.profile.update`.
    public func updateCAProfile(_ id: String, to profileID: String) async throws -> CACertificate {
        try await self.updating(.caProfileUpdate, id) { try await self.base.updateCAProfile(id, to: profileID) }
    }

    /// Changes the metadata of a CA, and publishes `ca.metadata.update`.
    public func updateCAMetadata(_ id: String, with change: Base.MetadataChange) async throws -> CACertificate {
        try await self.updating(.caMetadataUpdate, id) { try await self.base.updateCAMetadata(id, with: change) }
    }

    /// Issues a CA again, and publishes `ca.reissue`.
    public func reissueCA(_ id: String) async throws -> CACertificate {
        try await self.updating(.caReissue, id) { try await self.base.reissueCA(id) }
    }

    /// Deletes a CA, and publishes `ca.delete`.
    public func deleteCA(_ id: String, cascade: Bool) async throws {
        try await self.publishing(.caDelete, subject: .ca(id), deletion: CADeletion(id: id, cascades: cascade)) {
            try await self.base.deleteCA(id, cascade: cascade)
        }
    }

    private func updating(
        _ type: EventType, _ id: String, _ operation: () async throws -> CACertificate
    ) async throws -> CACertificate {
        try await self.events.publishing(type, subject: .ca(id), previous: { try await self.base.ca(id) }, operation)
    }
}
