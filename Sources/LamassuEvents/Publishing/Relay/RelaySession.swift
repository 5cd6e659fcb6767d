// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import Synchronization

/// A connection to the broker while events go out over it.
final class RelaySession: Sendable {
    let publisher: AMQPPublisher
    /// Open once nothing of the session is in flight and nothing will be any more.
    let isOver = Latch()
    private let firstError = Mutex<AMQPError?>(nil)

    init(_ publisher: AMQPPublisher) {
        self.publisher = publisher
    }

    /// What broke it: of the many publishes that fail with it, what the first one saw.
    var error: AMQPError? { self.firstError.withLock { $0 } }

    func broke(_ error: AMQPError) {
        self.firstError.withLock { first in
            if first == nil { first = error }
        }
    }
}
