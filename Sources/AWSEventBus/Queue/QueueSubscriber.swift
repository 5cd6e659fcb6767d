// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Logging
internal import SNSClient
internal import SQSClient
internal import Synchronization

/// Receives the events of one subscription from its queue, and settles them there.
final class QueueSubscriber: Sendable {
    /// How much longer than it should a call for messages may take in a drain.
    private static let patience = Duration.seconds(2)

    let subscription: Subscription
    let inbox: Inbox
    let configuration: AWSEventBusConfiguration
    let sqs: SQSClient
    /// How long a call for messages waits.
    let waitTime: Duration
    let logger: Logger
    let slots: Slots
    let ledger: Mutex<ReceiptLedger>
    /// Wakes the task that extends the time of what is received.
    let received = Wakeup()
    /// Wakes the task that deletes what is settled.
    let settled = Wakeup()
    /// Finds or makes queue and topic, and subscribes the one to the other.
    let setUp: @Sendable () async throws(LamassuEventsError) -> QueueAddresses
    let addresses = Mutex<QueueAddresses?>(nil)
    private let handler: any EventHandler
    private let parkedStore: (any ParkedStore)?

    init(
        _ subscription: Subscription, configuration: AWSEventBusConfiguration, sqs: SQSClient, handler: any EventHandler,
        parkedStore: (any ParkedStore)?, observer: (any EventConsumerObserver)?, logger: Logger,
        setUp: @escaping @Sendable () async throws(LamassuEventsError) -> QueueAddresses
    ) {
        self.subscription = subscription
        self.configuration = configuration
        self.sqs = sqs
        self.waitTime = sqs.client.configuration.waitTime(upTo: configuration.waitTime)
        self.handler = handler
        self.parkedStore = parkedStore
        self.logger = logger
        self.setUp = setUp
        self.inbox = Inbox(
            subscription.handling, filter: subscription.filter, isParking: parkedStore != nil, observer: observer, logger: logger)
        self.slots = Slots(subscription.handling.prefetch)
        self.ledger = Mutex(ReceiptLedger(visibilityTimeout: configuration.visibilityTimeout))
    }

