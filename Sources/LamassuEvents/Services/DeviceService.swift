// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a device manager does with devices.
public protocol DeviceService: Sendable {
    /// What the service is told to create a device, besides its identifier.
    associatedtype DeviceCreation: Sendable
    /// How the service is told to change metadata, such as a JSON patch.
    associatedtype MetadataChange: Sendable

    /// Reads a device.
    func device(_ id: String) async throws -> Device
    /// Creates a device.
    func createDevice(_ id: String, with input: DeviceCreation) async throws -> Device
    /// Changes the status of a device.
    func updateDeviceStatus(_ id: String, to status: DeviceStatus) async throws -> Device
    /// Changes the slot in which a device has its identity.
    func updateDeviceIdentitySlot(_ id: String, to slot: Slot) async throws -> Device
    /// Changes the metadata of a device.
    func updateDeviceMetadata(_ id: String, with change: MetadataChange) async throws -> Device
    /// Deletes a device.
    func deleteDevice(_ id: String) async throws
}
