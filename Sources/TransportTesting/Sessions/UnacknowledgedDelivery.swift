// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A message that a channel has got and not yet acknowledged.
struct UnacknowledgedDelivery {
    var deliveryTag: UInt64
    var queue: String
    /// The queue's own number, by which it is told from a later one of the same name.
    var generation: UInt64
    /// `nil` for a message that was asked for by `basic.get`.
    var consumerTag: String?
    var message: QueuedMessage
}
