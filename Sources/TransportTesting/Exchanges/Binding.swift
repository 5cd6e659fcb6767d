// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A way from an exchange to a queue or another exchange.
struct Binding: Hashable {
    /// Where a binding leads.
    enum Destination: Hashable {
        case queue(String)
        case exchange(String)
    }

    var source: String
    var destination: Destination
    var routingKey: String
    var arguments: AMQPTable

    /// Whether a message with these keys and headers takes this way.
    func matches(_ kind: ExchangeKind, _ message: BrokerMessage) -> Bool {
        switch kind {
        case .fanout: true
        case .direct: message.routingKeys.contains(self.routingKey)
        case .topic: message.routingKeys.contains { TopicPattern(self.routingKey).matches($0) }
        case .headers: HeadersPattern(self.arguments).matches(message.properties.headers ?? [:])
        }
    }
}
