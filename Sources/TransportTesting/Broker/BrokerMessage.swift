// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A message as it was published, or dead-lettered.
struct BrokerMessage: Equatable {
    /// What goes on to every route: the name of the exchange.
    var exchange: String
    /// The routing key, then those of the headers `CC` and `BCC`.
    var routingKeys: [String]
    /// The properties as a consumer sees them, without `BCC`.
    var properties: AMQPProperties
    var body: [UInt8]

    /// The key that the message was published with.
    var routingKey: String { self.routingKeys.first ?? "" }
    var isPersistent: Bool { self.properties.deliveryMode == .persistent }

    /// A message of a client or a test, whose headers `CC` and `BCC` name further keys.
    init(exchange: String, routingKey: String, properties: AMQPProperties, body: [UInt8]) throws(BrokerRefusal) {
        self.exchange = exchange
        self.routingKeys = [routingKey]
        self.properties = properties
        self.body = body
        self.routingKeys += try Self.keys("CC", in: properties)
        self.routingKeys += try Self.keys("BCC", in: properties)
        self.properties.headers?["BCC"] = nil
    }

    private static func keys(_ header: String, in properties: AMQPProperties) throws(BrokerRefusal) -> [String] {
        guard let value = properties.headers?[header] else { return [] }
        guard case .array(let elements) = value else {
            throw BrokerRefusal(.preconditionFailed, "invalid headers: \(header) is not an array")
        }
        return elements.compactMap(\.stringValue)
    }
}
