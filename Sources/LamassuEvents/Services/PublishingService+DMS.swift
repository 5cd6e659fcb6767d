// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: DMSService where Base: DMSService {
    /// Reads a DMS.
    public func dms(_ id: String) async throws -> DMS { try await self.base.dms(id) }

    /// Creates a DMS, and publishes `dms.create`.
    public func createDMS(_ dms: DMS) async throws -> DMS {
        try await self.publishing(.dmsCreate, subject: EventSubject.dms, id: dms.id, from: \.id) { try await self.base.createDMS(dms) }
    }

    /// Changes a DMS, and publishes `dms.update`.
    public func updateDMS(_ dms: DMS) async throws -> DMS {
        try await self.updating(.dmsUpdate, dms.id) { try await self.base.updateDMS(dms) }
    }

    /// Changes the metadata of a DMS, and publishes `dms.metadata.update`.
    public func updateDMSMetadata(_ id: String, with change: Base.MetadataChange) async throws -> DMS {
        try await self.updating(.dmsMetadataUpdate, id) { try await self.base.updateDMSMetadata(id, with: change) }
    }

    /// Deletes a DMS, and publishes `dms.delete`.
    public func deleteDMS(_ id: String) async throws {
        try await self.publishing(.dmsDelete, subject: .dms(id), deletion: Deletion(id: id)) { try await self.base.deleteDMS(id) }
    }

    private func updating(_ type: EventType, _ id: String, _ operation: () async throws -> DMS) async throws -> DMS {
        try await self.events.publishing(type, subject: .dms(id), previous: { try await self.base.dms(id) }, operation)
    }
}
