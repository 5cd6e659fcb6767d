// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// Which broker an ``AMQPEventBus`` uses, and what it makes there.
public struct AMQPEventBusConfiguration: Hashable, Sendable {
    /// Which broker, as whom.
    public var broker: AMQPConfiguration
    /// The durable topic exchange to which events are published; by default `lamassu-events`.
    public var exchange: String
    /// With which arguments a subscriber's queue is made where it does not exist; by default it is a quorum queue with a single active
    /// consumer.
    ///
    /// Of several processes that subscribe under one name one gets the events then, and another takes over when it ends: so the order within
    /// a subject holds. A quorum queue counts deliveries, which ``HandlingConfiguration/maximumDeliveries`` needs.
    public var queueArguments: AMQPQueueArguments
    /// How long a subscriber waits before it connects again; by default from 200 milliseconds to 30 seconds.
    public var reconnectBackoff: Backoff
    /// Whether a JSON object with `specversion` is taken for an event whatever JSON type its content has; by default it is.
    public var acceptsPlainJSON: Bool
    /// Which of the broker's users may emit which events; by default ``EventSenderPolicy/anyone``, whomever the broker lets publish.
    public var senderPolicy: EventSenderPolicy

    /// Makes a configuration; everything else has its default.
    ///
    /// - Parameter broker: which broker, as whom.
    public init(broker: AMQPConfiguration) {
        self.broker = broker
        self.exchange = "lamassu-events"
        self.queueArguments = ["x-queue-type": "quorum", "x-single-active-consumer": true]
        self.reconnectBackoff = Backoff()
        self.acceptsPlainJSON = true
        self.senderPolicy = .anyone
    }

    /// From where a subscriber consumes: a queue of its own with its name, bound for each type of its filter.
    func consumer(of subscription: Subscription) -> EventConsumerConfiguration {
        let types = subscription.filter.types.map(\.rawValue)
        var consumer = EventConsumerConfiguration(
            broker: self.broker,
            topology: EventTopology(
                exchange: self.exchange, queue: subscription.name, bindingKeys: types.isEmpty ? ["#"] : types,
                deadLetterQueue: "\(subscription.name).dead-letter", queueArguments: self.queueArguments))
        consumer.filter = subscription.filter
        consumer.handling = subscription.handling
        consumer.reconnectBackoff = self.reconnectBackoff
        consumer.acceptsPlainJSON = self.acceptsPlainJSON
        consumer.senderPolicy = self.senderPolicy
        return consumer
    }
}
