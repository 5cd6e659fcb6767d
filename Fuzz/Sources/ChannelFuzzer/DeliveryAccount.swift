// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// What a channel's deliveries must come to: each settled once at most, none beyond the prefetch, each consumer's in order.
struct DeliveryAccount {
    private struct Consumer {
        var prefetch: Int
        /// Whether its user knows of it.
        var isStarted = false
        /// The tag of the delivery that was last handed out.
        var lastTaken: UInt64 = 0
    }

    private var consumers: [String: Consumer] = [:]
    /// The deliveries that the machine has taken in and nobody has settled, with their consumer.
    private(set) var unsettled: [UInt64: String] = [:]
    /// Those of them that were handed out.
    private(set) var taken: [UInt64] = []
    /// Every tag that was acknowledged or sent back.
    private(set) var settled: Set<UInt64> = []

    /// The tags of all consumers, or of those that a user knows of.
    func tags(isStarted: Bool) -> [String] {
        self.consumers.filter { $0.value.isStarted || !isStarted }.keys.sorted()
    }

    mutating func add(_ tag: String, prefetch: Int) {
        invariant(self.consumers[tag] == nil, "the consumer tag \(tag) is given out twice")
        self.consumers[tag] = Consumer(prefetch: prefetch)
    }

    mutating func started(_ tag: String) { self.consumers[tag]?.isStarted = true }

    mutating func arrived(_ delivery: UInt64, for consumer: String) {
        invariant(self.unsettled[delivery] == nil, "delivery \(delivery) is taken in twice")
        self.unsettled[delivery] = consumer
        let count = self.unsettled.values.count { $0 == consumer }
        let prefetch = self.consumers[consumer]?.prefetch ?? 0
        invariant(count <= prefetch, "\(count) deliveries are held, with a prefetch of \(prefetch)")
    }

    mutating func handedOut(_ delivery: UInt64, to consumer: String) {
        invariant(self.unsettled[delivery] == consumer, "delivery \(delivery) is not \(consumer)'s, or not there any more")
        invariant(delivery > self.consumers[consumer]?.lastTaken ?? 0, "delivery \(delivery) is handed out late, or twice")
        self.consumers[consumer]?.lastTaken = delivery
        self.taken.append(delivery)
    }

    /// The tag goes to the broker in an acknowledgement.
    mutating func settle(_ delivery: UInt64) {
        invariant(self.settled.insert(delivery).inserted, "delivery \(delivery) is settled twice")
        self.unsettled[delivery] = nil
        self.taken.removeAll { $0 == delivery }
    }
}
