// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// By which of the three generations of Lamassu an event was made.
public struct EventGeneration: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String { case first, second, current }

    private let kind: Kind

    /// Lamassu 1, of 2022: types begin with `io.lamassu.`.
    public static let first = EventGeneration(kind: .first)
    /// Lamassu 2, of 2023: types begin with `io.lamassuiot.`.
    public static let second = EventGeneration(kind: .second)
    /// Lamassu 3: types such as `ca.create`.
    public static let current = EventGeneration(kind: .current)

    private init(kind: Kind) { self.kind = kind }

    /// Tells the generation of an event: by its type, and where that says nothing, by its source.
    ///
    /// - Parameter event: the event.
    public init(of event: CloudEvent) {
        let source = event.source.description
        if event.type.hasPrefix("io.lamassu.") {
            self = .first
        } else if event.type.hasPrefix("io.lamassuiot.") {
            self = .second
        } else if source.hasPrefix("lamassu/") {
            self = .first
        } else if source.hasPrefix("lamassuiot/") {
            self = .second
        } else {
            self = .current
        }
    }

    /// The generation's name.
    public var description: String { self.kind.rawValue }
}
