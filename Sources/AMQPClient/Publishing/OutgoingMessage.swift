// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// A message on its way to the broker.
struct OutgoingMessage: Sendable {
    var method: BasicPublish
    var properties: AMQPProperties
    var body: [UInt8]

    /// Makes it of a message; one that is mandatory has an id from then on, by which a return is recognised.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - id: makes an id where the message has none.
    init(_ message: AMQPMessage, id: @autoclosure () -> String) {
        self.method = BasicPublish(
            exchange: message.destination.exchange, routingKey: message.destination.routingKey, mandatory: message.mandatory)
        self.properties = message.properties
        self.body = message.body
        if message.mandatory, message.properties.messageID == nil { self.properties.messageID = id() }
    }

    /// What a return would carry; `nil` for a message that is not mandatory.
    var identity: MessageIdentity? {
        guard self.method.mandatory else { return nil }
        return MessageIdentity(
            exchange: self.method.exchange, routingKey: self.method.routingKey, messageID: self.properties.messageID ?? "")
    }
}
