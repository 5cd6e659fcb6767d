// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import Logging
internal import Synchronization
public import Transport

/// A bus over an AMQP broker: a topic exchange, and for each subscription a durable queue of its own.
///
/// ```swift
/// let bus = AMQPEventBus(AMQPEventBusConfiguration(broker: broker), transport: .curl, logger: logger)
/// try bus.subscribe(Subscription("audit", filter: EventFilter(types: ["ca.#"])), handler: router)
/// try await bus.run()
/// ```
///
/// **What it promises.** What every bus promises, through lost connections, restarts of the broker and of the process: each subscription is
/// an ``EventConsumer``. Its queue has the subscription's name, is bound to the exchange by each type of its filter, and exists from the first
/// ``run()`` on, whether anybody consumes or not. Its dead letters are in the queue `<name>.dead-letter`.
///
/// **What it does not.** It never removes a queue or a binding: where a filter has become narrower, what comes besides is
/// acknowledged and passed over, until somebody removes the binding.
public final class AMQPEventBus: EventBus {
    private struct State {
        var consumers: [(name: String, consumer: EventConsumer)] = []
        var isRunning = false
    }

    private let configuration: AMQPEventBusConfiguration
    private let publisher: LamassuEventPublisher?
    private let transport: any ByteStreamTransport
    private let logger: Logger
    private let runs = RunOnce()
    private let state = Mutex(State())

    /// Makes a bus without subscriptions; ``run()`` does its work.
    ///
    /// - Parameters:
    ///   - configuration: which broker, and what is made there.
    ///   - publisher: what publishes, with a topology of the same exchange; the bus runs it. `nil` for a process that only subscribes.
    ///   - transport: what makes the connections to the broker.
    ///   - logger: where the bus tells what happens; never anything of a payload.
    public init(
        _ configuration: AMQPEventBusConfiguration, publisher: LamassuEventPublisher? = nil, transport: any ByteStreamTransport,
        logger: Logger
    ) {
        self.configuration = configuration
        self.publisher = publisher
        self.transport = transport
        self.logger = logger
    }

    /// Adds a subscription; before ``run()``.
    public func subscribe(
        _ subscription: Subscription, handler: any EventHandler, parkedStore: (any ParkedStore)?, observer: (any EventConsumerObserver)?
    ) throws(LamassuEventsError) {
        let consumer = EventConsumer(
            self.configuration.consumer(of: subscription), transport: self.transport, handler: handler, parkedStore: parkedStore,
            observer: observer, logger: self.logger)
        let refusal = self.state.withLock { state -> LamassuEventsError? in
            if let refusal = subscription.refusal(among: state.consumers.map(\.name), isRunning: state.isRunning) { return refusal }
            state.consumers.append((subscription.name, consumer))
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Publishes an event, and returns when the broker has confirmed it.
    ///
    /// - Parameter event: the event, whose id must be unique among those of its source.
    /// - Throws: what ``LamassuEventPublisher/publishAndConfirm(_:)`` throws; ``LamassuEventsError/Code/closed`` where the bus has no publisher.
    public func publish(_ event: CloudEvent) async throws(LamassuEventsError) {
        guard let publisher else {
            throw LamassuEventsError(.closed, message: "the bus only subscribes: give it a publisher")
        }
        try await publisher.publishAndConfirm(event)
    }

    /// Connects and brings events to the handlers until it is cancelled; then the subscriptions drain, and after them the publisher.
    ///
    /// - Throws: ``LamassuEventsError/Code/alreadyRan``, of the bus or its publisher; ``LamassuEventsError/Code/drainTimedOut`` when events of the
    ///   publisher were left.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        let consumers = self.state.withLock { state in
            state.isRunning = true
            return state.consumers.map(\.consumer)
        }
        let isPublisherGone = Latch()
        // A task of its own, because handlers may publish until the last of them has ended.
        let publishing = Task { [publisher] () -> LamassuEventsError? in
            defer { isPublisherGone.open() }
            guard let publisher else {
                await Latch().wait()
                return nil
            }
            return await Self.failure(of: publisher.run)
        }
        let failure = await withTaskGroup(of: LamassuEventsError?.self) { group in
            for consumer in consumers { group.addTask { await Self.failure(of: consumer.run) } }
            group.addTask {
                await isPublisherGone.wait()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return await group.reduce(first) { $0 ?? $1 }
        }
        publishing.cancel()
        if let failure = await publishing.value ?? failure { throw failure }
    }

    /// How a subscription stands now.
    public func statistics(of name: String) -> EventConsumerStatistics? {
        self.state.withLock { $0.consumers.first { $0.name == name }?.consumer }?.statistics
    }

    private static func failure(of body: () async throws(LamassuEventsError) -> Void) async -> LamassuEventsError? {
        do throws(LamassuEventsError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
