// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import SQSClient
import Synchronization
import Testing

/// Sends and consumes over the emulator, whose queues hide, show and order messages as SQS does.
@Suite struct QueueTests {
    /// A queue of the test's own.
    static func queue(_ sqs: SQSClient, isFIFO: Bool = false, visibilityTimeout: Int = 30) async throws -> (name: String, url: String) {
        let name = "test-\(UInt64.random(in: .min ... .max))" + (isFIFO ? ".fifo" : "")
        var attributes = ["VisibilityTimeout": "\(visibilityTimeout)"]
        if isFIFO { attributes["FifoQueue"] = "true" }
        let created = try await sqs.send(CreateQueue(queueName: name, attributes: attributes))
        return (name, try #require(created.queueURL))
    }

    static var configuration: MessageConsumerConfiguration {
        var configuration = MessageConsumerConfiguration()
        configuration.waitTime = .seconds(1)
        return configuration
    }

    /// How many messages a queue has, hidden ones included.
    static func count(_ sqs: SQSClient, _ queueURL: String) async throws -> Int {
        let names: [QueueAttributeName] = [.approximateNumberOfMessages, .approximateNumberOfMessagesNotVisible]
        let attributes = try await sqs.send(GetQueueAttributes(queueURL: queueURL, attributeNames: names)).attributes ?? [:]
        return attributes.values.compactMap { Int($0) }.reduce(0, +)
    }

    @Test func `what was sent in batches is consumed once and deleted`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs)
        let bodies = (0..<57).map { "message \($0)" }
        let results = try await sqs.withSender(to: queue) { await $0.send(contentsOf: bodies.map { OutgoingMessage($0) }) }
        #expect(Set(try results.map { try $0.get().messageID }).count == 57)
        let received = Notes<String>()
        try await sqs.withMessages(from: queue, configuration: Self.configuration) { messages in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Three tasks share the work until it is done.
                for _ in 0..<3 {
                    group.addTask {
                        for try await message in messages {
                            message.delete()
                            if received.add(message.body) == 57 { return }
                        }
                    }
                }
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(received.all.sorted() == bodies.sorted())
        #expect(try await Self.count(sqs, queue) == 0)
    }

