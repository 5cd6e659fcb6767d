// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// A message on its way to the broker.
struct OutgoingMessage: Sendable {
    var method: BasicPublish
    var properties: AMQPProperties
    var body: [UInt8]

    /// What a return would carry; `nil` for a message that is not mandatory.
    var identity: MessageIdentity? {
        guard self.method.mandatory else { return nil }
        return MessageIdentity(
            exchange: self.method.exchange, routingKey: self.method.routingKey, messageID: self.properties.messageID ?? "")
    }
}
