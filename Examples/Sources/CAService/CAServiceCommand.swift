// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import ExampleSupport
import Hummingbird
import JSONCoding
import LamassuEvents
import Logging
import Timeline

/// A CA service as a stranger would write one on the library; see the README beside the package's manifest.
///
/// | variable | what it is |
/// |---|---|
/// | `LAMASSU_AMQP_URL` | the broker |
/// | `CA_SERVICE_PORT` | the port of the HTTP API, on 127.0.0.1 |
/// | `LAMASSU_CONNECTOR_ID` | the connector that registers CAs and devices in AWS |
@main
struct CAServiceCommand {
    static func main() async throws {
        let environment = Environment()
        let broker = try AMQPConfiguration(uri: environment.required("LAMASSU_AMQP_URL"))
        let connector = ConnectorID(rawValue: try environment.required("LAMASSU_CONNECTOR_ID"))
        var logger = Logger(label: "ca-service")
        logger.logLevel = .warning
        let timeline = Timeline()

        let events = LamassuEventPublisher(
            EventPublisherConfiguration(broker: broker, source: .ca), transport: .curl, observer: timeline, logger: logger)
        let directory = Directory(dms: try DMS.line1(for: connector), connector: connector, timeline: timeline)
        let routes = Routes(directory: directory, events: events)
        let application = Application(
            router: routes.build(), configuration: try environment.address(port: "CA_SERVICE_PORT"),
            services: [PublisherService(events: events)], logger: logger)
        try await application.runService()
    }
}

extension DMS {
    /// The device manager of the example: its devices become things in AWS when they enrol, with one policy each.
    fileprivate static func line1(for connector: ConnectorID) throws -> DMS {
        let policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect","iot:Publish"],\
            "Resource":["arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}",\
            "arn:aws:iot:*:*:topic/lamassu/${iot:Connection.Thing.ThingName}/*"]}]}
            """
        var dms = DMS(id: "dms-line-1", name: "Line 1")
        try dms.metadata.setBlock(
            AWSDMSBlock(registrationMode: .automatic, policies: [AWSPolicy(name: "lamassu-device", document: policy)]), of: connector)
        return dms
    }
}
