// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// From where a consumer consumes, as whom, and how it handles what comes.
public struct EventConsumerConfiguration: Hashable, Sendable {
    /// Which broker, as whom.
    public var broker: AMQPConfiguration
    /// The exchange and the queues; by default ``EventTopology/standard``.
    public var topology: EventTopology
    /// Which events are handled; by default all.
    ///
    /// The others are acknowledged without a call of the handler. The queue's bindings decide what comes at all: see ``EventTopology/bindingKeys``.
    public var filter: EventFilter
    /// How events are handled: within which limits, and how patiently.
    public var handling: HandlingConfiguration
    /// How long the consumer waits before it connects again; by default from 200 milliseconds to 30 seconds.
    public var reconnectBackoff: Backoff
    /// Whether a JSON object with `specversion` is taken for an event where the content type is `application/json`, `text/json` or
    /// absent, as the services of Lamassu send it; by default it is.
    public var acceptsPlainJSON: Bool
    /// Which of the broker's users may emit which events; by default ``EventSenderPolicy/anyone``, whomever the broker lets publish.
    public var senderPolicy: EventSenderPolicy

    /// Makes a configuration; everything else has its default.
    ///
    /// - Parameters:
    ///   - broker: which broker, as whom.
    ///   - topology: the exchange and the queues.
    public init(broker: AMQPConfiguration, topology: EventTopology = .standard) {
        self.broker = broker
        self.topology = topology
        self.filter = .all
        self.handling = HandlingConfiguration()
        self.reconnectBackoff = Backoff()
        self.acceptsPlainJSON = true
        self.senderPolicy = .anyone
    }
}
