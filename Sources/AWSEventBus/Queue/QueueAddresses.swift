// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where a subscription's queues are.
struct QueueAddresses: Hashable, Sendable {
    var queueURL: String
    var deadLetterURL: String
}
