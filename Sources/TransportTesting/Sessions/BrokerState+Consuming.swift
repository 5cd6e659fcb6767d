// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    mutating func limit(_ method: BasicQos, on address: ChannelAddress) throws(BrokerRefusal) {
        guard method.prefetchSize == 0 else {
            throw BrokerRefusal(.notImplemented, "prefetch_size!=0 (\(method.prefetchSize))")
        }
        if method.global {
            self.channels[address]?.sharedPrefetch = Int(method.prefetchCount)
            for queue in self.channels[address]?.consumers.values.sorted() ?? [] { self.needsDelivery(queue) }
        } else {
            self.channels[address]?.consumerPrefetch = Int(method.prefetchCount)
        }
        self.send(.basicQosOk(BasicQosOk()), on: address)
    }

    mutating func consume(_ method: BasicConsume, on address: ChannelAddress) throws(BrokerRefusal) {
        let tag = method.consumerTag.isEmpty ? GeneratedName.make("amq.ctag-") : method.consumerTag
        if method.queue == Self.replyQueue { return try self.consumeReplies(method, tag, on: address) }
        guard let channel = self.channels[address], channel.consumers[tag] == nil, channel.replyConsumer?.tag != tag else {
            throw BrokerRefusal(.notAllowed, "attempt to reuse consumer tag '\(tag)'")
        }
        let name = try self.queueName(method.queue, on: address)
        try self.checkAccess(to: name, from: address.session)
        let priority = method.arguments["x-priority"]
        if let priority, priority.integerValue == nil {
            throw BrokerRefusal(
                .preconditionFailed, "invalid arg 'x-priority' for \(self.describe(queue: name)): {unacceptable_type,\(priority.typeName)}")
        }
        let others = self.queues[name]?.consumers ?? []
        guard others.isEmpty || (!method.exclusive && !others.contains(where: \.isExclusive)) else {
            throw BrokerRefusal(.accessRefused, "\(self.describe(queue: name)) in exclusive use")
        }
        if self.queues[name]?.declaration.arguments.isQuorum == true, channel.sharedPrefetch > 0 {
            throw BrokerRefusal(.notImplemented, "\(self.describe(queue: name)) does not support global qos")
        }
        self.answer(.basicConsumeOk(BasicConsumeOk(consumerTag: tag)), unless: method.noWait, on: address)
        self.channels[address]?.consumers[tag] = name
        self.queues[name]?.consumers.append(
            QueueConsumer(
                channel: address, tag: tag, isAutomaticallyAcknowledged: method.noAck, isExclusive: method.exclusive,
                priority: priority?.integerValue ?? 0, prefetch: channel.consumerPrefetch))
        self.queues[name]?.activateConsumer()
        self.needsDelivery(name)
    }

    mutating func get(_ method: BasicGet, on address: ChannelAddress) throws(BrokerRefusal) {
        let name = try self.queueName(method.queue, on: address)
        try self.checkAccess(to: name, from: address.session)
        guard let queue = self.queues[name]?.declaration else { return }
        guard !queue.arguments.isQuorum || !queue.arguments.isSingleActiveConsumer else {
            throw BrokerRefusal(
                .resourceLocked,
                "cannot obtain access to locked \(self.describe(queue: name)). basic.get operations are not supported by "
                    + "quorum queues with single active consumer")
        }
        let now = self.now
        self.queues[name]?.lastUsed = now
        self.dropExpired(from: name)
        guard let message = self.queues[name]?.ready.popFirst() else {
            return self.send(.basicGetEmpty(BasicGetEmpty()), on: address)
        }
        let deliveryTag = self.channels[address]?.nextDeliveryTag() ?? 0
        if !method.noAck {
            self.channels[address]?.unacknowledged.append(
                UnacknowledgedDelivery(
                    deliveryTag: deliveryTag, queue: name, generation: queue.generation, consumerTag: nil, message: message))
        }
        let getOk = BasicGetOk(
            deliveryTag: deliveryTag, redelivered: message.isRedelivered, exchange: message.message.exchange,
            routingKey: message.message.routingKey, messageCount: UInt32(self.queues[name]?.ready.count ?? 0))
        self.send(getOk, message, of: queue, on: address)
    }

    // MARK: Settling

    /// A client acknowledges or rejects; in a transaction it counts from the commit on.
    mutating func settle(
        _ deliveryTag: UInt64, multiple: Bool, as outcome: SettlementOutcome, on address: ChannelAddress
    ) throws(BrokerRefusal) {
        guard var channel = self.channels[address] else { return }
        let deliveries = try channel.take(deliveryTag: deliveryTag, multiple: multiple)
        if case .transactional(var transaction) = channel.mode {
            transaction.settlements.append(Transaction.Settlement(deliveries: deliveries, outcome: outcome))
            channel.mode = .transactional(transaction)
            self.channels[address] = channel
        } else {
            self.channels[address] = channel
            self.finish(deliveries, as: outcome, on: address)
        }
    }

    /// Carries out what was decided on deliveries, and makes room for the next ones.
    mutating func finish(_ deliveries: [UnacknowledgedDelivery], as outcome: SettlementOutcome, on address: ChannelAddress) {
        self.uncount(deliveries, on: address)
        switch outcome {
        case .done: break
        case .requeued: self.requeue(deliveries)
        case .dead:
            for delivery in deliveries {
                guard let queue = self.queues[delivery.queue]?.declaration, queue.generation == delivery.generation else { continue }
                self.bury(delivery.message.message, from: queue, for: .rejected)
            }
        }
        for queue in self.channels[address]?.consumers.values.sorted() ?? [] { self.needsDelivery(queue) }
    }

    private mutating func uncount(_ deliveries: [UnacknowledgedDelivery], on address: ChannelAddress) {
        for delivery in deliveries {
            guard let tag = delivery.consumerTag else { continue }
            self.channels[address]?.countedDeliveries -= 1
            guard let index = self.queues[delivery.queue]?.consumers.firstIndex(where: { $0.isSame(address, tag) }) else { continue }
            self.queues[delivery.queue]?.consumers[index].unacknowledged -= 1
        }
    }

    mutating func recover(requeue: Bool, on address: ChannelAddress) throws(BrokerRefusal) {
        guard requeue else { throw BrokerRefusal(.notImplemented, "requeue=false") }
        let deliveries = self.channels[address]?.unacknowledged ?? []
        self.channels[address]?.unacknowledged = []
        self.finish(deliveries, as: .requeued, on: address)
    }
}
