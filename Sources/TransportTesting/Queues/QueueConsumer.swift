// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A consumer of a queue.
struct QueueConsumer {
    var channel: ChannelAddress
    var tag: String
    var isAutomaticallyAcknowledged: Bool
    var isExclusive: Bool
    var priority: Int64
    /// How many deliveries it may hold without acknowledging them; 0 for no limit.
    var prefetch: Int
    var unacknowledged = 0

    func isSame(_ channel: ChannelAddress, _ tag: String) -> Bool { self.channel == channel && self.tag == tag }
}
