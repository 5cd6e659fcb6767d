// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One channel of a connection, for as long as it is that channel: numbers are used again, serials are not.
struct ChannelReference: Hashable, Sendable {
    var number: UInt16
    var serial: UInt64
}
