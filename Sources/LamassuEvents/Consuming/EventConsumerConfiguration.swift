// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// From where a consumer consumes, as whom, and within which limits.
public struct EventConsumerConfiguration: Hashable, Sendable {
    /// Which broker, as whom.
    public var broker: AMQPConfiguration
    /// The exchange and the queues; by default ``EventTopology/standard``.
    public var topology: EventTopology
    /// How many events the broker hands out before one is acknowledged, those that wait for another attempt included; by default 256.
    public var prefetch: Int
    /// How many subjects are handled at a time; by default 32.
    public var concurrency: Int
    /// How long an event waits whose handler asks for another attempt; by default from 200 milliseconds to 30 seconds.
    public var backoff: Backoff
    /// How long the consumer waits before it connects again; by default from 200 milliseconds to 30 seconds.
    public var reconnectBackoff: Backoff
    /// How long a cancelled ``EventConsumer/run()`` lets handlers go on before it cancels them too; by default 10 seconds.
    public var drainTimeout: Duration
    /// Of how many events that are done it is remembered that they are; by default 10,000, zero for none.
    ///
    /// A second delivery of one of them is acknowledged without a call of the handler. It holds only for events whose publisher promises
    /// unique ids: of the current generation, with the extension `sequence`.
    public var rememberedEvents: Int
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
        self.prefetch = 256
        self.concurrency = 32
        self.backoff = Backoff()
        self.reconnectBackoff = Backoff()
        self.drainTimeout = .seconds(10)
        self.rememberedEvents = 10_000
        self.acceptsPlainJSON = true
        self.senderPolicy = .anyone
    }
}
