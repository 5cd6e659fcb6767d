// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a publish ended.
package struct PublishSettlement: Hashable, Sendable {
    package var id: RequestID
    /// Why the message was not taken; `nil` when it was.
    package var failure: AMQPFailure?

    package init(_ id: RequestID, failure: AMQPFailure? = nil) {
        self.id = id
        self.failure = failure
    }
}
