// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
public import Logging
public import SQSClient

/// Brings what changes in AWS back to the services: reads the response queue, hands each event to the host, then deletes it.
///
/// A message is deleted only when ``CloudSyncHost/receive(_:)`` has returned; until then SQS keeps it hidden. One that the host could not take
/// comes again after 2 seconds, then 4, and so on up to ten minutes, and after the number of times that the queue's redrive policy says it
/// goes to the queue's own dead-letter queue: 17 minutes for the ten times of the stack. So does what is no CloudEvent.
///
/// Its role needs `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:ChangeMessageVisibility` on the queue.
public struct CloudResponseConsumer: Sendable {
    private let queueURL: String
    private let sqs: SQSClient
    private let host: any CloudSyncHost
    private let waitTime: Duration
    private let logger: Logger

    /// Makes a consumer.
    ///
    /// - Parameters:
    ///   - queueURL: the URL of the response queue, an output of the stack.
    ///   - sqs: the client of Amazon SQS.
    ///   - host: who takes notice.
    ///   - waitTime: how long a call waits at AWS for a message, up to 20 seconds.
    ///   - logger: where it logs; the content of messages is not logged.
    public init(
        queueURL: String, sqs: SQSClient, host: any CloudSyncHost, waitTime: Duration = .seconds(20), logger: Logger
    ) {
        self.queueURL = queueURL
        self.sqs = sqs
        self.host = host
        self.waitTime = waitTime
        self.logger = logger
    }

    /// Reads until the task is cancelled.
    ///
    /// Errors of AWS are logged and waited out, with a wait that doubles up to 30 seconds. Cancelling lets no message get lost: one that
    /// was not deleted comes again.
    public func run() async {
        var configuration = MessageConsumerConfiguration()
        configuration.pollers = 1
        configuration.maximumMessages = 10
        configuration.waitTime = self.waitTime
        configuration.onError = { [logger] error in
            logger.warning("a call of the response queue failed; what it was about is tried again or comes again: \(error)")
        }
        var failures = 0
        while !Task.isCancelled {
            do {
                try await self.sqs.withMessages(from: self.queueURL, configuration: configuration) { messages in
                    for try await message in messages {
                        failures = 0
                        await self.handle(message)
                    }
                }
            } catch {
                failures += 1
                let ceiling = min(30_000, 250 << min(failures, 7))
                self.logger.warning("the response queue cannot be read: \(error)")
                try? await Task.sleep(for: .milliseconds(Int.random(in: ceiling / 2...ceiling)))
            }
        }
    }

    private func handle(_ message: ReceivedMessage) async {
        do {
            try await self.host.receive(CloudEvent(decoding: Array(message.body.utf8), format: .json))
            message.delete()
        } catch {
            self.logger.warning("message \(message.message.messageID ?? "") of the response queue is left to come again: \(error)")
            message.release(after: min(.seconds(600), .seconds(1 << min(max(message.receiveCount, 1), 10))))
        }
    }
}
