// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Consumes events over TLS with a client certificate that can be replaced at any time, and only from those who may send them.

import CurlTransport
import LamassuEvents
import Logging
import Transport

struct Printer: EventHandler {
    func handle(_ event: ReceivedEvent) async -> EventOutcome {
        print(event.userID ?? "somebody", "sent", event.summary)
        return .done
    }
}

let folder = "/etc/lamassu/certificates"
let broker = AMQPConfiguration(
    host: "broker.example", virtualHost: "lamassu", credentials: .external,
    tls: TLSConfiguration(
        trustRoots: .custom(.file("\(folder)/ca.pem")),
        identity: .init(certificateChain: .file("\(folder)/cloudsync.pem"), privateKey: .file("\(folder)/cloudsync.key"))))

var configuration = EventConsumerConfiguration(broker: broker)
configuration.senderPolicy = .only([
    .init(user: "lamassu-ca", sources: [.ca, .kms]),
    .init(user: "lamassu-device-manager", sources: [.deviceManager], types: ["device.#", "device-group.#"]),
])

let consumer = EventConsumer(configuration, transport: .curl, handler: Printer(), logger: Logger(label: "connector"))
try await consumer.run()
