// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a proxy has seen so far.
struct ProxyCounts: Hashable, Sendable {
    /// How many connections it took.
    var accepted = 0
    /// How many of those it had to end because nobody listened behind it.
    var brokerless = 0
    /// How many times a fault struck a link.
    var strikes = 0
    /// How many links there are now.
    var links = 0
    var bytesToBroker = 0
    var bytesToClient = 0
}
