// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Sends messages to a queue, ten in a call, and looks at the result of each.

import CurlTransport
import Logging
import SQSClient

let sqs = SQSClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

if let queue = try await sqs.send(GetQueueURL(queueName: "requests")).queueURL {
    let results = try await sqs.withSender(to: queue) { sender in
        await sender.send(contentsOf: (1...100).map { OutgoingMessage("message \($0)") })
    }
    for (number, result) in results.enumerated() {
        if case .failure(let error) = result { print("message \(number + 1) was not sent: \(error)") }
    }
}
