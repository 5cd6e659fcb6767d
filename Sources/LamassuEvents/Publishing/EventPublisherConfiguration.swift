// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

/// Where a publisher publishes, as whom, and within which limits.
public struct EventPublisherConfiguration: Hashable, Sendable {
    /// What happens to an operation before which the store has failed; a struct, so that a later release can add a policy.
    public struct StoreFailurePolicy: Hashable, Sendable {
        package enum Kind: Hashable, Sendable { case refuse, proceed }

        package let kind: Kind

        /// The operation is refused before it runs, so that no update happens without its event.
        public static let refuse = StoreFailurePolicy(kind: .refuse)
        /// The operation runs without an intent, as if its level were ``DeliveryLevel/afterTheFact``.
        public static let proceed = StoreFailurePolicy(kind: .proceed)
    }

    /// Which broker, as whom.
    public var broker: AMQPConfiguration
    /// Who publishes: the attribute `source` of every event made by the publisher.
    public var source: EventSource
    /// The form in which events go to the broker; by default ``WireProfile/standard``.
    public var profile: WireProfile
    private var ownTopology: EventTopology?
    /// The exchange and the queues; unless it is set, those of the ``profile``.
    public var topology: EventTopology {
        get { self.ownTopology ?? self.profile.topology }
        set { self.ownTopology = newValue }
    }
    /// What is taken out of events before they are stored; by default ``EventRedaction/standard``.
    public var redaction: EventRedaction
    /// The broker's user whom each message names, for ``EventSenderPolicy``; by default, `nil`, the one of the credentials.
    ///
    /// Set it where a client certificate logs in, because only the broker knows which user that stands for: by default messages name nobody
    /// then. RabbitMQ refuses a message that names another user than the one of the connection.
    public var userID: String?
    /// The longest payload of one event, in bytes; by default 8 MiB.
    ///
    /// A longer one is parked. It has to be less than what the broker takes, 128 MiB with RabbitMQ 3 and 16 MiB with RabbitMQ 4.
    public var maximumEventBytes: Int
    /// The longest payload that is sent without a warning, in bytes; by default 64 KiB, which is what every intermediary has to forward
    /// (CloudEvents §Size limits); `nil` for no warning.
    public var advisedEventBytes: Int?
    /// The longest subject, in bytes of UTF-8; by default 1,024.
    ///
    /// An event with a longer one is parked. A type may not be longer than 255 bytes, because it is the routing key.
    public var maximumSubjectBytes: Int
    /// What happens to an operation before which the store has failed; by default it is refused.
    public var storeFailurePolicy: StoreFailurePolicy
    /// How many events of succeeded operations wait in memory at most when the store has failed after the operation; by default 1,000.
    ///
    /// Beyond that the event is lost, logged and counted.
    public var maximumKeptAside: Int
    /// How many bytes the payloads of these events may have together; by default 64 MiB.
    ///
    /// An event that does not fit is lost, logged and counted.
    public var maximumKeptAsideBytes: Int
    /// How many events may be on their way without a confirm; by default 256, at least 1.
    public var window: Int
    /// How long an event waits that did not reach a queue; by default from 200 milliseconds to 30 seconds.
    public var backoff: Backoff
    /// How long the publisher waits before it connects again; by default from 200 milliseconds to 30 seconds.
    public var reconnectBackoff: Backoff
    /// How long a cancelled ``LamassuEventPublisher/run()`` waits for what it has begun; by default 10 seconds.
    public var drainTimeout: Duration

    /// Makes a configuration; everything else has its default.
    ///
    /// - Parameters:
    ///   - broker: which broker, as whom.
    ///   - source: who publishes.
    ///   - topology: the exchange and the queues; `nil` for those of the profile.
    ///   - profile: the form in which events go to the broker.
    public init(broker: AMQPConfiguration, source: EventSource, topology: EventTopology? = nil, profile: WireProfile = .standard) {
        self.broker = broker
        self.source = source
        self.profile = profile
        self.ownTopology = topology
        self.redaction = .standard
        self.maximumEventBytes = 8 * 1024 * 1024
        self.advisedEventBytes = 64 * 1024
        self.maximumSubjectBytes = 1_024
        self.storeFailurePolicy = .refuse
        self.maximumKeptAside = 1_000
        self.maximumKeptAsideBytes = 64 * 1024 * 1024
        self.window = 256
        self.backoff = Backoff()
        self.reconnectBackoff = Backoff()
        self.drainTimeout = .seconds(10)
    }
}
