// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: DeviceService where Base: DeviceService {
    /// Reads a device.
    public func device(_ id: String) async throws -> Device { try await self.base.device(id) }

    /// Creates a device, and publishes `device.create`.
    public func createDevice(_ id: String, with input: Base.DeviceCreation) async throws -> Device {
        try await self.events.publishing(.deviceCreate, subject: .device(id)) {
            try await self.base.createDevice(id, with: input)
        }
    }

    /// Changes the status of a device, and publishes `device.status.update`.
    public func updateDeviceStatus(_ id: String, to status: DeviceStatus) async throws -> Device {
        try await self.updating(.deviceStatusUpdate, id) { try await self.base.updateDeviceStatus(id, to: status) }
    }

    /// Changes the slot in which a device has its identity, and publishes `device.identity.update`.
    public func updateDeviceIdentitySlot(_ id: String, to slot: Slot) async throws -> Device {
        try await self.updating(.deviceIdentityUpdate, id) { try await self.base.updateDeviceIdentitySlot(id, to: slot) }
    }

    /// Changes the metadata of a device, and publishes `device.metadata.update`.
    public func updateDeviceMetadata(_ id: String, with change: Base.MetadataChange) async throws -> Device {
        try await self.updating(.deviceMetadataUpdate, id) { try await self.base.updateDeviceMetadata(id, with: change) }
    }

    /// Deletes a device, and publishes `device.delete`.
    public func deleteDevice(_ id: String) async throws {
        try await self.publishing(.deviceDelete, subject: .device(id), deletion: Deletion(id: id)) {
            try await self.base.deleteDevice(id)
        }
    }

    private func updating(_ type: EventType, _ id: String, _ operation: () async throws -> Device) async throws -> Device {
        try await self.events.publishing(type, subject: .device(id), previous: { try await self.base.device(id) }, operation)
    }
}