    @Test func `the messages of a FIFO group are handled in order, one that failed again before those behind it`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs, isFIFO: true)
        let messages = (0..<12).map { OutgoingMessage("\($0 % 2)-\($0 / 2)", deduplicationID: "\($0)", groupID: "\($0 % 2)") }
        _ = try await sqs.withSender(to: queue) { await $0.send(contentsOf: messages) }.map { try $0.get() }
        var handled: [String] = []
        var failures = 0
        try await sqs.withMessages(from: queue, configuration: Self.configuration) { messages in
            for try await message in messages {
                if message.body == "0-2", message.receiveCount < 3 {
                    failures += 1
                    message.release()
                    continue
                }
                handled.append(message.body)
                message.delete()
                if handled.count == 12 { break }
            }
        }
        #expect(failures == 2)
        for group in ["0", "1"] {
            #expect(handled.filter { $0.hasPrefix(group) } == (0..<6).map { "\(group)-\($0)" })
        }
        #expect(try await Self.count(sqs, queue) == 0)
    }

    /// Takes so long for the first message, which is longer than it is hidden: what is tested is that time passes.
    ///
    /// - Returns: how often the message had come.
    private static func handleFirst(
        _ sqs: SQSClient, _ queue: String, _ configuration: MessageConsumerConfiguration, for duration: Duration
    ) async throws -> [Int] {
        var received: [Int] = []
        try await sqs.withMessages(from: queue, configuration: configuration) { messages in
            for try await message in messages {
                received.append(message.receiveCount)
                try await Task.sleep(for: duration)
                message.delete()
                break
            }
        }
        return received
    }

    @Test func `a message that is handled for longer than it is hidden does not come again`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs)
        _ = try await sqs.send(SendMessage(queueURL: queue, messageBody: "slow"))
        var configuration = Self.configuration
        configuration.visibilityTimeout = .seconds(4)
        let received = try await Self.handleFirst(sqs, queue, configuration, for: .seconds(6))
        #expect(received == [1])
        #expect(try await Self.count(sqs, queue) == 0)
    }

    @Test func `a message whose hiding fails once, while it is handled, does not come again`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (name, queue) = try await Self.queue(sqs)
        _ = try await sqs.send(SendMessage(queueURL: queue, messageBody: "slow"))
        try await AWSEmulator.fail("ChangeMessageVisibilityBatch", of: "sqs", with: "503", naming: name)
        let errors = Notes<AWSError>()
        var configuration = Self.configuration
        configuration.visibilityTimeout = .seconds(4)
        configuration.onError = { error in errors.add(error) }
        let received = try await Self.handleFirst(sqs, queue, configuration, for: .seconds(6))
        #expect(errors.all.map(\.status) == [503], "\(errors.all)")
        #expect(received == [1])
        #expect(try await Self.count(sqs, queue) == 0)
    }

    @Test func `what is not settled at the end is shown again at once`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs, visibilityTimeout: 3_600)
        _ = try await sqs.send(SendMessage(queueURL: queue, messageBody: "left"))
        try await sqs.withMessages(from: queue, configuration: Self.configuration) { messages in
            for try await message in messages {
                #expect(message.body == "left")
                break
            }
        }
        let again = try await sqs.send(ReceiveMessage(queueURL: queue, waitTimeSeconds: 5)).messages ?? []
        #expect(again.map(\.body) == ["left"])
    }

    @Test func `a queue that is not there ends the sequence with SQS's error`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs)
        await #expect(throws: AWSError(.service, code: .queueDoesNotExist, message: "")) {
            try await sqs.withMessages(from: queue + "-gone", configuration: Self.configuration) { messages in
                for try await message in messages { message.delete() }
            }
        }
    }

    @Test func `a consumer that is cancelled ends, though it waits for messages`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (_, queue) = try await Self.queue(sqs)
        var configuration = Self.configuration
        configuration.waitTime = .seconds(20)
        let count = try await withThrowingTaskGroup(of: Int.self) { [configuration] group in
            group.addTask {
                try await sqs.withMessages(from: queue, configuration: configuration) { messages in
                    var count = 0
                    for try await _ in messages { count += 1 }
                    return count
                }
            }
            group.cancelAll()
            return try await group.next()
        }
        #expect(count == 0)
    }

    @Test func `polls, deletions and messages of a batch that fail are tried again`() async throws {
        let sqs = SQSClient(try AWSEmulator.client())
        let (name, queue) = try await Self.queue(sqs)
        try await AWSEmulator.fail("ReceiveMessage", of: "sqs", with: "500", naming: name)
        try await AWSEmulator.fail("SendMessageBatch", of: "sqs", with: "partial", naming: "\(name) 2")
        let results = try await sqs.withSender(to: queue) { await $0.send(contentsOf: (0..<5).map { OutgoingMessage("\(name) \($0)") }) }
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        let errors = Notes<AWSError>()
        var configuration = Self.configuration
        configuration.onError = { error in errors.add(error) }
        var bodies: Set<String> = []
        try await sqs.withMessages(from: queue, configuration: configuration) { messages in
            for try await message in messages {
                bodies.insert(message.body)
                message.delete()
                if bodies.count == 5 { break }
            }
        }
        #expect(bodies == Set((0..<5).map { "\(name) \($0)" }))
        #expect(errors.all.map(\.status) == [500])
        #expect(try await Self.count(sqs, queue) == 0)
    }
}

/// What several tasks note.
private final class Notes<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { self.elements.withLock { $0 } }

    /// Notes something, and says how much there is by then.
    @discardableResult
    func add(_ element: Element) -> Int {
        self.elements.withLock { elements in
            elements.append(element)
            return elements.count
        }
    }
}
