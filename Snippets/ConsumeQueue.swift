// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Receives the messages of a queue until the task is cancelled, and deletes those that were handled.

import CurlTransport
import Logging
import SQSClient

let sqs = SQSClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

@Sendable func handle(_ body: String) async throws { print(body) }

if let queue = try await sqs.send(GetQueueURL(queueName: "responses")).queueURL {
    try await sqs.withMessages(from: queue) { messages in
        for try await message in messages {
            try await handle(message.body)
            message.delete()
        }
    }

    // Four messages at a time; one that cannot be handled comes again after a minute.
    try await sqs.withMessages(from: queue) { messages in
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    var next = messages.makeAsyncIterator()
                    while let message = try? await next.next() {
                        do {
                            try await handle(message.body)
                            message.delete()
                        } catch {
                            message.release(after: .seconds(60))
                        }
                    }
                }
            }
        }
    }
}
