// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Subscribes to the events of CAs over Amazon SNS and SQS.

import AWSEventBus
import CurlTransport
import Logging

let logger = Logger(label: "audit")
let router = EventRouter().on(.caCreate) { event in
    print(event.summary)
    return .done
}

let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: logger)
let bus = AWSEventBus(AWSEventBusConfiguration(), sns: SNSClient(aws), sqs: SQSClient(aws), logger: logger)
try bus.subscribe(Subscription("audit", filter: EventFilter(types: ["ca.#"])), handler: router)
try await bus.run()
