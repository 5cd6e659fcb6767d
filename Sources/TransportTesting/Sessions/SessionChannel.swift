// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A channel of a connection.
struct SessionChannel {
    /// What a publish is answered with.
    enum Mode {
        case plain
        case confirming
        case transactional(Transaction)
    }

    /// A message that is being published.
    enum Content {
        case none
        case awaitingHeader(BasicPublish)
        case awaitingBody(BasicPublish, AMQPContentHeader, received: [UInt8])
    }

    /// Publishes of one fate, one after the other.
    struct ConfirmRun: Equatable {
        var lastTag: UInt64
        var count: Int
        var isAccepted: Bool
    }

    /// Whether it is not being closed by the broker.
    var isOpen = true
    var mode = Mode.plain
    var content = Content.none
    /// The tags of the consumers with the names of their queues.
    var consumers: [String: String] = [:]
    /// In the order of their delivery tags.
    var unacknowledged: [UnacknowledgedDelivery] = []
    /// The unacknowledged deliveries to consumers, which count towards `sharedPrefetch`.
    var countedDeliveries = 0
    /// The limit of each new consumer; 0 for none.
    var consumerPrefetch = 0
    /// The limit of all consumers together; 0 for none.
    var sharedPrefetch = 0
    /// The queue that an empty name means.
    var lastDeclaredQueue = ""
    /// The consumer of direct replies.
    var replyConsumer: (tag: String, token: String)?
    private(set) var pendingConfirms: [ConfirmRun] = []
    private var lastDeliveryTag: UInt64 = 0
    private var lastPublish: UInt64 = 0

    var isConfirming: Bool {
        if case .confirming = self.mode { true } else { false }
    }

    mutating func nextDeliveryTag() -> UInt64 {
        self.lastDeliveryTag += 1
        return self.lastDeliveryTag
    }

    /// Notes the fate of the next publish, which is told later, together with others.
    mutating func confirm(isAccepted: Bool) {
        self.lastPublish += 1
        if let last = self.pendingConfirms.last, last.isAccepted == isAccepted {
            self.pendingConfirms[self.pendingConfirms.count - 1].lastTag = self.lastPublish
            self.pendingConfirms[self.pendingConfirms.count - 1].count += 1
        } else {
            self.pendingConfirms.append(ConfirmRun(lastTag: self.lastPublish, count: 1, isAccepted: isAccepted))
        }
    }

    mutating func takePendingConfirms() -> [ConfirmRun] {
        defer { self.pendingConfirms = [] }
        return self.pendingConfirms
    }

    /// Takes what an acknowledgement means out of the unacknowledged deliveries.
    mutating func take(deliveryTag: UInt64, multiple: Bool) throws(BrokerRefusal) -> [UnacknowledgedDelivery] {
        if deliveryTag == 0, multiple {
            defer { self.unacknowledged = [] }
            return self.unacknowledged
        }
        guard let index = self.unacknowledged.firstIndex(where: { $0.deliveryTag >= deliveryTag }),
            self.unacknowledged[index].deliveryTag == deliveryTag
        else { throw BrokerRefusal(.preconditionFailed, "unknown delivery tag \(deliveryTag)") }
        guard multiple else { return [self.unacknowledged.remove(at: index)] }
        let taken = Array(self.unacknowledged[...index])
        self.unacknowledged.removeFirst(index + 1)
        return taken
    }

    /// Puts back what was taken.
    mutating func restore(_ deliveries: [UnacknowledgedDelivery]) {
        self.unacknowledged = (deliveries + self.unacknowledged).sorted { $0.deliveryTag < $1.deliveryTag }
    }
}
