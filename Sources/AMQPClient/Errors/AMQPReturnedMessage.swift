// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// Where a message that no queue took was meant to go, and what the broker said of it.
public struct AMQPReturnedMessage: Hashable, Sendable {
    /// The broker's reply code: 312 where no route was found.
    public var replyCode: AMQPReplyCode
    /// The broker's words for it, such as `NO_ROUTE`.
    public var replyText: String
    /// The exchange that the message was published to; empty for the default exchange.
    public var exchange: String
    /// The routing key that it was published with.
    public var routingKey: String

    /// Makes the description of a returned message.
    ///
    /// - Parameters:
    ///   - replyCode: the broker's reply code.
    ///   - replyText: the broker's words for it.
    ///   - exchange: the exchange that the message was published to.
    ///   - routingKey: the routing key that it was published with.
    public init(replyCode: AMQPReplyCode, replyText: String, exchange: String, routingKey: String) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.exchange = exchange
        self.routingKey = routingKey
    }
}
