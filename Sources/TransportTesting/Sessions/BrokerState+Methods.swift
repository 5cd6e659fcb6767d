// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// Does what a method on an open channel asks for, and answers it.
    mutating func perform(_ method: AMQPMethod, on address: ChannelAddress) throws(BrokerRefusal) {
        switch method {
        case .channelOpen: throw BrokerRefusal(.channelError, "second 'channel.open' seen")
        case .channelClose:
            self.flushConfirms(of: address.session)
            self.emptyChannel(address)
            self.channels[address] = nil
            self.send(.channelCloseOk(ChannelCloseOk()), on: address)
        case .channelCloseOk: break
        case .channelFlow(let method):
            guard method.active else { throw BrokerRefusal(.notImplemented, "active=false") }
            self.send(.channelFlowOk(ChannelFlowOk(active: true)), on: address)
        case .accessRequest: self.send(.accessRequestOk(AccessRequestOk(ticket: 1)), on: address)

        case .exchangeDeclare, .exchangeDelete, .exchangeBind, .exchangeUnbind: try self.performOnExchange(method, on: address)
        case .queueDeclare, .queueDelete, .queuePurge, .queueBind, .queueUnbind: try self.performOnQueue(method, on: address)

        case .confirmSelect(let method):
            if case .transactional? = self.channels[address]?.mode {
                throw BrokerRefusal(.preconditionFailed, "cannot switch from tx to confirm mode")
            }
            self.channels[address]?.mode = .confirming
            self.answer(.confirmSelectOk(ConfirmSelectOk()), unless: method.noWait, on: address)
        case .txSelect, .txCommit, .txRollback: try self.performOnTransaction(method, on: address)

        case .basicQos(let method): try self.limit(method, on: address)
        case .basicConsume(let method): try self.consume(method, on: address)
        case .basicCancel(let method):
            if self.channels[address]?.replyConsumer?.tag == method.consumerTag {
                self.removeReplyConsumer(of: address)
            }
            self.removeConsumer(method.consumerTag, of: address)
            self.answer(.basicCancelOk(BasicCancelOk(consumerTag: method.consumerTag)), unless: method.noWait, on: address)
        case .basicCancelOk: break
        case .basicPublish(let method): self.channels[address]?.content = .awaitingHeader(method)
        case .basicGet(let method): try self.get(method, on: address)
        case .basicAck(let method):
            try self.settle(method.deliveryTag, multiple: method.multiple, as: .done, on: address)
        case .basicReject(let method):
            try self.settle(method.deliveryTag, multiple: false, as: method.requeue ? .requeued : .dead, on: address)
        case .basicNack(let method):
            try self.settle(method.deliveryTag, multiple: method.multiple, as: method.requeue ? .requeued : .dead, on: address)
        case .basicRecover(let method):
            try self.recover(requeue: method.requeue, on: address)
            self.send(.basicRecoverOk(BasicRecoverOk()), on: address)
        case .basicRecoverAsync(let method): try self.recover(requeue: method.requeue, on: address)
        default: throw BrokerRefusal(.commandInvalid, "unimplemented method")
        }
    }

    /// Sends a reply, unless the client does not wait for one.
    mutating func answer(_ reply: AMQPMethod, unless noWait: Bool, on address: ChannelAddress) {
        if !noWait { self.send(reply, on: address) }
    }

    private mutating func performOnExchange(_ method: AMQPMethod, on address: ChannelAddress) throws(BrokerRefusal) {
        switch method {
        case .exchangeDeclare(let method):
            try self.declareExchange(method)
            self.answer(.exchangeDeclareOk(ExchangeDeclareOk()), unless: method.noWait, on: address)
        case .exchangeDelete(let method):
            try self.deleteExchange(method)
            self.answer(.exchangeDeleteOk(ExchangeDeleteOk()), unless: method.noWait, on: address)
        case .exchangeBind(let method):
            try self.bind(
                Binding(
                    source: method.source, destination: .exchange(method.destination), routingKey: method.routingKey,
                    arguments: method.arguments))
            self.answer(.exchangeBindOk(ExchangeBindOk()), unless: method.noWait, on: address)
        case .exchangeUnbind(let method):
            try self.unbind(
                Binding(
                    source: method.source, destination: .exchange(method.destination), routingKey: method.routingKey,
                    arguments: method.arguments))
            self.answer(.exchangeUnbindOk(ExchangeUnbindOk()), unless: method.noWait, on: address)
        default: break
        }
    }

    private mutating func performOnQueue(_ method: AMQPMethod, on address: ChannelAddress) throws(BrokerRefusal) {
        switch method {
        case .queueDeclare(let method):
            if let exists = self.hasReplyQueue(method.queue) {
                guard exists else { throw BrokerRefusal(.notFound, "no \(self.describe(queue: method.queue))") }
                return self.answer(
                    .queueDeclareOk(QueueDeclareOk(queue: method.queue, messageCount: 0, consumerCount: 1)), unless: method.noWait,
                    on: address)
            }
            var method = method
            if method.passive { method.queue = try self.queueName(method.queue, on: address) }
            let name = try self.declareQueue(method, from: address.session)
            self.channels[address]?.lastDeclaredQueue = name
            let counts = self.counts(of: name)
            self.answer(
                .queueDeclareOk(
                    QueueDeclareOk(queue: name, messageCount: UInt32(counts.messages), consumerCount: UInt32(counts.consumers))),
                unless: method.noWait, on: address)
        case .queueDelete(var method):
            method.queue = try self.queueName(method.queue, on: address)
            let count = try self.deleteQueue(method, from: address.session)
            self.answer(.queueDeleteOk(QueueDeleteOk(messageCount: UInt32(count))), unless: method.noWait, on: address)
        case .queuePurge(let method):
            let name = try self.queueName(method.queue, on: address)
            try self.checkAccess(to: name, from: address.session)
            let count = self.queues[name]?.ready.removeAll() ?? 0
            self.answer(.queuePurgeOk(QueuePurgeOk(messageCount: UInt32(count))), unless: method.noWait, on: address)
        case .queueBind(let method):
            let binding = try self.binding(method.queue, method.exchange, method.routingKey, method.arguments, on: address)
            try self.bind(binding)
            self.answer(.queueBindOk(QueueBindOk()), unless: method.noWait, on: address)
        case .queueUnbind(let method):
            let binding = try self.binding(method.queue, method.exchange, method.routingKey, method.arguments, on: address)
            try self.unbind(binding)
            self.send(.queueUnbindOk(QueueUnbindOk()), on: address)
        default: break
        }
    }

    private func counts(of queue: String) -> (messages: Int, consumers: Int) {
        (self.queues[queue]?.ready.count ?? 0, self.queues[queue]?.consumers.count ?? 0)
    }

    /// The queue's name; an empty one means the queue that the channel declared last.
    func queueName(_ name: String, on address: ChannelAddress) throws(BrokerRefusal) -> String {
        guard name.isEmpty else { return name }
        guard let last = self.channels[address]?.lastDeclaredQueue, !last.isEmpty else {
            throw BrokerRefusal(.notFound, "no previously declared queue")
        }
        return last
    }

    private func binding(
        _ queue: String, _ exchange: String, _ routingKey: String, _ arguments: AMQPTable, on address: ChannelAddress
    ) throws(BrokerRefusal) -> Binding {
        let name = try self.queueName(queue, on: address)
        try self.checkAccess(to: name, from: address.session)
        return Binding(
            source: exchange, destination: .queue(name), routingKey: queue.isEmpty && routingKey.isEmpty ? name : routingKey,
            arguments: arguments)
    }
}
