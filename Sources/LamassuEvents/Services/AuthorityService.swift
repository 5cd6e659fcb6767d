// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a CA service does with its CAs.
///
/// A service conforms with the types that it has: what it takes to create a CA, say, is its own affair.
public protocol AuthorityService: Sendable {
    /// What the service is told to create a CA.
    associatedtype CACreation: Sendable
    /// What the service is told to import a CA.
    associatedtype CAImport: Sendable
    /// How the service is told to change metadata, such as a JSON patch.
    associatedtype MetadataChange: Sendable

    /// Reads a CA.
    func ca(_ id: String) async throws -> CACertificate
    /// Creates a CA; without an identifier the service gives it one.
    func createCA(_ id: String?, with input: CACreation) async throws -> CACertificate
    /// Imports a CA; without an identifier the service gives it one.
    func importCA(_ id: String?, with input: CAImport) async throws -> CACertificate
    /// Changes the status of a CA.
    func updateCAStatus(_ id: String, to status: CertificateStatus, reason: RevocationReason?) async throws -> CACertificate
    /// Gives a CA another issuance profile.
    func updateCAProfile(_ id: String, to profileID: String) async throws -> CACertificate
    /// Changes the metadata of a CA.
    func updateCAMetadata(_ id: String, with change: MetadataChange) async throws -> CACertificate
    /// Issues a CA again, with another certificate for the same identifier.
    func reissueCA(_ id: String) async throws -> CACertificate
    /// Deletes a CA, and with `cascade` all that it has issued.
    func deleteCA(_ id: String, cascade: Bool) async throws
}
