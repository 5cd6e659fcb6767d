// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// A message in a queue of an ``InMemoryBroker``.
public struct InMemoryMessage: Hashable, Sendable {
    /// The content.
    public var body: [UInt8]
    /// What describes the content.
    public var properties: AMQPProperties
    /// The exchange that the message was published to; empty for the default exchange.
    public var exchange: String
    /// The routing key that it was published with.
    public var routingKey: String
    /// Whether it was delivered before without being acknowledged.
    public var isRedelivered: Bool

    init(_ message: QueuedMessage) {
        self.body = message.message.body
        self.properties = message.message.properties
        self.exchange = message.message.exchange
        self.routingKey = message.message.routingKey
        self.isRedelivered = message.isRedelivered
    }
}
