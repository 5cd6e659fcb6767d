// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import LamassuEvents
import Logging
import SQSClient
import Testing

/// What comes back from AWS, over the emulator's queues.
@Suite struct CloudResponseConsumerTests {
    let authority: TestAuthority
    let sqs: SQSClient

    init() throws {
        self.authority = try TestAuthority("ca-\(UInt64.random(in: 0...UInt64.max))")
        self.sqs = SQSClient(try AWSEmulator.client())
    }

    /// Consumes until something holds.
    func consume(from queueURL: String, until isDone: @Sendable () async throws -> Bool) async throws {
        let consumer = CloudResponseConsumer(
            queueURL: queueURL, sqs: self.sqs, host: self.authority, waitTime: .seconds(1), logger: Logger(label: "test"))
        try await withThrowingTaskGroup { group in
            group.addTask { await consumer.run() }
            while try await !isDone() { try await Task.sleep(for: .milliseconds(50)) }
            group.cancelAll()
        }
    }

    func send(_ bodies: [String], to queueURL: String) async throws {
        _ = try await self.sqs.withSender(to: queueURL) { await $0.send(contentsOf: bodies.map { OutgoingMessage($0) }) }
            .map { try $0.get() }
    }

    @Test(.timeLimit(.minutes(3)))
    func `each event is handed to the host and deleted, one that it could not take when it comes again`() async throws {
        let (_, queue) = try await QueueTests.queue(self.sqs)
        let events = try (0..<12).map { _ in try SyncEvents.other(type: "device.shadow.update") }
        try await self.send(events.map { String(decoding: try $0.encoded(as: .json), as: UTF8.self) }, to: queue)
        self.authority.failToReceive(times: 1)
        try await self.consume(from: queue) {
            guard self.authority.receivedEvents.count >= events.count else { return false }
            return try await QueueTests.count(self.sqs, queue) == 0
        }
        #expect(self.authority.receivedEvents.count == events.count)
        #expect(Set(self.authority.receivedEvents.map(\.id)) == Set(events.map(\.id)))
    }

    @Test(.timeLimit(.minutes(3)))
    func `what is no CloudEvent goes to the dead letters of the queue, and what comes with it to the host`() async throws {
        let (_, deadLetters) = try await QueueTests.queue(self.sqs)
        let (_, queue) = try await QueueTests.queue(self.sqs)
        let names: [QueueAttributeName] = [.queueARN]
        let arn = try #require(
            try await self.sqs.send(GetQueueAttributes(queueURL: deadLetters, attributeNames: names)).attributes?["QueueArn"])
        _ = try await self.sqs.send(
            SetQueueAttributes(
                queueURL: queue, attributes: ["RedrivePolicy": #"{"deadLetterTargetArn": "\#(arn)", "maxReceiveCount": 2}"#]))
        let event = try SyncEvents.other(type: "device.shadow.update")
        try await self.send(["nothing that is known", String(decoding: try event.encoded(as: .json), as: UTF8.self)], to: queue)
        try await self.consume(from: queue) { try await QueueTests.count(self.sqs, deadLetters) == 1 }
        #expect(self.authority.receivedEvents.map(\.id) == [event.id])
        let letter = try await self.sqs.send(ReceiveMessage(queueURL: deadLetters)).messages?.first
        #expect(letter?.body == "nothing that is known")
    }
}
