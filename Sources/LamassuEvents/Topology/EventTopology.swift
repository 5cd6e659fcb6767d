// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// The exchange and the queues through which events go.
public struct EventTopology: Hashable, Sendable {
    /// The durable topic exchange to which events are published, their type as routing key; `nil` for the default exchange, which
    /// puts them straight into ``queue-swift.property``.
    public var exchange: String?
    /// The durable queue from which CloudSync consumes; by default `lamassu_events`.
    public var queue: String
    /// Which events go from the exchange to the queue, as routing keys of a topic exchange; by default `#`, all of them.
    public var bindingKeys: [String]
    /// The durable queue for what can never be handled; by default `lamassu_events.dead-letter`.
    public var deadLetterQueue: String
    /// Whether ``queue-swift.property`` survives a restart of the broker; by default true.
    ///
    /// A queue that does not loses what is in it: it is for consumers that declare it so, those of Lamassu 1.
    public var isQueueDurable = true
    /// Whether the two queues are this package's to make; by default true.
    ///
    /// Where they are not, consumers have queues of their own at the exchange, and an event that none of them is bound to is gone.
    public var declaresQueues = true
    /// With which arguments ``queue-swift.property`` is made where it does not exist; by default none.
    ///
    /// The dead-letter queue is made with the same `x-queue-type`.
    public var queueArguments: AMQPQueueArguments

    /// Makes a topology.
    ///
    /// - Parameters:
    ///   - exchange: the topic exchange; `nil` for the default exchange.
    ///   - queue: the queue of CloudSync.
    ///   - bindingKeys: which events go to that queue.
    ///   - deadLetterQueue: the queue for what can never be handled.
    ///   - queueArguments: with which arguments the queue is made.
    public init(
        exchange: String?, queue: String, bindingKeys: [String] = ["#"], deadLetterQueue: String,
        queueArguments: AMQPQueueArguments = [:]
    ) {
        self.exchange = exchange
        self.queue = queue
        self.bindingKeys = bindingKeys
        self.deadLetterQueue = deadLetterQueue
        self.queueArguments = queueArguments
    }

    /// Topic exchange `lamassu-events`, queue `lamassu_events` bound to all of it.
    public static let standard = EventTopology(
        exchange: "lamassu-events", queue: "lamassu_events", deadLetterQueue: "lamassu_events.dead-letter")

    /// Straight into the durable queue `lamassu_events`; no other subscriber sees the events.
    public static let queue = EventTopology(exchange: nil, queue: "lamassu_events", deadLetterQueue: "lamassu_events.dead-letter")

    /// Topic exchange `lamassu` of Lamassu 2, whose consumers have queues of their own.
    public static let generation2 = {
        var topology = EventTopology(exchange: "lamassu", queue: "lamassu_events", deadLetterQueue: "lamassu_events.dead-letter")
        topology.declaresQueues = false
        return topology
    }()

    /// Straight into the queue `lamassu_events` as Lamassu 1 has it: not durable.
    public static let generation1 = {
        var topology = EventTopology.queue
        topology.isQueueDurable = false
        return topology
    }()
}
