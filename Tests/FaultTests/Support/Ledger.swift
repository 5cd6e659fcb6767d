// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization

/// What became of each message that was published.
final class Ledger: Sendable {
    private struct Entries {
        var confirmed: Set<String> = []
        var unknown: [String: AMQPError] = [:]
        var unsent: [String: AMQPError] = [:]
    }

    private let entries = Mutex(Entries())

    func published(_ id: String, _ error: AMQPError?) {
        self.entries.withLock { entries in
            switch error {
            case nil: entries.confirmed.insert(id)
            case let error? where error.isDeliveryFateUnknown: entries.unknown[id] = error
            case let error?: entries.unsent[id] = error
            }
        }
    }

    /// The ids whose publish returned.
    var confirmed: Set<String> { self.entries.withLock { $0.confirmed } }
    /// The ids whose publish failed after it was sent.
    var unknown: [String: AMQPError] { self.entries.withLock { $0.unknown } }
    /// The ids whose publish failed before it was sent.
    var unsent: [String: AMQPError] { self.entries.withLock { $0.unsent } }
    /// All errors of publishes.
    var failures: [AMQPError] { self.entries.withLock { Array($0.unknown.values) + Array($0.unsent.values) } }
}