    /// Receives and handles until a drain is complete, which begins when `stop` opens.
    func run(until stop: Latch) async {
        let (loaded, drained) = (Latch(), Latch())
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keep(until: drained) }
            await withDiscardingTaskGroup { group in
                group.addTask { await self.receive(until: stop, loaded) }
                await self.worker.run(until: stop, loaded: loaded)
            }
            drained.open()
        }
        self.inbox.close()
    }

    private var worker: EventWorker {
        EventWorker(inbox: self.inbox, handler: self.handler, handling: self.subscription.handling, store: self.parkedStore) {
            parked, reason throws(LamassuEventsError) in
            let event = try OutgoingEvent(parked.event)
            try await self.deadLetter(event.text, id: parked.id.rawValue, group: event.group, reason: reason)
        }
    }

    // MARK: Receiving

    private func receive(until stop: Latch, _ loaded: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.receiveBatches(until: stop, loaded) }
            group.addTask {
                // The call that waits for messages is let end: one that is broken off may hide a message that nobody gets.
                await stop.wait()
                try? await Task.sleep(for: self.waitTime + Self.patience)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func receiveBatches(until stop: Latch, _ loaded: Latch) async {
        var failures = 0
        while !stop.isOpen {
            do throws(LamassuEventsError) {
                let addresses = try await self.setUp()
                self.addresses.withLock { $0 = addresses }
                // The queue keeps what comes, for another process that may have what is parked.
                await loaded.wait()
                guard !stop.isOpen else { return }
                self.inbox.sessionOpened()
                while case let room = await self.room(until: stop), room > 0 {
                    try await self.receiveBatch(of: room, from: addresses.queueURL)
                    failures = 0
                }
            } catch {
                guard !stop.isOpen else { return }
                failures += 1
                let delay = self.configuration.backoff.delay(afterFailures: failures)
                self.inbox.interrupted(error, retryingAfter: delay)
                await stop.wait(for: delay)
            }
        }
    }

    /// Takes room for a batch, and waits for it; none when `stop` opens.
    private func room(until stop: Latch) async -> Int {
        let room = await withTaskGroup(of: Int.self) { group in
            group.addTask { await self.slots.take(upTo: ReceiptLedger.batchSize) }
            group.addTask {
                await stop.wait()
                return 0
            }
            let first = await group.next() ?? 0
            group.cancelAll()
            // Some may have been taken at the moment at which the other task ended.
            return await group.reduce(first, +)
        }
        guard stop.isOpen else { return room }
        self.slots.release(room)
        return 0
    }

    private func receiveBatch(of room: Int, from queueURL: String) async throws(LamassuEventsError) {
        var used = 0
        defer { self.slots.release(room - used) }
        do throws(AWSError) {
            let batch = try await self.sqs.send(
                ReceiveMessage(
                    queueURL: queueURL, messageSystemAttributeNames: ["ApproximateReceiveCount"], maxNumberOfMessages: room,
                    visibilityTimeout: AWSEventBusConfiguration.seconds(self.configuration.visibilityTimeout, atMost: 43_200),
                    waitTimeSeconds: AWSEventBusConfiguration.seconds(self.waitTime, atMost: 20)))
            for message in (batch.messages ?? []).prefix(room) {
                guard let receipt = message.receiptHandle, let body = message.body else { continue }
                used += 1
                self.ledger.withLock { $0.received(receipt, at: .now) }
                self.inbox.received(self.incoming(body, receipt: receipt, of: message))
            }
            self.received.signal()
        } catch {
            throw LamassuEventsError(error)
        }
    }

    private func incoming(_ body: String, receipt: String, of message: Message) -> IncomingEvent {
        let content: Result<CloudEvent, LamassuEventsError>
        do throws(LamassuEventsError) {
            content = .success(try IncomingBody.event(of: body))
        } catch {
            content = .failure(error)
        }
        let event = try? content.get()
        let received = message.attributes?["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1
        return IncomingEvent(
            content, routingKey: event?.type ?? "", isRedelivered: received > 1, deliveryCount: max(0, received - 1)
        ) {
            self.ledger.withLock { $0.settled(receipt) }
            self.slots.release()
            self.settled.signal()
        } deadLetter: { reason throws(LamassuEventsError) in
            try await self.deadLetter(
                body, id: message.messageID ?? receipt, group: OutgoingEvent.group(of: event?.lane ?? ""), reason: reason)
        }
    }

    /// Sends a message to the dead-letter queue, as it came.
    private func deadLetter(_ body: String, id: String, group: String, reason: String) async throws(LamassuEventsError) {
        guard let addresses = self.addresses.withLock({ $0 }) else {
            throw LamassuEventsError(.connectionFailed, message: "the queues have not been found yet")
        }
        let reason = DeadLetter.cut(String(String.UnicodeScalarView(reason.unicodeScalars.map { $0.isAllowedBySQS ? $0 : "?" })))
        do throws(AWSError) {
            _ = try await self.sqs.send(
                SendMessage(
                    queueURL: addresses.deadLetterURL, messageBody: body,
                    messageAttributes: [
                        DeadLetter.Header.reason: MessageAttribute(string: reason.isEmpty ? "none given" : reason),
                        DeadLetter.Header.queue: MessageAttribute(string: self.configuration.name(self.subscription.name)),
                    ], messageDeduplicationID: self.configuration.isFIFO ? String(id.prefix(128)) : nil,
                    messageGroupID: self.configuration.isFIFO ? group : nil))
        } catch {
            throw LamassuEventsError(error)
        }
    }
}

extension Unicode.Scalar {
    /// Whether a text of SQS may hold it (SendMessage, "Message").
    fileprivate var isAllowedBySQS: Bool {
        self == "\t" || self == "\n" || self == "\r" || (self.value >= 0x20 && self.value != 0xFFFE && self.value != 0xFFFF)
    }
}
