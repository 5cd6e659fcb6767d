// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a channel has done since its last commit or rollback.
struct Transaction {
    /// A message with the queues that were bound when it was published.
    struct Publish {
        var message: BrokerMessage
        var queues: [String]
        var isMandatory: Bool
    }

    /// Deliveries that were acknowledged or rejected.
    struct Settlement {
        var deliveries: [UnacknowledgedDelivery]
        var outcome: SettlementOutcome
    }

    var publishes: [Publish] = []
    var settlements: [Settlement] = []
}

/// What becomes of deliveries that a client settles.
enum SettlementOutcome {
    case done, requeued, dead
}
