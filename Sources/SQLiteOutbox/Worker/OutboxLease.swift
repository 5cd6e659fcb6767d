// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// As whom a store holds subjects and intents, and since when other stores have known that it lives.
struct OutboxLease {
    /// The name of the store in the tables; 0 before it has one.
    private(set) var owner: Int64 = 0
    private var renewedAt: Int64 = 0

    /// Gives a sign of life, unless there was one lately.
    ///
    /// A store that others have taken for dead holds nothing any more: it gets another name.
    mutating func renew(in transaction: inout OutboxTransaction, lasting duration: Duration) throws(SQLiteError) {
        let length = max(1, duration.milliseconds)
        let now = transaction.now
        guard self.owner == 0 || now < self.renewedAt || now - self.renewedAt >= length / 4 else { return }
        self.renewedAt = now
        if self.owner != 0, try transaction.connection.run(.renewOwner, .integer(self.owner), .integer(now)) == 1 { return }
        self.owner = Int64.random(in: 1 ... .max)
        try transaction.connection.run(.insertOwner, .integer(self.owner), .integer(now), .integer(length))
        transaction.owner = self.owner
        transaction.claims.gaveBackEverything()
    }
}
