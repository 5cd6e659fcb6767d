// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a device manager does with groups of devices.
public protocol DeviceGroupService: Sendable {
    /// Reads a group.
    func deviceGroup(_ id: String) async throws -> DeviceGroup
    /// Creates a group; without an identifier the service gives it one.
    func createDeviceGroup(_ group: DeviceGroup) async throws -> DeviceGroup
    /// Changes the group that has the identifier of the one that is given.
    func updateDeviceGroup(_ group: DeviceGroup) async throws -> DeviceGroup
    /// Deletes a group.
    func deleteDeviceGroup(_ id: String) async throws
}
