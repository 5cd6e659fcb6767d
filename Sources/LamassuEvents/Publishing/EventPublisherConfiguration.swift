// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// Where a publisher publishes, as whom, and within which limits.
public struct EventPublisherConfiguration: Hashable, Sendable {
    /// Which broker, as whom.
    public var broker: AMQPConfiguration
    /// Who publishes: the attribute `source` of every event made by the publisher.
    public var source: EventSource
    /// The exchange and the queues; by default ``EventTopology/standard``.
    public var topology: EventTopology
    /// The content type of each message; by default `application/cloudevents+json`.
    ///
    /// Consumers of the older generations know `text/json`.
    public var contentType: String
    /// How much the outbox holds.
    public var limits: OutboxLimits
    /// How many events may be on their way without a confirm; by default 256, at least 1, less than the events of the outbox.
    public var window: Int
    /// How long an event waits that did not reach a queue; by default from 200 milliseconds to 30 seconds.
    public var backoff: Backoff
    /// How long the publisher waits before it connects again; by default from 200 milliseconds to 30 seconds.
    public var reconnectBackoff: Backoff
    /// How long a cancelled ``LamassuEventPublisher/run()`` waits for the confirms of what is in the outbox; by default 10 seconds.
    public var drainTimeout: Duration

    /// Makes a configuration; everything else has its default.
    ///
    /// - Parameters:
    ///   - broker: which broker, as whom.
    ///   - source: who publishes.
    ///   - topology: the exchange and the queues.
    public init(broker: AMQPConfiguration, source: EventSource, topology: EventTopology = .standard) {
        self.broker = broker
        self.source = source
        self.topology = topology
        self.contentType = "application/cloudevents+json"
        self.limits = OutboxLimits()
        self.window = 256
        self.backoff = Backoff()
        self.reconnectBackoff = Backoff()
        self.drainTimeout = .seconds(10)
    }
}
