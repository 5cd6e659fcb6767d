// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Keeps AWS in step with the events of the queue, and hands what changed in AWS to the services.

import CloudSync
import CurlTransport
import IoTCoreClient
import LamassuEvents
import LambdaClient
import Logging
import SQSClient

/// Stands for the calls to the services.
struct Services: CloudSyncHost {
    func signVerificationCertificate(_ request: VerificationCertificateRequest) async throws -> String {
        throw CloudSyncRefusal(reason: "CA \(request.authorityID) is not one of this host")
    }

    func record(_ outcome: CloudSyncOutcome) async throws { print(outcome) }

    func receive(_ event: CloudEvent) async throws { print(event) }
}

let logger = Logger(label: "connector")
let broker = try AMQPConfiguration(uri: "amqps://connector:secret@broker.example")
let responseQueue = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"

let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: logger)
let sync = CloudSync(
    configuration: CloudSyncConfiguration(connectorID: ConnectorID(rawValue: "aws-plant-1"), statusFunction: "notify"),
    iot: IoTCoreClient(aws), lambda: LambdaClient(aws), host: Services(), logger: logger)
let consumer = EventConsumer(EventConsumerConfiguration(broker: broker), transport: .curl, handler: sync, logger: logger)
let responses = CloudResponseConsumer(queueURL: responseQueue, sqs: SQSClient(aws), host: Services(), logger: logger)

try await withThrowingTaskGroup { group in
    group.addTask { try await consumer.run() }
    group.addTask { await responses.run() }
    try await group.waitForAll()
}
