// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How firmly an event is bound to the update that it tells of; from the store on, all levels are the same.
public struct DeliveryLevel: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String { case transactional, writeAhead, afterTheFact }

    private let kind: Kind

    /// The host stores the event in the transaction of its own update: nothing can separate the two.
    public static let transactional = DeliveryLevel(kind: .transactional)
    /// An intent is written before the operation; one that a crash left open is put to the host at the next start.
    public static let writeAhead = DeliveryLevel(kind: .writeAhead)
    /// The event is stored when the operation has returned: a crash between the two loses it.
    public static let afterTheFact = DeliveryLevel(kind: .afterTheFact)

    /// The level's name.
    public var description: String { self.kind.rawValue }
}
