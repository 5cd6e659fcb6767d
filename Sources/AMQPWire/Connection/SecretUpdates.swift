// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The secrets that the broker was told of and has not answered for, in their order.
struct SecretUpdates {
    struct Update {
        var secret: AMQPSecret
        /// Who waits, and until when; `nil` when nobody does any more.
        fileprivate var waiter: (id: RequestID, deadline: MonotonicInstant)?

        var id: RequestID? { self.waiter?.id }
    }

    private var updates = FIFOQueue<Update>()

    /// The broker is told of a secret, for one who waits until a deadline, or for nobody.
    mutating func add(_ secret: AMQPSecret, for waiter: (id: RequestID, deadline: MonotonicInstant)?) {
        self.updates.append(Update(secret: secret, waiter: waiter))
    }

    /// The last of them.
    var newest: AMQPSecret? { self.updates[self.updates.count - 1]?.secret }

    /// The broker answered for the first of them; `nil` when there is none.
    mutating func answered() -> Update? { self.updates.popFirst() }

    /// Forgets who waits; says whether it was there.
    mutating func abandon(_ id: RequestID) -> Bool {
        guard let offset = self.updates.firstOffset(where: { $0.id == id }) else { return false }
        _ = self.updates.update(at: offset) { $0.waiter = nil }
        return true
    }

    /// The first deadline of one who waits.
    var nextDeadline: MonotonicInstant? {
        self.updates.firstOffset { $0.waiter != nil }.flatMap { self.updates[$0]?.waiter?.deadline }
    }

    /// Forgets those whose deadline is not after `now`, and returns them; deadlines come in the order of the updates.
    mutating func expired(at now: MonotonicInstant) -> [RequestID] {
        var expired: [RequestID] = []
        while let offset = self.updates.firstOffset(where: { $0.waiter != nil }), let waiter = self.updates[offset]?.waiter,
            waiter.deadline <= now
        {
            expired.append(waiter.id)
            _ = self.abandon(waiter.id)
        }
        return expired
    }
}
