// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The exchange and the queues through which events go.
public struct EventTopology: Hashable, Sendable {
    /// The durable topic exchange to which events are published, their type as routing key; `nil` for the default exchange, which
    /// puts them straight into ``queue-swift.property``.
    public var exchange: String?
    /// The durable queue from which CloudSync consumes; by default `lamassu_events`.
    public var queue: String
    /// Which events go from the exchange to the queue; by default `#`, all of them.
    public var bindingKey: String
    /// The durable queue for what can never be handled; by default `lamassu_events.dead-letter`.
    public var deadLetterQueue: String

    /// Makes a topology.
    ///
    /// - Parameters:
    ///   - exchange: the topic exchange; `nil` for the default exchange.
    ///   - queue: the queue of CloudSync.
    ///   - bindingKey: which events go to that queue.
    ///   - deadLetterQueue: the queue for what can never be handled.
    public init(exchange: String?, queue: String, bindingKey: String = "#", deadLetterQueue: String) {
        self.exchange = exchange
        self.queue = queue
        self.bindingKey = bindingKey
        self.deadLetterQueue = deadLetterQueue
    }

    /// Topic exchange `lamassu-events`, queue `lamassu_events` bound to all of it.
    public static let standard = EventTopology(
        exchange: "lamassu-events", queue: "lamassu_events", deadLetterQueue: "lamassu_events.dead-letter")

    /// Straight into the queue `lamassu_events`, as the first generation did; no other subscriber sees the events.
    public static let queue = EventTopology(exchange: nil, queue: "lamassu_events", deadLetterQueue: "lamassu_events.dead-letter")
}
