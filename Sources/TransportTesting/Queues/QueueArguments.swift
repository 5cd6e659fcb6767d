// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// The arguments of a queue that the broker acts on, checked.
struct QueueArguments {
    /// What happens to a message for a queue that is full.
    enum Overflow: String {
        case dropHead = "drop-head"
        case rejectPublish = "reject-publish"
        case rejectPublishToDeadLetters = "reject-publish-dlx"
    }

    private(set) var messageTTL: Duration?
    private(set) var expires: Duration?
    private(set) var deadLetterExchange: String?
    private(set) var deadLetterRoutingKey: String?
    private(set) var maximumLength: Int?
    private(set) var maximumBytes: Int?
    private(set) var maximumPriority: UInt8?
    private(set) var deliveryLimit: Int?
    private(set) var overflow = Overflow.dropHead
    private(set) var isSingleActiveConsumer = false
    private(set) var isQuorum = false

    /// The arguments that a second declaration must repeat.
    static let compared = [
        "x-expires", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-max-length", "x-max-length-bytes",
        "x-overflow", "x-single-active-consumer", "x-queue-type", "x-max-priority", "x-queue-mode", "x-delivery-limit",
        "x-dead-letter-strategy",
    ]

    /// Checks what a client asks for; `what` is the queue as error texts name it.
    init(_ table: AMQPTable, _ what: String) throws(BrokerRefusal) {
        let reader = Reader(table: table, what: what)
        switch table["x-queue-type"] {
        case nil, .string("classic")?: break
        case .string("quorum")?: self.isQuorum = true
        case .string(let other)?:
            throw BrokerRefusal(
                .preconditionFailed, "invalid arg 'x-queue-type' for \(what): unsupported queue type '\(other)'")
        case let other?: throw reader.invalid("x-queue-type", "{unacceptable_type,\(other.typeName)}")
        }
        self.expires = try reader.integer("x-expires", atLeast: 1).map { .milliseconds($0) }
        self.messageTTL = try reader.integer("x-message-ttl", atLeast: 0).map { .milliseconds($0) }
        self.maximumLength = try reader.integer("x-max-length", atLeast: 0)
        self.maximumBytes = try reader.integer("x-max-length-bytes", atLeast: 0)
        self.deliveryLimit = try reader.integer("x-delivery-limit", atLeast: 0)
        if let priority = try reader.integer("x-max-priority", atLeast: 0) {
            guard let priority = UInt8(exactly: priority) else {
                throw reader.invalid("x-max-priority", "{max_value_exceeded,\(priority)}")
            }
            guard !self.isQuorum else {
                throw BrokerRefusal(
                    .preconditionFailed, "invalid arg 'x-max-priority' for \(what) of queue type rabbit_quorum_queue")
            }
            self.maximumPriority = priority
        }
        self.deadLetterExchange = try reader.string("x-dead-letter-exchange")
        self.deadLetterRoutingKey = try reader.string("x-dead-letter-routing-key")
        if self.deadLetterRoutingKey != nil, self.deadLetterExchange == nil {
            throw reader.invalid("x-dead-letter-routing-key", "routing_key_but_no_dlx_defined")
        }
        if let name = try reader.string("x-overflow") {
            guard let overflow = Overflow(rawValue: name) else { throw reader.invalid("x-overflow", "invalid_overflow") }
            self.overflow = overflow
        }
        switch table["x-single-active-consumer"] {
        case nil: break
        case .bool(let value)?: self.isSingleActiveConsumer = value
        case let other?: throw reader.invalid("x-single-active-consumer", "{unacceptable_type,\(other.typeName)}")
        }
    }

    /// Reads arguments of one type, with RabbitMQ's words for what is wrong.
    private struct Reader {
        var table: AMQPTable
        var what: String

        func invalid(_ name: String, _ reason: String) -> BrokerRefusal {
            BrokerRefusal(.preconditionFailed, "invalid arg '\(name)' for \(self.what): \(reason)")
        }

        func integer(_ name: String, atLeast minimum: Int64) throws(BrokerRefusal) -> Int? {
            guard let value = self.table[name] else { return nil }
            guard let number = value.integerValue else { throw self.invalid(name, "{unacceptable_type,\(value.typeName)}") }
            if number == 0, minimum > 0 { throw self.invalid(name, "{value_zero,0}") }
            guard number >= minimum else { throw self.invalid(name, "{value_negative,\(number)}") }
            // RabbitMQ's timers take no more than 100 years.
            guard number <= 3_153_600_000_000 else { throw self.invalid(name, "{value_too_big,\(number)}") }
            return Int(number)
        }

        func string(_ name: String) throws(BrokerRefusal) -> String? {
            guard let value = self.table[name] else { return nil }
            guard let text = value.stringValue else { throw self.invalid(name, "{unacceptable_type,\(value.typeName)}") }
            return text
        }
    }
}
