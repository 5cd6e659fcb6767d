// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    // MARK: Into queues

    /// Puts a message into a queue, or passes it on at once; returns whether the queue took it.
    mutating func enqueue(_ message: BrokerMessage, in name: String) -> Bool {
        guard let declaration = self.queues[name]?.declaration else { return true }
        if declaration.arguments.overflow != .dropHead, self.queues[name]?.isFull(for: message) == true {
            if declaration.arguments.overflow == .rejectPublishToDeadLetters { self.bury(message, from: declaration, for: .maxlen) }
            return false
        }
        let now = self.now
        guard let queued = self.queues[name]?.admit(message, at: now) else { return true }
        // A consumer that waits gets the message even if it expires at once.
        if self.queues[name]?.ready.isEmpty == true, let index = self.nextConsumer(of: name) {
            self.deliver(queued, of: declaration, toConsumerAt: index)
        } else {
            self.queues[name]?.ready.insert(queued)
            self.dropExpired(from: name)
            self.dropOverflow(from: name)
        }
        return true
    }

    /// Puts messages back to their places, or buries those that came back too often.
    mutating func requeue(_ messages: [UnacknowledgedDelivery]) {
        for delivery in messages {
            guard let declaration = self.queues[delivery.queue]?.declaration, declaration.generation == delivery.generation else {
                continue
            }
            var message = delivery.message
            message.isRedelivered = true
            message.returnCount += 1
            if declaration.arguments.isQuorum, let limit = declaration.arguments.deliveryLimit, message.returnCount > limit {
                self.bury(message.message, from: declaration, for: .deliveryLimit)
            } else {
                self.queues[delivery.queue]?.ready.insert(message)
            }
            self.dropOverflow(from: delivery.queue)
            self.needsDelivery(delivery.queue)
        }
    }

    private mutating func dropOverflow(from name: String) {
        guard let declaration = self.queues[name]?.declaration, declaration.arguments.overflow == .dropHead else { return }
        while self.queues[name]?.isOverfull == true, let message = self.queues[name]?.ready.popFirst() {
            self.bury(message.message, from: declaration, for: .maxlen)
        }
    }

    /// Drops the messages at the head whose time is over; behind the head none is looked for, as in RabbitMQ.
    mutating func dropExpired(from name: String) {
        guard let declaration = self.queues[name]?.declaration else { return }
        while let expiry = self.queues[name]?.ready.first?.expiry, expiry <= self.now,
            let message = self.queues[name]?.ready.popFirst()
        {
            self.bury(message.message, from: declaration, for: .expired)
        }
    }

    // MARK: Dead letters

    /// Sends a message to its queue's dead letters, if it has them.
    mutating func bury(_ message: BrokerMessage, from queue: QueueDeclaration, for reason: DeathHistory.Reason) {
        guard let exchange = queue.arguments.deadLetterExchange else { return }
        var letter = message
        letter.properties.headers = DeathHistory.add(reason, queue: queue.name, at: self.moment.unixSeconds, to: message)
        letter.properties.expiration = nil
        letter.exchange = exchange
        if let key = queue.arguments.deadLetterRoutingKey {
            letter.routingKeys = [key]
            letter.properties.headers?["CC"] = nil
        }
        self.deadLetters.append((letter, reason))
    }

    private mutating func deliverDeadLetter(_ letter: BrokerMessage, _ reason: DeathHistory.Reason) {
        guard self.exchanges[letter.exchange] != nil else { return }
        for queue in self.route(letter) {
            if reason != .rejected, DeathHistory.isCycle(queue, letter.properties.headers) { continue }
            _ = self.enqueue(letter, in: queue)
        }
    }

    // MARK: Out of queues

    /// Notes that a queue may have a message for a consumer.
    mutating func needsDelivery(_ name: String) {
        if !self.queuesToServe.contains(name) { self.queuesToServe.append(name) }
    }

    /// Carries on until nothing is left to do: dead letters to their queues, messages to consumers.
    ///
    /// A list, not calls within calls: however long a chain of dead letters a client builds, the stack stays short.
    mutating func settle() {
        while true {
            if let (letter, reason) = self.deadLetters.popFirst() {
                self.deliverDeadLetter(letter, reason)
            } else if !self.queuesToServe.isEmpty {
                self.serve(self.queuesToServe.removeFirst())
            } else {
                return
            }
        }
    }

    private mutating func serve(_ name: String) {
        guard let declaration = self.queues[name]?.declaration else { return }
        self.dropExpired(from: name)
        while self.queues[name]?.ready.isEmpty == false, let index = self.nextConsumer(of: name),
            let message = self.queues[name]?.ready.popFirst()
        {
            self.deliver(message, of: declaration, toConsumerAt: index)
            self.dropExpired(from: name)
        }
    }

    /// The consumer whose turn it is: of those that can take a message, the first of the highest priority.
    private func nextConsumer(of name: String) -> Int? {
        let consumers = self.queues[name]?.servedConsumers ?? []
        var chosen: (index: Int, priority: Int64)?
        for (index, consumer) in consumers where self.canTake(consumer) {
            if let best = chosen, best.priority >= consumer.priority { continue }
            chosen = (index, consumer.priority)
        }
        return chosen?.index
    }

    private func canTake(_ consumer: QueueConsumer) -> Bool {
        guard let channel = self.channels[consumer.channel], channel.isOpen,
            self.sessions[consumer.channel.session]?.takesDeliveries == true
        else { return false }
        if consumer.isAutomaticallyAcknowledged { return true }
        if consumer.prefetch > 0, consumer.unacknowledged >= consumer.prefetch { return false }
        return channel.sharedPrefetch == 0 || channel.countedDeliveries < channel.sharedPrefetch
    }

    private mutating func deliver(_ message: QueuedMessage, of queue: QueueDeclaration, toConsumerAt index: Int) {
        guard var consumer = self.queues[queue.name]?.consumers.remove(at: index) else { return }
        let deliveryTag = self.channels[consumer.channel]?.nextDeliveryTag() ?? 0
        if !consumer.isAutomaticallyAcknowledged {
            consumer.unacknowledged += 1
            self.channels[consumer.channel]?.countedDeliveries += 1
            self.channels[consumer.channel]?.unacknowledged.append(
                UnacknowledgedDelivery(
                    deliveryTag: deliveryTag, queue: queue.name, generation: queue.generation, consumerTag: consumer.tag,
                    message: message))
        }
        self.queues[queue.name]?.consumers.append(consumer)
        let deliver = BasicDeliver(
            consumerTag: consumer.tag, deliveryTag: deliveryTag, redelivered: message.isRedelivered, exchange: message.message.exchange,
            routingKey: message.message.routingKey)
        self.send(deliver, message, of: queue, on: consumer.channel)
    }

    /// Sends a method with a queue's message as its content.
    mutating func send(
        _ method: some AMQPMethodArguments, _ message: QueuedMessage, of queue: QueueDeclaration, on channel: ChannelAddress
    ) {
        var properties = message.message.properties
        if queue.arguments.isQuorum, message.returnCount > 0 {
            properties.headers = properties.headers ?? [:]
            properties.headers?["x-delivery-count"] = .int64(Int64(message.returnCount))
        }
        self.send(method, properties: properties, body: message.message.body, on: channel)
    }
}
