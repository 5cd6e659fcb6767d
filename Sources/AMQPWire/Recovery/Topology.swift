// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a connection has declared at its broker and not deleted since: exchanges, queues and bindings, to be declared again.
///
/// It is told each request that the broker has agreed to, and follows the broker's own rules: a deleted queue takes its bindings
/// along, and so does a queue or an exchange that deletes itself. Queues have the names that the user holds, see
/// ``QueueNames``.
package struct Topology {
    /// A binding, of a queue or of an exchange.
    private struct Binding: Hashable {
        var source: String
        var destination: String
        var isToQueue: Bool
        var routingKey: String
        var arguments: AMQPTable
    }

    /// A consumer of this connection's: what keeps a queue that deletes itself.
    private struct Consumer: Hashable {
        var channel: UInt64
        var tag: String
    }

    /// A queue and whether the broker made up its name.
    private struct Queue {
        var declare: QueueDeclare
        var isServerNamed: Bool
    }

    private var exchanges = Entries<String, ExchangeDeclare>()
    private var queues = Entries<String, Queue>()
    private var bindings = Entries<Binding, Void>()
    private var consumers: [Consumer: String] = [:]
    /// The queue that each channel has declared last, which an empty name stands for.
    private var lastQueues: [UInt64: String] = [:]
    /// What the broker calls the queues whose names it has made up.
    package private(set) var names = QueueNames()

    package init() {}

    /// Whether there is nothing to declare again.
    package var isEmpty: Bool { self.exchanges.isEmpty && self.queues.isEmpty && self.bindings.isEmpty }

    /// What to declare again, in this order: exchanges, queues, bindings, each in the order in which they were declared.
    package var steps: [TopologyStep] {
        self.exchanges.inOrder.map { TopologyStep(.exchangeDeclare($0.value)) }
            + self.queues.inOrder.map { name, queue in
                TopologyStep(.queueDeclare(queue.declare), serverNamed: queue.isServerNamed ? name : nil)
            }
            + self.bindings.inOrder.map { binding, _ in TopologyStep(Self.method(for: binding)) }
    }

    // MARK: What happened

    /// The broker has agreed to a request, or it was written as one that is not answered.
    ///
    /// A declaration that is not answered may be refused: it changes nothing of what was agreed to before.
    ///
    /// - Parameters:
    ///   - request: what was asked.
    ///   - reply: what the broker said; `nil` for a request that is not answered.
    ///   - channel: whose request it was.
    package mutating func agreed(to request: AMQPMethod, reply: AMQPMethod? = nil, on channel: UInt64) {
        switch request {
        case .exchangeDeclare(let declare) where !declare.passive:
            if reply != nil || self.exchanges[declare.exchange] == nil { self.exchanges[declare.exchange] = declare }
        case .exchangeDelete(let delete):
            self.removeExchange(delete.exchange)
        case .exchangeBind(let bind):
            self.bindings[
                Binding(
                    source: bind.source, destination: bind.destination, isToQueue: false, routingKey: bind.routingKey,
                    arguments: bind.arguments)] = ()
        case .exchangeUnbind(let unbind):
            self.removeBinding(
                Binding(
                    source: unbind.source, destination: unbind.destination, isToQueue: false, routingKey: unbind.routingKey,
                    arguments: unbind.arguments))
        case .queueDeclare(let declare):
            self.declared(declare, reply, on: channel)
        case .queueDelete(let delete):
            self.removeQueue(self.name(delete.queue, on: channel))
        case .queueBind(let bind):
            self.bindings[
                Binding(
                    source: bind.exchange, destination: self.name(bind.queue, on: channel), isToQueue: true, routingKey: bind.routingKey,
                    arguments: bind.arguments)] = ()
        case .queueUnbind(let unbind):
            self.removeBinding(
                Binding(
                    source: unbind.exchange, destination: self.name(unbind.queue, on: channel), isToQueue: true,
                    routingKey: unbind.routingKey, arguments: unbind.arguments))
        case .basicConsume(let consume):
            self.consumers[Consumer(channel: channel, tag: consume.consumerTag)] = self.name(consume.queue, on: channel)
        case .basicCancel(let cancel):
            self.consumerEnded(cancel.consumerTag, on: channel)
        default:
            break
        }
    }

    /// A consumer was ended by this side.
    package mutating func consumerEnded(_ tag: String, on channel: UInt64) {
        guard let queue = self.consumers.removeValue(forKey: Consumer(channel: channel, tag: tag)) else { return }
        self.consumerWentAway(from: queue)
    }

    /// A consumer was ended by the broker: its queue is gone or has moved, which is no wish of this side's.
    package mutating func consumerCancelledByPeer(_ tag: String, on channel: UInt64) {
        self.consumers[Consumer(channel: channel, tag: tag)] = nil
    }

    /// A channel has ended, and its consumers with it.
    package mutating func channelEnded(_ channel: UInt64) {
        self.lastQueues[channel] = nil
        for consumer in self.consumers.keys where consumer.channel == channel { self.consumerEnded(consumer.tag, on: channel) }
    }

    /// A queue whose name the broker makes up was declared again.
    package mutating func renamed(_ held: String, to current: String) { self.names.rename(held, to: current) }

    // MARK: What follows

    private mutating func declared(_ declare: QueueDeclare, _ reply: AMQPMethod?, on channel: UInt64) {
        var name = declare.queue
        if name.isEmpty, case .queueDeclareOk(let declared) = reply { name = declared.queue }
        guard !name.isEmpty else { return }
        self.lastQueues[channel] = name
        guard !declare.passive, reply != nil || self.queues[name] == nil else { return }
        self.queues[name] = Queue(declare: declare, isServerNamed: declare.queue.isEmpty)
    }

    /// The queue that a request means.
    private func name(_ queue: String, on channel: UInt64) -> String { queue.isEmpty ? self.lastQueues[channel] ?? "" : queue }

    private mutating func consumerWentAway(from queue: String) {
        guard self.queues[queue]?.declare.autoDelete == true, !self.consumers.values.contains(queue) else { return }
        self.removeQueue(queue)
    }

    private mutating func removeQueue(_ name: String) {
        self.queues[name] = nil
        self.names.forget(name)
        for binding in self.bindings.keys where binding.isToQueue && binding.destination == name { self.removeBinding(binding) }
    }

    private mutating func removeExchange(_ name: String) {
        self.exchanges[name] = nil
        for binding in self.bindings.keys {
            if binding.source == name {
                self.bindings[binding] = nil
            } else if !binding.isToQueue, binding.destination == name {
                self.removeBinding(binding)
            }
        }
    }

    /// Removes a binding, and an exchange that deletes itself with the last one it passes messages on by.
    private mutating func removeBinding(_ binding: Binding) {
        guard self.bindings.removeValue(forKey: binding) else { return }
        guard self.exchanges[binding.source]?.autoDelete == true,
            !self.bindings.keys.contains(where: { $0.source == binding.source })
        else { return }
        self.removeExchange(binding.source)
    }

    private static func method(for binding: Binding) -> AMQPMethod {
        binding.isToQueue
            ? .queueBind(
                QueueBind(
                    queue: binding.destination, exchange: binding.source, routingKey: binding.routingKey, arguments: binding.arguments))
            : .exchangeBind(
                ExchangeBind(
                    destination: binding.destination, source: binding.source, routingKey: binding.routingKey,
                    arguments: binding.arguments))
    }
}

/// Values that remember the order in which their keys came.
private struct Entries<Key: Hashable, Value> {
    private var entries: [Key: (position: UInt64, value: Value)] = [:]
    private var lastPosition: UInt64 = 0

    var isEmpty: Bool { self.entries.isEmpty }

    var inOrder: [(key: Key, value: Value)] {
        self.entries.sorted { $0.value.position < $1.value.position }.map { ($0.key, $0.value.value) }
    }

    var keys: some Collection<Key> { self.entries.keys }

    subscript(key: Key) -> Value? {
        get { self.entries[key]?.value }
        set {
            guard let newValue else { return self.entries[key] = nil }
            self.lastPosition += 1
            self.entries[key] = (self.entries[key]?.position ?? self.lastPosition, newValue)
        }
    }

    /// Removes a value; says whether it was there.
    mutating func removeValue(forKey key: Key) -> Bool { self.entries.removeValue(forKey: key) != nil }
}
