// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// `queue 'q' in vhost '/'`, as RabbitMQ's texts name it.
    func describe(queue name: String) -> String { "queue '\(name)' in vhost '\(self.virtualHost)'" }

    /// Refuses a queue that does not exist or is another connection's.
    func checkAccess(to name: String, from session: SessionID) throws(BrokerRefusal) {
        guard let queue = self.queues[name] else { throw BrokerRefusal(.notFound, "no \(self.describe(queue: name))") }
        if let owner = queue.declaration.owner, owner != session { throw self.locked(name) }
    }

    private func locked(_ name: String) -> BrokerRefusal {
        BrokerRefusal(
            .resourceLocked,
            "cannot obtain exclusive access to locked \(self.describe(queue: name)). It could be originally declared on another "
                + "connection or the exclusive property value does not match that of the original declaration.")
    }

    /// Declares a queue and returns its name, which the broker makes up where it is empty.
    mutating func declareQueue(_ method: QueueDeclare, from session: SessionID) throws(BrokerRefusal) -> String {
        if method.passive {
            try self.checkAccess(to: method.queue, from: session)
            return method.queue
        }
        guard !method.queue.hasPrefix("amq.") else {
            throw BrokerRefusal(.accessRefused, "queue name '\(method.queue)' contains reserved prefix 'amq.*'")
        }
        let name = method.queue.isEmpty ? GeneratedName.make("amq.gen-") : method.queue
        let isDurable = method.durable && !method.exclusive
        if let existing = self.queues[name] {
            try self.checkEquivalence(existing.declaration, method, isDurable: isDurable, from: session)
            let now = self.now
            self.queues[name]?.lastUsed = now
            return name
        }
        let arguments = try QueueArguments(method.arguments, self.describe(queue: name))
        if arguments.isQuorum {
            let refused =
                !isDurable ? "non-durable" : method.exclusive ? "exclusive-owner" : method.autoDelete ? "auto-delete" : nil
            if let refused {
                throw BrokerRefusal(.preconditionFailed, "invalid property '\(refused)' for \(self.describe(queue: name))")
            }
        }
        let declaration = QueueDeclaration(
            name: name, generation: self.nextNumber(), isDurable: isDurable, isAutoDelete: method.autoDelete,
            owner: method.exclusive ? session : nil, table: method.arguments, arguments: arguments)
        self.queues[name] = MessageQueue(declaration, at: self.now)
        return name
    }

    private func checkEquivalence(
        _ existing: QueueDeclaration, _ method: QueueDeclare, isDurable: Bool, from session: SessionID
    ) throws(BrokerRefusal) {
        guard existing.owner == (method.exclusive ? session : nil) else { throw self.locked(existing.name) }
        let what = self.describe(queue: existing.name)
        let fields = [("durable", isDurable, existing.isDurable), ("auto_delete", method.autoDelete, existing.isAutoDelete)]
        for (name, received, current) in fields where received != current {
            throw BrokerRefusal(
                .preconditionFailed, "inequivalent arg '\(name)' for \(what): received '\(received)' but current is '\(current)'")
        }
        // A classic queue is one whether it is called so or not.
        var (received, current) = (method.arguments, existing.table)
        if received["x-queue-type"] == nil { received["x-queue-type"] = "classic" }
        if current["x-queue-type"] == nil { current["x-queue-type"] = "classic" }
        try Self.checkEquivalence(of: QueueArguments.compared, what, received: received, current: current)
    }

    /// Deletes a queue and returns how many messages were in it.
    mutating func deleteQueue(_ method: QueueDelete, from session: SessionID) throws(BrokerRefusal) -> Int {
        guard let queue = self.queues[method.queue] else { return 0 }
        try self.checkAccess(to: method.queue, from: session)
        if method.ifUnused, !queue.consumers.isEmpty {
            throw BrokerRefusal(.preconditionFailed, "\(self.describe(queue: method.queue)) in use")
        }
        if method.ifEmpty, !queue.ready.isEmpty {
            throw BrokerRefusal(.preconditionFailed, "\(self.describe(queue: method.queue)) not empty")
        }
        self.removeQueue(method.queue)
        return queue.ready.count
    }

    /// Removes a queue with its bindings and tells its consumers.
    mutating func removeQueue(_ name: String) {
        guard let queue = self.queues.removeValue(forKey: name) else { return }
        self.removeBindings(to: .queue(name))
        for consumer in queue.consumers {
            self.channels[consumer.channel]?.consumers[consumer.tag] = nil
            guard self.sessions[consumer.channel.session]?.understandsConsumerCancel == true else { continue }
            self.send(.basicCancel(BasicCancel(consumerTag: consumer.tag, noWait: true)), on: consumer.channel)
        }
    }

    /// Removes the consumers of a channel that fulfil a condition; a queue that deletes itself follows its last one.
    mutating func removeConsumer(_ tag: String, of channel: ChannelAddress) {
        guard let name = self.channels[channel]?.consumers.removeValue(forKey: tag), var queue = self.queues[name] else { return }
        queue.consumers.removeAll { $0.isSame(channel, tag) }
        queue.lastUsed = self.now
        queue.activateConsumer()
        let isUnused = queue.consumers.isEmpty && queue.declaration.isAutoDelete
        self.queues[name] = queue
        if isUnused { self.removeQueue(name) } else { self.needsDelivery(name) }
    }
}
