// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents
public import Logging
public import SNSClient
public import SQSClient
internal import Synchronization

/// A bus over Amazon SNS and SQS, for a deployment that has no broker: a topic, and for each subscription a queue of its own.
///
/// ```swift
/// let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: logger)
/// let bus = AWSEventBus(AWSEventBusConfiguration(), sns: SNSClient(aws), sqs: SQSClient(aws), logger: logger)
/// try bus.subscribe(Subscription("audit", filter: EventFilter(types: ["ca.#"])), handler: router)
/// try await bus.run()
/// ```
///
/// **What it promises.** What every bus promises. A message is deleted when its event is settled; until then it is kept hidden, for as long as
/// another attempt takes, and after a crash it comes again. SNS leaves out what the filter does not want, as far as a filter policy can say
/// it; the subscriber passes over the rest. Events are read whether the subscription delivers them raw or within the envelope of SNS.
/// Dead letters go to the queue `<name>-dead-letter` with the reason as an attribute; SQS moves a message there by itself that was received
/// some times more often than `HandlingConfiguration.maximumDeliveries`.
///
/// **What it does not.** A standard topic may deliver an event twice and events of one subject in another order; a FIFO topic
/// (``AWSEventBusConfiguration/isFIFO``) keeps the order. A message stays hidden for 12 hours at most; then it comes a second time while the
/// first is held. Topic, queues and subscriptions are made where they are not there, and never removed.
public final class AWSEventBus: EventBus {
    private struct State {
        var subscribers: [QueueSubscriber] = []
        var isRunning = false
    }

    private let topology: AWSTopology
    private let configuration: AWSEventBusConfiguration
    private let sns: SNSClient
    private let sqs: SQSClient
    private let logger: Logger
    private let runs = RunOnce()
    private let state = Mutex(State())
    private let topicARN = Mutex<String?>(nil)

    /// Makes a bus without subscriptions; ``run()`` does its work.
    ///
    /// - Parameters:
    ///   - configuration: which topic, and how to receive.
    ///   - sns: the client of Amazon SNS.
    ///   - sqs: the client of Amazon SQS, of the same account and region.
    ///   - logger: where the bus tells what happens; never anything of a payload.
    public init(_ configuration: AWSEventBusConfiguration, sns: SNSClient, sqs: SQSClient, logger: Logger) {
        self.topology = AWSTopology(configuration: configuration, sns: sns, sqs: sqs)
        self.configuration = configuration
        self.sns = sns
        self.sqs = sqs
        self.logger = logger
    }

    /// Adds a subscription; before ``run()``.
    ///
    /// - Throws: `LamassuEventsError.Code.subscriptionRefused`, also where SQS has no queue of that name: it has 63 letters, digits, `-` and
    ///   `_` at most.
    public func subscribe(
        _ subscription: Subscription, handler: any EventHandler, parkedStore: (any ParkedStore)?, observer: (any EventConsumerObserver)?
    ) throws(LamassuEventsError) {
        guard AWSTopology.isQueueName(subscription.name) else {
            throw LamassuEventsError(
                .subscriptionRefused,
                message: "'\(subscription.name)' is no name of a queue: it has 63 letters, digits, '-' and '_' at most")
        }
        let topology = self.topology
        let subscriber = QueueSubscriber(
            subscription, configuration: self.configuration, sqs: self.sqs, handler: handler, parkedStore: parkedStore, observer: observer,
            logger: self.logger
        ) { () async throws(LamassuEventsError) in try await topology.setUp(subscription) }
        let refusal = self.state.withLock { state -> LamassuEventsError? in
            let names = state.subscribers.map(\.subscription.name)
            if let refusal = subscription.refusal(among: names, isRunning: state.isRunning) { return refusal }
            state.subscribers.append(subscriber)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Publishes an event, and returns when SNS has taken it; attempts that fail are made again, as the client's retry policy says.
    ///
    /// - Parameter event: the event.
    /// - Throws: `LamassuEventsError.Code.eventTooLarge` where it has more than 256 KiB; `LamassuEventsError.Code.encodingFailed`;
    ///   `LamassuEventsError.Code.connectionFailed`, `LamassuEventsError.Code.accessRefused` and `LamassuEventsError.Code.refusedByBroker`
    ///   as AWS answers; `LamassuEventsError.Code.cancelled`, and then it is unknown whether AWS has it.
    public func publish(_ event: CloudEvent) async throws(LamassuEventsError) {
        let outgoing = try OutgoingEvent(event)
        let topicARN = try await self.topic()
        do throws(AWSError) {
            _ = try await self.sns.send(
                Publish(
                    topicARN: topicARN, message: outgoing.text, messageAttributes: outgoing.messageAttributes,
                    messageGroupID: self.configuration.isFIFO ? outgoing.group : nil))
        } catch {
            throw LamassuEventsError(error)
        }
    }

    /// Receives events and brings them to the handlers until it is cancelled.
    ///
    /// Then it starts no handler any more, and lets those that run end within `HandlingConfiguration.drainTimeout`. What is not settled by then
    /// is given back to the queue.
    ///
    /// Errors of AWS do not end it: they are in the statistics and go to the observer, and the call is repeated.
    ///
    /// - Throws: `LamassuEventsError.Code.alreadyRan`.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        let subscribers = self.state.withLock { state in
            state.isRunning = true
            return state.subscribers
        }
        await withDrain { stop in
            await withDiscardingTaskGroup { group in
                for subscriber in subscribers { group.addTask { await subscriber.run(until: stop) } }
                await stop.wait()
            }
        } onCancel: {
            for subscriber in subscribers { subscriber.inbox.drainRequested() }
        }
    }

    /// How a subscription stands now.
    public func statistics(of name: String) -> EventConsumerStatistics? {
        self.state.withLock { $0.subscribers.first { $0.subscription.name == name } }?.inbox.statistics
    }

    private func topic() async throws(LamassuEventsError) -> String {
        if let topicARN = self.topicARN.withLock({ $0 }) { return topicARN }
        let topicARN = try await self.topology.topic()
        self.topicARN.withLock { $0 = topicARN }
        return topicARN
    }
}
