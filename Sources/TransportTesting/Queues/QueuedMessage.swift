// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message in a queue, or out of it and not yet acknowledged.
struct QueuedMessage {
    var message: BrokerMessage
    /// Its place in the queue, which it keeps when it is requeued.
    var position: UInt64
    /// The higher the earlier, in a queue with priorities.
    var priority: UInt8
    /// When it expires; `nil` for never.
    var expiry: ContinuousClock.Instant?
    /// Whether it was delivered before.
    var isRedelivered = false
    /// How often it came back, which quorum queues count.
    var returnCount = 0
}
