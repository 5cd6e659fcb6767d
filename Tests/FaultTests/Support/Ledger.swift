// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization

/// What became of each message that was published, on both sides.
///
/// Each lane is published in the order of its numbers.
final class Ledger: Sendable {
    private struct Entries {
        var confirmed: Set<MessageName> = []
        var unknown: [MessageName: AMQPError] = [:]
        var unsent: [MessageName: AMQPError] = [:]
        var seen: Set<MessageName> = []
        var deliveries = 0
        /// The number that was last seen for the first time, for each lane.
        var latest: [Int: Int] = [:]
        var lanesOutOfOrder: Set<Int> = []
    }

    private let entries = Mutex(Entries())

    /// A call to publish a message returned, or threw.
    func published(_ name: MessageName, _ error: AMQPError?) {
        self.entries.withLock { entries in
            switch error {
            case nil: entries.confirmed.insert(name)
            case let error? where error.isDeliveryFateUnknown: entries.unknown[name] = error
            case let error?: entries.unsent[name] = error
            }
        }
    }

    /// A consumer has a message.
    func seen(_ name: MessageName) {
        self.entries.withLock { entries in
            entries.deliveries += 1
            guard entries.seen.insert(name).inserted else { return }
            // One whose call has failed may have been published again after those that follow it.
            guard entries.unknown[name] == nil, entries.unsent[name] == nil else { return }
            if name.number < entries.latest[name.lane, default: -1] { entries.lanesOutOfOrder.insert(name.lane) }
            entries.latest[name.lane] = name.number
        }
    }

    /// The messages for which a publish returned.
    var confirmed: Set<MessageName> { self.entries.withLock { $0.confirmed } }
    var confirmedCount: Int { self.entries.withLock { $0.confirmed.count } }
    /// The messages for which a publish failed after it was sent.
    var unknown: [MessageName: AMQPError] { self.entries.withLock { $0.unknown } }
    /// The messages for which a publish failed before it was sent.
    var unsent: [MessageName: AMQPError] { self.entries.withLock { $0.unsent } }
    /// All errors of publishes.
    var failures: [AMQPError] { self.entries.withLock { Array($0.unknown.values) + Array($0.unsent.values) } }

    /// How many messages a consumer has had.
    var seenCount: Int { self.entries.withLock { $0.seen.count } }
    /// How many deliveries were of messages that a consumer had had before.
    var duplicateCount: Int { self.entries.withLock { $0.deliveries - $0.seen.count } }
    /// What was confirmed and no consumer has had.
    var missing: Set<MessageName> { self.entries.withLock { $0.confirmed.subtracting($0.seen) } }
    /// The lanes in which a message came for the first time after one that was published later.
    var lanesOutOfOrder: Set<Int> { self.entries.withLock { $0.lanesOutOfOrder } }
}
