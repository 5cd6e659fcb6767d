// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import CloudSync
import CurlTransport
import IoTCoreClient
import LamassuEvents
import LambdaClient
import Logging
import SQSClient
import ServiceLifecycle
import Timeline
import UnixSignals

/// The stand-alone connector: consumes `lamassu_events`, keeps AWS in step, and tells the CA service what comes back.
///
/// | variable | what it is |
/// |---|---|
/// | `LAMASSU_AMQP_URL` | the broker |
/// | `CA_SERVICE_ADDRESS` | host and port of the CA service |
/// | `LAMASSU_CONNECTOR_ID` | the id of this connector |
/// | `RESPONSE_QUEUE_URL`, `NOTIFY_FUNCTION` | outputs of the stack |
/// | `AWS_REGION`, `AWS_ENDPOINT_URL`, and what names credentials, such as `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` | as for every AWS SDK |
@main
struct ConnectorCommand {
    static func main() async throws {
        let environment = ProcessEnvironment.variables
        func variable(_ name: String) throws -> String {
            guard let value = environment[name] else { throw MissingVariable(name: name) }
            return value
        }
        var logger = Logger(label: "connector")
        logger.logLevel = .error
        let timeline = Timeline()

        let credentials: CachedCredentialsProvider = .default(transport: .curl, logger: logger)
        var configuration = try AWSConfiguration()
        configuration.credentials = credentials
        let aws = AWSClient(configuration, transport: .curl, logger: logger)
        let host = CAServiceHost(authority: try variable("CA_SERVICE_ADDRESS"), transport: .curl, timeline: timeline)
        let sync = CloudSync(
            configuration: CloudSyncConfiguration(
                connectorID: ConnectorID(rawValue: try variable("LAMASSU_CONNECTOR_ID")), statusFunction: try variable("NOTIFY_FUNCTION")),
            iot: IoTCoreClient(aws), lambda: LambdaClient(aws), host: host, observer: timeline, logger: logger)
        let consumer = EventConsumer(
            EventConsumerConfiguration(broker: try AMQPConfiguration(uri: try variable("LAMASSU_AMQP_URL"))),
            transport: .curl, handler: sync, observer: timeline, logger: logger)
        let responses = CloudResponseConsumer(
            queueURL: try variable("RESPONSE_QUEUE_URL"), sqs: SQSClient(aws), host: host, waitTime: .seconds(2), logger: logger)

        // Asked to end, it starts nothing more, finishes what it is at, and acknowledges it.
        let services = ServiceGroup(
            services: [
                // Refreshed here, so that no call waits for it.
                RunService { await credentials.run() },
                RunService { try await consumer.run() },
                RunService { await responses.run() },
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await services.run()
    }
}

/// Something that runs until it is cancelled, as a service that is asked to end.
private struct RunService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await cancelWhenGracefulShutdown { try await self.body() } }
}

/// A variable that has no default is not set.
private struct MissingVariable: Error, CustomStringConvertible {
    let name: String
    var description: String { "set \(self.name)" }
}
