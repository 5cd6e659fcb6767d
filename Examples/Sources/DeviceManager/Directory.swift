// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ExampleSupport
import JSONCoding
import LamassuEvents

/// The devices of the example, in memory: the service as it would be without events.
actor Directory: DeviceManagerService {
    private var devices: [String: Device] = [:]
    private var groups: [String: DeviceGroup] = [:]

    // MARK: Devices

    func device(_ id: String) throws -> Device {
        guard let device = self.devices[id] else { throw NotFound(what: "device \(id)") }
        return device
    }

    func createDevice(_ id: String, with tags: [String]) throws -> Device {
        guard self.devices[id] == nil else { throw Conflict(what: "device \(id)") }
        let device = Device(id: id, tags: tags, status: .noIdentity)
        self.devices[id] = device
        return device
    }

    func updateDeviceStatus(_ id: String, to status: DeviceStatus) throws -> Device {
        try self.change(id) { device in
            guard device.status != .decommissioned else { throw Conflict(what: "the decommissioned device \(id)") }
            device.status = status
        }
    }

    func updateDeviceIdentitySlot(_ id: String, to slot: Slot) throws -> Device {
        try self.change(id) { device in
            device.identity = slot
            device.status = .active
        }
    }

    /// Sets members of the metadata, and removes those that are `null`.
    func updateDeviceMetadata(_ id: String, with members: [JSONValue.Member]) throws -> Device {
        try self.change(id) { device in
            for member in members { device.metadata[member.key] = member.value.isNull ? nil : member.value }
        }
    }

    func deleteDevice(_ id: String) throws {
        guard self.devices.removeValue(forKey: id) != nil else { throw NotFound(what: "device \(id)") }
    }

    private func change(_ id: String, _ change: (inout Device) throws -> Void) throws -> Device {
        var device = try self.device(id)
        try change(&device)
        self.devices[id] = device
        return device
    }

    // MARK: Groups

    func deviceGroup(_ id: String) throws -> DeviceGroup {
        guard let group = self.groups[id] else { throw NotFound(what: "group \(id)") }
        return group
    }

    func createDeviceGroup(_ group: DeviceGroup) throws -> DeviceGroup {
        guard self.groups[group.id] == nil else { throw Conflict(what: "group \(group.id)") }
        self.groups[group.id] = group
        return group
    }

    func updateDeviceGroup(_ group: DeviceGroup) throws -> DeviceGroup {
        _ = try self.deviceGroup(group.id)
        self.groups[group.id] = group
        return group
    }

    func deleteDeviceGroup(_ id: String) throws {
        guard self.groups.removeValue(forKey: id) != nil else { throw NotFound(what: "group \(id)") }
    }
}
