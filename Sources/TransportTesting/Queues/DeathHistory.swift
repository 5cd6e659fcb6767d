// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// The header `x-death`: where a message was dead-lettered before, the last event first, as RabbitMQ writes it.
struct DeathHistory {
    /// Why a message is dead.
    enum Reason: String {
        case rejected, expired, maxlen
        case deliveryLimit = "delivery_limit"
    }

    /// Adds an event to a message's headers.
    ///
    /// An earlier event of the same queue and reason is counted up and goes first. The first event of all gets headers of its own.
    static func add(_ reason: Reason, queue: String, at unixSeconds: UInt64, to message: BrokerMessage) -> AMQPTable {
        var headers = message.properties.headers ?? [:]
        let name = AMQPValue.string(queue)
        let cause = AMQPValue.string(reason.rawValue)
        guard let events = headers["x-death"]?.arrayValue else {
            headers["x-first-death-reason"] = cause
            headers["x-first-death-queue"] = name
            headers["x-first-death-exchange"] = .string(message.exchange)
            headers["x-death"] = [.table(self.event(reason, queue, unixSeconds, message))]
            return self.sorted(headers)
        }
        var latest = self.event(reason, queue, unixSeconds, message)
        var others: [AMQPValue] = []
        var wasFound = false
        for event in events {
            if !wasFound, let table = event.tableValue, table["queue"] == name, table["reason"] == cause {
                wasFound = true
                latest = table
                latest["count"] = .int64(min(table["count"]?.integerValue ?? 0, .max - 1) + 1)
            } else {
                others.append(event)
            }
        }
        headers["x-death"] = .array([.table(self.sorted(latest))] + others)
        return self.sorted(headers)
    }

    /// Whether a message that is dead for this queue's sake has been there before, and nobody rejected it on its way: it would go round
    /// for ever.
    static func isCycle(_ queue: String, _ headers: AMQPTable?) -> Bool {
        let events = (headers?["x-death"]?.arrayValue ?? []).compactMap(\.tableValue)
        guard let index = events.firstIndex(where: { $0["queue"] == .string(queue) }) else { return false }
        return events[...index].allSatisfy { $0["reason"] != .string(Reason.rejected.rawValue) }
    }

    private static func event(_ reason: Reason, _ queue: String, _ unixSeconds: UInt64, _ message: BrokerMessage) -> AMQPTable {
        // A key of `BCC` has left the message with its header.
        let copies = message.properties.headers?["CC"]?.arrayValue ?? []
        var event: AMQPTable = [
            "count": 1, "reason": .string(reason.rawValue), "queue": .string(queue), "time": .timestamp(unixSeconds),
            "exchange": .string(message.exchange), "routing-keys": .array([.string(message.routingKey)] + copies),
        ]
        if let expiration = message.properties.expiration { event["original-expiration"] = .string(expiration) }
        return event
    }

    private static func sorted(_ table: AMQPTable) -> AMQPTable {
        AMQPTable(table.fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { ($0.name, $0.value) })
    }
}
