// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A queue with its messages and consumers.
struct MessageQueue {
    let declaration: QueueDeclaration
    var ready = ReadyMessages()
    /// In the order of their turns: who was served goes to the end.
    var consumers: [QueueConsumer] = []
    /// The consumer that is served alone, where the queue has a single active one.
    private var activeConsumer: (channel: ChannelAddress, tag: String)?
    private var lastPosition: UInt64 = 0
    /// When it was used last, while it has no consumer.
    var lastUsed: ContinuousClock.Instant

    init(_ declaration: QueueDeclaration, at now: ContinuousClock.Instant) {
        self.declaration = declaration
        self.lastUsed = now
    }

    private var arguments: QueueArguments { self.declaration.arguments }

    /// When the queue deletes itself.
    var expiry: ContinuousClock.Instant? {
        guard let expires = self.arguments.expires, self.consumers.isEmpty else { return nil }
        return self.lastUsed + expires
    }

    /// Whether one message more would be one too many.
    func isFull(for message: BrokerMessage) -> Bool {
        if let maximum = self.arguments.maximumLength, self.ready.count + 1 > maximum { return true }
        if let maximum = self.arguments.maximumBytes, self.ready.byteCount + message.body.count > maximum { return true }
        return false
    }

    /// Whether it holds more than it may.
    var isOverfull: Bool {
        if let maximum = self.arguments.maximumLength, self.ready.count > maximum { return true }
        if let maximum = self.arguments.maximumBytes, self.ready.byteCount > maximum { return true }
        return false
    }

    /// Gives a message that arrives now its place.
    mutating func admit(_ message: BrokerMessage, at now: ContinuousClock.Instant) -> QueuedMessage {
        self.lastPosition += 1
        return QueuedMessage(
            message: message, position: self.lastPosition,
            priority: self.arguments.maximumPriority.map { min($0, message.properties.priority ?? 0) } ?? 0,
            expiry: self.expiry(of: message, at: now))
    }

    /// Takes messages back after a restart, each to its place.
    mutating func restore(_ messages: [QueuedMessage]) {
        for message in messages { self.ready.insert(message) }
        self.lastPosition = messages.map(\.position).max() ?? 0
    }

    /// The shorter of the queue's time and the message's own.
    private func expiry(of message: BrokerMessage, at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let own = message.properties.expiration.flatMap { Int64($0) }.map { Duration.milliseconds($0) }
        guard let own else { return self.arguments.messageTTL.map { now + $0 } }
        return now + min(own, self.arguments.messageTTL ?? own)
    }

    /// The consumers that may be served, with their places: all of them, or the one that is served alone.
    var servedConsumers: [(index: Int, consumer: QueueConsumer)] {
        let all = self.consumers.enumerated().map { (index: $0.offset, consumer: $0.element) }
        guard let active = self.activeConsumer else { return all }
        return all.filter { $0.consumer.isSame(active.channel, active.tag) }
    }

    /// Chooses the consumer that is served alone, where that is asked for and there is none.
    mutating func activateConsumer() {
        guard self.arguments.isSingleActiveConsumer else { return }
        if let active = self.activeConsumer, self.consumers.contains(where: { $0.isSame(active.channel, active.tag) }) { return }
        self.activeConsumer = self.consumers.first.map { ($0.channel, $0.tag) }
    }
}
