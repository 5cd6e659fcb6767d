// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One consumer of a channel.
struct ConsumerReference: Hashable, Sendable {
    var channel: ChannelReference
    var tag: String
}
