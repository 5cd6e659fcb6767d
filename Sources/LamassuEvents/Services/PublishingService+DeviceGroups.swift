// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: DeviceGroupService where Base: DeviceGroupService {
    /// Reads a group.
    public func deviceGroup(_ id: String) async throws -> DeviceGroup { try await self.base.deviceGroup(id) }

    /// Creates a group, and publishes `device-group.create`.
    public func createDeviceGroup(_ group: DeviceGroup) async throws -> DeviceGroup {
        try await self.publishing(.deviceGroupCreate, subject: EventSubject.deviceGroup, id: group.id, from: \.id) {
            try await self.base.createDeviceGroup(group)
        }
    }

    /// Changes a group, and publishes `device-group.update`.
    public func updateDeviceGroup(_ group: DeviceGroup) async throws -> DeviceGroup {
        try await self.events.publishing(
            .deviceGroupUpdate, subject: .deviceGroup(group.id), previous: { try await self.base.deviceGroup(group.id) }
        ) {
            try await self.base.updateDeviceGroup(group)
        }
    }

    /// Deletes a group, and publishes `device-group.delete`.
    public func deleteDeviceGroup(_ id: String) async throws {
        try await self.publishing(.deviceGroupDelete, subject: .deviceGroup(id), deletion: Deletion(id: id)) {
            try await self.base.deleteDeviceGroup(id)
        }
    }
}
