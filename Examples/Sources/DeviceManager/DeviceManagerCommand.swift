// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import ExampleSupport
import Hummingbird
import JSONCoding
import LamassuEvents
import Logging

/// A device manager as a stranger would write one on the library.
///
/// | variable | what it is |
/// |---|---|
/// | `LAMASSU_AMQP_URL` | the broker |
/// | `DEVICE_MANAGER_PORT` | the port of the HTTP API, on 127.0.0.1 |
@main
struct DeviceManagerCommand {
    static func main() async throws {
        let environment = Environment()
        let logger = Logger(label: "device-manager")

        // What it takes to publish an event for each update:
        let broker = try AMQPConfiguration(uri: environment.required("LAMASSU_AMQP_URL"))
        let events = LamassuEventPublisher(
            EventPublisherConfiguration(broker: broker, source: .deviceManager), transport: .curl, logger: logger)
        let service = PublishingService(wrapping: Directory(), events: events)

        let application = Application(
            router: Self.routes(of: service), configuration: try environment.address(port: "DEVICE_MANAGER_PORT"),
            services: [PublisherService(events: events)], logger: logger)
        try await application.runService()
    }

    /// The HTTP API of devices; groups are made in the same way.
    private static func routes(of service: PublishingService<Directory>) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsStatus())
        router.add(middleware: EventContextMiddleware())
        let devices = router.group("v1/devices")

        devices.get(":id") { _, context in
            try Response(.ok, json: await service.device(context.parameters.require("id")))
        }
        devices.post { request, _ in
            let input = try await request.json()
            let tags = input["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return try Response(.created, json: await service.createDevice(input.text("id"), with: tags))
        }
        devices.put(":id/status") { request, context in
            let status = DeviceStatus(rawValue: try await request.json().text("status"))
            return try Response(.ok, json: await service.updateDeviceStatus(context.parameters.require("id"), to: status))
        }
        devices.put(":id/identity") { request, context in
            let serialNumber = try await request.json().text("serial_number")
            let slot = Slot(status: "ACTIVE", type: "x509", versions: ["0": .string(serialNumber)])
            return try Response(.ok, json: await service.updateDeviceIdentitySlot(context.parameters.require("id"), to: slot))
        }
        devices.patch(":id/metadata") { request, context in
            let members = try await request.json().objectValue ?? []
            return try Response(.ok, json: await service.updateDeviceMetadata(context.parameters.require("id"), with: members))
        }
        devices.delete(":id") { _, context in
            try await service.deleteDevice(context.parameters.require("id"))
            return Response(status: .noContent)
        }
        return router
    }
}
