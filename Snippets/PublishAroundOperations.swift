// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// A device manager whose updates are published: as a whole, one operation by hand, and in the name of who asked for it.

import CurlTransport
import JSONCoding
import LamassuEvents
import Logging

/// Stands for the service that is there already.
actor Directory: DeviceService {
    struct NotFound: Error {}

    private var devices: [String: Device] = [:]

    func device(_ id: String) throws -> Device {
        guard let device = self.devices[id] else { throw NotFound() }
        return device
    }

    func createDevice(_ id: String, with tags: [String]) -> Device { self.put(Device(id: id, tags: tags, status: .noIdentity)) }

    func updateDeviceStatus(_ id: String, to status: DeviceStatus) throws -> Device {
        try self.change(id) { $0.status = status }
    }

    func updateDeviceIdentitySlot(_ id: String, to slot: Slot) throws -> Device { try self.change(id) { $0.identity = slot } }

    func updateDeviceMetadata(_ id: String, with changes: [String: JSONValue]) throws -> Device {
        try self.change(id) { device in
            for (key, value) in changes { device.metadata[key] = value }
        }
    }

    func deleteDevice(_ id: String) { self.devices[id] = nil }

    private func put(_ device: Device) -> Device {
        self.devices[device.id] = device
        return device
    }

    private func change(_ id: String, _ change: (inout Device) -> Void) throws -> Device {
        var device = try self.device(id)
        change(&device)
        return self.put(device)
    }
}

/// Stands for what the HTTP framework has.
struct Request {
    var headers: [String: String]
    var token: (subject: String, claims: JSONValue)
}

func handle<Response>(_ request: Request, next: (Request) async throws -> Response) async throws -> Response {
    let token = request.token
    var context = EventContext { name in request.headers[name] }
    context.principal = .jwt(subject: token.subject, claims: token.claims)
    return try await EventContext.withValue(context) { try await next(request) }
}

let brokerURI = "amqp://lamassu:secret@localhost"
let directory = Directory()
let events = LamassuEventPublisher(
    EventPublisherConfiguration(broker: try AMQPConfiguration(uri: brokerURI), source: .deviceManager),
    transport: .curl, logger: Logger(label: "device-manager"))
async let relay: Void = events.run()

let service = PublishingService(wrapping: directory, events: events)

_ = try await service.createDevice("press-1", with: ["hall-3"])  // publishes device.create
_ = try await service.updateDeviceStatus("press-1", to: .active)  // device.status.update, with the device before and after
print(try await service.device("press-1"))  // reading publishes nothing

let device = try await events.publishing(
    .deviceMetadataUpdate, subject: .device("press-1"), previous: { try await directory.device("press-1") }
) {
    try await directory.updateDeviceMetadata("press-1", with: ["hall": 4])
}
print(device.metadata)
try await relay
