// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import Synchronization

/// The error that broke a session: of the many publishes that fail with it, what the first one saw.
final class FirstError: Sendable {
    private let state = Mutex<AMQPError?>(nil)

    var error: AMQPError? { self.state.withLock { $0 } }

    func set(_ error: AMQPError) {
        self.state.withLock { first in
            if first == nil { first = error }
        }
    }
}
