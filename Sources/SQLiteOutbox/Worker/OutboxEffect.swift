// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How firmly a transaction has to hold.
enum OutboxEffect: Int, Comparable {
    /// It changes nothing.
    case none
    /// A power cut may undo it: what the relay notes, which then sends again.
    case relaxed
    /// Nothing undoes it: what the service stores.
    case durable

    static func < (left: OutboxEffect, right: OutboxEffect) -> Bool { left.rawValue < right.rawValue }
}
