// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents

// What subscribers have received and handle later.
extension OutboxTransaction {
    /// Adds a delivery at the end of its lane, unless one of that name is there.
    ///
    /// - Returns: whether there was room.
    mutating func park(_ delivery: StoredDelivery, for subscription: String, limit: Int64) throws(SQLiteError) -> Bool {
        let known = try self.connection.row(.subscriptionByName, .text(subscription)) { (id: $0.integer(0), count: $0.integer(1)) }
        let number: Int64
        if let known {
            number = known.id
        } else {
            try self.connection.run(.insertSubscription, .text(subscription))
            number = self.connection.lastInsertedRow
        }
        let inserted = try self.connection.run(
            .insertDelivery, .integer(number), .text(delivery.id), .text(delivery.lane), .text(delivery.userID), .text(delivery.routingKey),
            .text(delivery.parkedAt), .text(delivery.firstAttemptAt), .integer(delivery.attempts), .integer(delivery.interruptions),
            .text(delivery.reason), .text(delivery.nextAttempt), .bytes(delivery.event))
        guard inserted == 1 else { return true }
        guard known?.count ?? 0 < limit else {
            try self.connection.run(.deleteDelivery, .integer(number), .text(delivery.id))
            return false
        }
        try self.connection.run(.countDeliveries, .integer(number), .integer(1))
        return true
    }

    /// Replaces what is known of a delivery, where it is there.
    mutating func update(_ delivery: StoredDelivery, for subscription: String) throws(SQLiteError) {
        guard let number = try self.number(of: subscription) else { return }
        try self.connection.run(
            .updateDelivery, .integer(number), .text(delivery.id), .text(delivery.firstAttemptAt), .integer(delivery.attempts),
            .integer(delivery.interruptions), .text(delivery.reason), .text(delivery.nextAttempt))
    }

    /// Removes a delivery.
    ///
    /// - Returns: whether it was there.
    mutating func removeDelivery(_ id: String, for subscription: String) throws(SQLiteError) -> Bool {
        guard let number = try self.number(of: subscription),
            try self.connection.run(.deleteDelivery, .integer(number), .text(id)) == 1
        else { return false }
        try self.connection.run(.countDeliveries, .integer(number), .integer(-1))
        self.hasRemovedDelivery = true
        return true
    }

    /// The lanes that have deliveries, each with the time of the first of them.
    borrowing func lanes(of subscription: String) throws(SQLiteError) -> [(name: String, nextAttempt: String)] {
        guard let number = try self.number(of: subscription) else { return [] }
        return try self.connection.rows(.lanesOfSubscription, .integer(number)) { ($0.text(0), $0.text(1)) }
    }

    /// The first deliveries of a lane, or of all lanes.
    borrowing func deliveries(of subscription: String, lane: String?, limit: Int) throws(SQLiteError) -> [StoredDelivery] {
        guard let number = try self.number(of: subscription) else { return [] }
        guard let lane else {
            return try self.connection.rows(.deliveriesOfSubscription, .integer(number), .integer(limit)) { StoredDelivery($0) }
        }
        return try self.connection.rows(.deliveriesOfLane, .integer(number), .text(lane), .integer(limit)) { StoredDelivery($0) }
    }

    private borrowing func number(of subscription: String) throws(SQLiteError) -> Int64? {
        try self.connection.row(.subscriptionByName, .text(subscription)) { $0.integer(0) }
    }
}
