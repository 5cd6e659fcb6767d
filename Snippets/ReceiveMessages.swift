// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Receives the messages of a queue and deletes those that were handled.

import CurlTransport
import Logging
import SQSClient

let sqs = SQSClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

if let queue = try await sqs.send(GetQueueURL(queueName: "responses")).queueURL {
    let received = try await sqs.send(ReceiveMessage(queueURL: queue, maxNumberOfMessages: 10, waitTimeSeconds: 20))
    for message in received.messages ?? [] {
        print(message.body ?? "")
        guard let handle = message.receiptHandle else { continue }
        try await sqs.send(DeleteMessage(queueURL: queue, receiptHandle: handle))
    }
}
