// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a DMS manager does with device manufacturing systems.
public protocol DMSService: Sendable {
    /// How the service is told to change metadata, such as a JSON patch.
    associatedtype MetadataChange: Sendable

    /// Reads a DMS.
    func dms(_ id: String) async throws -> DMS
    /// Creates a DMS.
    func createDMS(_ dms: DMS) async throws -> DMS
    /// Changes the DMS that has the identifier of the one that is given.
    func updateDMS(_ dms: DMS) async throws -> DMS
    /// Changes the metadata of a DMS.
    func updateDMSMetadata(_ id: String, with change: MetadataChange) async throws -> DMS
    /// Deletes a DMS.
    func deleteDMS(_ id: String) async throws
}
