// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import ExampleSupport
import Hummingbird
import JSONCoding
import LamassuEvents
import Logging

/// A DMS manager as a stranger would write one on the library: it knows device manufacturing systems, and enrolls their devices.
///
/// | variable | what it is |
/// |---|---|
/// | `LAMASSU_AMQP_URL` | the broker |
/// | `DMS_ENROLLER_PORT` | the port of the HTTP API, on 127.0.0.1 |
@main
struct DMSEnrollerCommand {
    static func main() async throws {
        let environment = Environment()
        let logger = Logger(label: "dms-enroller")

        // What it takes to publish an event for each update:
        let broker = try AMQPConfiguration(uri: environment.required("LAMASSU_AMQP_URL"))
        let events = LamassuEventPublisher(
            EventPublisherConfiguration(broker: broker, source: .dmsManager), transport: .curl, logger: logger)
        let service = PublishingService(wrapping: try Enroller(), events: events)

        let application = Application(
            router: Self.routes(of: service), configuration: try environment.address(port: "DMS_ENROLLER_PORT"),
            services: [PublisherService(events: events)], logger: logger)
        try await application.runService()
    }

    private static func routes(of service: PublishingService<Enroller>) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsStatus())
        router.add(middleware: EventContextMiddleware())
        let systems = router.group("v1/dms")

        systems.get(":id") { _, context in
            try Response(.ok, json: await service.dms(context.parameters.require("id")))
        }
        systems.post { request, _ in
            try Response(.created, json: await service.createDMS(request.json(as: DMS.self)))
        }
        systems.put { request, _ in
            try Response(.ok, json: await service.updateDMS(request.json(as: DMS.self)))
        }
        systems.patch(":id/metadata") { request, context in
            let members = try await request.json().objectValue ?? []
            return try Response(.ok, json: await service.updateDMSMetadata(context.parameters.require("id"), with: members))
        }
        systems.delete(":id") { _, context in
            try await service.deleteDMS(context.parameters.require("id"))
            return Response(status: .noContent)
        }

        // As in EST (RFC 7030), but with PEM in JSON on both sides.
        systems.post(":id/enroll") { request, context in
            let pem = try await request.json().text("signing_request")
            return try Response(.created, json: await service.enroll(context.parameters.require("id"), with: pem))
        }
        systems.post(":id/reenroll") { request, context in
            let pem = try await request.json().text("signing_request")
            return try Response(.created, json: await service.reenroll(context.parameters.require("id"), with: pem))
        }
        router.post("v1/devices/:id/bind") { request, context in
            let serialNumber = try await request.json().text("serial_number")
            return try Response(.ok, json: await service.bindIdentity(to: context.parameters.require("id"), with: serialNumber))
        }
        return router
    }
}
