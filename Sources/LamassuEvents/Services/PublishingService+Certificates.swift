// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: CertificateService where Base: CertificateService {
    /// Reads a certificate.
    public func certificate(_ serialNumber: String) async throws -> Certificate { try await self.base.certificate(serialNumber) }

    /// Creates a certificate, and publishes `certificate.create`.
    public func createCertificate(with input: Base.CertificateCreation) async throws -> Certificate {
        try await self.events.publishing(.certificateCreate, subject: { .certificate($0.serialNumber) }) {
            try await self.base.createCertificate(with: input)
        }
    }

    /// Imports a certificate, and publishes `certificate.import`.
    public func importCertificate(with input: Base.CertificateImport) async throws -> Certificate {
        try await self.events.publishing(.certificateImport, subject: { .certificate($0.serialNumber) }) {
            try await self.base.importCertificate(with: input)
        }
    }

    /// Changes the status of a certificate, and publishes `certificate.status.update`.
    public func updateCertificateStatus(
        _ serialNumber: String, to status: CertificateStatus, reason: RevocationReason?
    ) async throws -> Certificate {
        try await self.updating(.certificateStatusUpdate, serialNumber) {
            try await self.base.updateCertificateStatus(serialNumber, to: status, reason: reason)
        }
    }

    /// Changes the metadata of a certificate, and publishes `certificate.metadata.update`.
    public func updateCertificateMetadata(_ serialNumber: String, with change: Base.MetadataChange) async throws -> Certificate {
        try await self.updating(.certificateMetadataUpdate, serialNumber) {
            try await self.base.updateCertificateMetadata(serialNumber, with: change)
        }
    }

    /// Deletes a certificate, and publishes `certificate.delete`.
    public func deleteCertificate(_ serialNumber: String) async throws {
        try await self.publishing(
            .certificateDelete, subject: .certificate(serialNumber), deletion: CertificateDeletion(serialNumber: serialNumber)
        ) {
            try await self.base.deleteCertificate(serialNumber)
        }
    }

    private func updating(
        _ type: EventType, _ serialNumber: String, _ operation: () async throws -> Certificate
    ) async throws -> Certificate {
        try await self.events.publishing(
            type, subject: .certificate(serialNumber), previous: { try await self.base.certificate(serialNumber) }, operation)
    }
}
