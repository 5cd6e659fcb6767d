// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// Direct reply-to: replies without a queue, straight to the channel that asked (an addition of RabbitMQ).
extension BrokerState {
    /// What a client consumes from, and gives as the address of its replies.
    static let replyQueue = "amq.rabbitmq.reply-to"
    private static let replyPrefix = "amq.rabbitmq.reply-to."

    /// Whether somebody waits for replies under a name; `nil` for a name of another kind.
    func hasReplyQueue(_ name: String) -> Bool? {
        if name == Self.replyQueue { return true }
        guard name.hasPrefix(Self.replyPrefix) else { return nil }
        return self.replyChannels[String(name.dropFirst(Self.replyPrefix.count))] != nil
    }

    mutating func consumeReplies(_ method: BasicConsume, _ tag: String, on address: ChannelAddress) throws(BrokerRefusal) {
        guard method.noAck else { throw BrokerRefusal(.preconditionFailed, "reply consumer cannot acknowledge") }
        guard let channel = self.channels[address], channel.consumers[tag] == nil else {
            throw BrokerRefusal(.notAllowed, "attempt to reuse consumer tag '\(tag)'")
        }
        guard channel.replyConsumer == nil else { throw BrokerRefusal(.preconditionFailed, "reply consumer already set") }
        let token = GeneratedName.make("g")
        self.channels[address]?.replyConsumer = (tag, token)
        self.replyChannels[token] = address
        self.answer(.basicConsumeOk(BasicConsumeOk(consumerTag: tag)), unless: method.noWait, on: address)
    }

    mutating func removeReplyConsumer(of address: ChannelAddress) {
        guard let token = self.channels[address]?.replyConsumer?.token else { return }
        self.channels[address]?.replyConsumer = nil
        self.replyChannels[token] = nil
    }

    /// Replaces the name that stands for the channel by one that others can send to.
    func replaceReplyAddress(in properties: inout AMQPProperties, on address: ChannelAddress) throws(BrokerRefusal) {
        guard properties.replyTo == Self.replyQueue else { return }
        guard let token = self.channels[address]?.replyConsumer?.token else {
            throw BrokerRefusal(.preconditionFailed, "fast reply consumer does not exist")
        }
        properties.replyTo = Self.replyPrefix + token
    }

    /// Passes a reply on; one that nobody waits for any more is dropped.
    mutating func deliverReplies(_ message: BrokerMessage) {
        guard message.exchange.isEmpty else { return }
        for key in message.routingKeys where key.hasPrefix(Self.replyPrefix) {
            guard let address = self.replyChannels[String(key.dropFirst(Self.replyPrefix.count))],
                let tag = self.channels[address]?.replyConsumer?.tag, let deliveryTag = self.channels[address]?.nextDeliveryTag()
            else { continue }
            self.send(
                BasicDeliver(consumerTag: tag, deliveryTag: deliveryTag, exchange: "", routingKey: key),
                properties: message.properties, body: message.body, on: address)
        }
    }
}
