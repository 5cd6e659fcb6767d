// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient

/// What tells one message of a test from another: the lane on which it is published, and its place there.
struct MessageName: Hashable, Sendable {
    let lane: Int
    let number: Int

    init(lane: Int, number: Int) {
        self.lane = lane
        self.number = number
    }

    /// The name that a delivery's message id holds.
    init?(of delivery: AMQPDelivery) {
        let parts = delivery.properties.messageID?.split(separator: "-") ?? []
        guard parts.count == 2, let lane = Int(parts[0]), let number = Int(parts[1]) else { return nil }
        self.init(lane: lane, number: number)
    }

    /// The properties of a message of this name that survives a restart of the broker.
    var properties: AMQPProperties { AMQPProperties(deliveryMode: .persistent, messageID: "\(self.lane)-\(self.number)") }
}
