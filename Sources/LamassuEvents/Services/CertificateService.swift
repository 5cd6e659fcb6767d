// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a CA service does with certificates, whoever has signed them.
public protocol CertificateService: Sendable {
    /// What the service is told to create a certificate.
    associatedtype CertificateCreation: Sendable
    /// What the service is told to import a certificate.
    associatedtype CertificateImport: Sendable
    /// How the service is told to change metadata, such as a JSON patch.
    associatedtype MetadataChange: Sendable

    /// Reads a certificate.
    func certificate(_ serialNumber: String) async throws -> Certificate
    /// Creates a certificate, whose serial number the service chooses.
    func createCertificate(with input: CertificateCreation) async throws -> Certificate
    /// Imports a certificate.
    func importCertificate(with input: CertificateImport) async throws -> Certificate
    /// Changes the status of a certificate.
    func updateCertificateStatus(
        _ serialNumber: String, to status: CertificateStatus, reason: RevocationReason?
    ) async throws -> Certificate
    /// Changes the metadata of a certificate.
    func updateCertificateMetadata(_ serialNumber: String, with change: MetadataChange) async throws -> Certificate
    /// Deletes a certificate.
    func deleteCertificate(_ serialNumber: String) async throws
}
