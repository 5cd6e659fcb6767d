// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// What a channel's deliveries must come to: the broker hears once at most of each, and of none that nobody settled; each consumer's
/// are handed out in order.
struct DeliveryAccount {
    private struct Consumer {
        var isAutomatic: Bool
        /// Whether its user knows of it.
        var isStarted = false
        /// The delivery that was last handed out: which connection it came on, since a consumer that acknowledges by itself keeps what has
        /// come when that is lost, and its tag there.
        var lastTaken: (epoch: UInt32, tag: UInt64) = (0, 0)
    }

    private var consumers: [String: Consumer] = [:]
    /// The deliveries that the broker has not heard of, with their consumer, which is empty for a message that was asked for.
    private(set) var held: [UInt64: String] = [:]
    /// What was handed out and not settled yet, or in vain.
    private(set) var taken: [DeliveredMessage] = []
    /// What the user has settled on this connection.
    private var settled: Set<UInt64> = []
    /// What the user has acknowledged on this connection.
    private var acknowledged: Set<UInt64> = []

    /// The tags of all consumers, or of those that a user knows of.
    func tags(isStarted: Bool) -> [String] {
        self.consumers.filter { $0.value.isStarted || !isStarted }.keys.sorted()
    }

    mutating func add(_ tag: String, isAutomatic: Bool) {
        invariant(self.consumers[tag] == nil, "the consumer tag \(tag) is given out twice")
        self.consumers[tag] = Consumer(isAutomatic: isAutomatic)
    }

    mutating func started(_ tag: String) { self.consumers[tag]?.isStarted = true }

    /// The broker has sent a delivery, and holds it unless it is settled by itself.
    mutating func sent(_ delivery: UInt64, to consumer: String, isHeld: Bool) {
        if isHeld, self.consumers[consumer]?.isAutomatic != true { self.held[delivery] = consumer }
    }

    mutating func handedOut(_ message: DeliveredMessage, to name: String) {
        if let consumer = self.consumers[name] {
            invariant(
                consumer.isAutomatic || self.held[message.deliveryTag] == name,
                "delivery \(message.deliveryTag) is not \(name)'s")
            invariant(
                (message.epoch, message.deliveryTag) > consumer.lastTaken,
                "delivery \(message.deliveryTag) is handed out late, or twice")
            self.consumers[name]?.lastTaken = (message.epoch, message.deliveryTag)
        }
        self.taken.append(message)
    }

    /// The user settles what was handed out, and is heard.
    mutating func settle(_ message: DeliveredMessage, _ settlement: ChannelStateMachine.Settlement) {
        let owner = self.held[message.deliveryTag]
        invariant(
            owner != nil && !self.settled.contains(message.deliveryTag),
            "delivery \(message.deliveryTag) is settled twice")
        var tags: Set = [message.deliveryTag]
        if settlement == .acknowledge(multiple: true) {
            tags.formUnion(self.held.filter { $0.value == owner && $0.key <= message.deliveryTag }.keys)
        }
        self.settled.formUnion(tags)
        if case .acknowledge = settlement { self.acknowledged.formUnion(tags) }
    }

    /// Whether the user is to be heard: `nil` where that depends on what the account does not follow.
    func isSettleable(_ message: DeliveredMessage) -> Bool {
        self.held[message.deliveryTag] != nil && !self.settled.contains(message.deliveryTag)
    }

    /// The broker hears of a delivery, or of all up to it.
    mutating func heard(_ delivery: UInt64, multiple: Bool = false, isAcknowledged: Bool) {
        invariant(
            self.held[delivery] != nil, "the broker hears of delivery \(delivery), which it does not hold"
        )
        for tag in multiple ? self.held.keys.filter({ $0 <= delivery }) : [delivery] {
            self.held[tag] = nil
            if isAcknowledged {
                invariant(self.acknowledged.contains(tag), "delivery \(tag) was acknowledged by nobody")
            }
        }
    }

    /// Whether a tag is the broker's to give out again.
    func isHeld(_ delivery: UInt64) -> Bool { self.held[delivery] != nil }

    /// The broker takes back what it holds.
    mutating func takeBack() { self.held = [:] }

    /// The connection is lost: what was not settled goes back to its queue, and tags mean other deliveries from now on.
    mutating func suspend() {
        self.held = [:]
        self.settled = []
        self.acknowledged = []
    }

    mutating func forgetTaken(at index: Int) -> DeliveredMessage { self.taken.remove(at: index) }
}
